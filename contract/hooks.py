"""What schemathesis must know of this shop: who calls, and which refusals no schema can say."""

import itertools
import json
import os
import re
import urllib.request
from collections.abc import Iterator
from typing import Any

import schemathesis

CALLER = os.environ["CONTRACT_CALLER"]
PASSWORD = os.environ["CONTRACT_PASSWORD"]
SHOP = os.environ["CONTRACT_SHOP"]

# They end the session or the account of who calls: each is called by a new person.
LEAVING = {
    ("DELETE", "/api/auth/user/"),
    ("PATCH", "/api/auth/user/"),
    ("PATCH", "/api/store/users/me/"),
    ("POST", "/api/auth/logout/"),
    ("POST", "/api/auth/password/change/"),
}

# Codes of 400 for requests that have the right shape: they depend on what is in the database,
# or on a rule that JSON Schema has no words for.
BEYOND_SCHEMAS = {
    "does_not_exist",  # it names something that is not there
    "no_such_event",  # the same, of events
    "method_not_offered",  # which methods of payment there are is a setting of the shop
    "address_not_allowed",  # where webhooks may go is a setting of the shop
    "invalid_phone_number",  # no pattern knows which countries have which numbers
    "invalid_country",  # the document does not repeat ISO 3166-1
    "variant_required",  # the product has several
    "quantity_out_of_range",  # with what is in the cart already
    "password_too_short",  # the rules for passwords are settings of the shop
    "password_too_common",
    "password_entirely_numeric",
    "password_too_similar",
    "mail_token_not_valid",  # only who got the mail knows one
    "wrong_password",
    "invalid_options",  # `size` contradicts `options.size`
    "only_digits",  # such a slug would be taken for an id
    "max_decimal_places",  # `multipleOf: 0.01` refuses right prices where numbers are binary
    "max_digits",  # the same
    "day_to_come",  # today is no constant
    "invalid_payout_details",  # which there are is said by the method of payouts
    "file_not_acceptable",  # not every text is a catalogue
    "invitation_not_valid",  # only who got the mail knows one
    "blank",  # white space alone
    "image_not_acceptable",  # not every text is a picture
    "empty",  # an upload of no bytes
}
# The same, where the code alone says too little: code and field. The first five are of the kind
# "this or that"; generators of clients stumble over `anyOf` beside `properties`.
BEYOND_SCHEMAS_BY_FIELD = {
    ("required", "refresh"),  # or `all`: signing out
    ("required", "variant"),  # or `product`: the cart
    ("required", "options"),  # or `size`: a variant
    ("required", "variants.N.options"),
    ("required", "image"),  # or `remote_url`: a picture
    ("invalid", "image"),  # a file, where a form is sent; JSON has none
    ("invalid", "cursor"),  # only the shop writes them
    ("invalid", "fields"),  # no pattern knows which fields there are
    ("invalid", "from"),  # a summary of more than 366 days
    ("invalid", "ordering"),  # `relevance` needs a search
    ("max_value", "percent"),  # "180" as a text: a pattern knows digits, not amounts
    ("invalid", "outcome"),  # needed for the method `test` only
    ("invalid", "valid_from"),  # schemathesis takes "" for a time: `format` binds nobody
    ("invalid", "valid_to"),
}

MAX_DEPTH = 20  # of JSON, whatever a schema says

_numbers = itertools.count(1)


def _post(path: str, body: dict[str, str]) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310
        SHOP + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        read: dict[str, Any] = json.load(answer)
        return read


def _token_of_somebody_new() -> str:
    email = f"{CALLER.partition('@')[0]}-{os.getpid()}-{next(_numbers)}@contract.test"
    registered = _post("/api/auth/registration/", {"email": email, "password": PASSWORD})
    return str(registered["access"])


class Caller:
    """One person's access token for everything; what ends a session is called by somebody new."""

    def __init__(self) -> None:
        self.token = ""

    def get(self, case: Any, context: Any) -> str:
        if (case.method.upper(), context.operation.path) in LEAVING:
            if not leaver:
                leaver.append(_token_of_somebody_new())
            return leaver[0]
        if not self.token:
            credentials = {"email": CALLER, "password": PASSWORD}
            self.token = str(_post("/api/auth/jwt/create/", credentials)["access"])
        return self.token

    def set(self, case: Any, token: str, context: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}


leaver: list[str] = []  # the token of who may leave, until they have

if CALLER:
    schemathesis.auth(refresh_interval=None)(Caller)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Made-up tags match nothing: in their place often one that does, so that writes are done."""
    tag = (case.headers or {}).get("If-Match")
    if tag is not None and len(tag) % 4:
        case.headers["If-Match"] = "*"


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    if (case.method.upper(), case.operation.path) in LEAVING and response.status_code < 300:
        leaver.clear()


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Keeps every failure but these kinds."""
    kind = type(failure).__name__
    if response.status_code == 412 and "If-Match" in (case.headers or {}):
        # Whatever else the request says is not looked at.
        return kind not in ("RejectedPositiveData", "AcceptedNegativeData")
    if kind == "JsonSchemaError" and response.status_code == 200:
        return "fields" not in (case.query or {})  # the schema describes whole answers (ADR 15)
    if kind == "RejectedPositiveData" and response.status_code == 400:
        # JSON Schema takes 3.0 for an integer; the shop does not.
        return not (_has_whole_floats(case.body) or _is_beyond_schemas(case, response))
    if kind == "AcceptedNegativeData":
        return not _is_rightly_accepted(case, str(failure.message))
    return True


def _is_rightly_accepted(case: Any, message: str) -> bool:
    path, query = case.operation.path, case.query or {}
    is_form = case.media_type == "multipart/form-data"
    for_staff = path in ("/api/store/products/", "/api/store/vendors/")
    rules = (
        # They are for staff: whatever others say is ignored, also nonsense.
        (for_staff and not CALLER.startswith("admin"), "parameter `(status|submitted)` in query"),
        # The whole tree has no pages.
        ("tree" in query, "page|cursor"),
        # Texts are taken without the white space around them.
        (_is_trimmed(case.body), "pattern|Length"),
        # In forms everything is a text: "0" is a boolean, and an empty text is none.
        (is_form, "Incorrect type|smaller than minLength|was object"),
        # Each item is refused for itself, in the answer to all.
        (path.endswith("/bulk/"), "items ->"),
        # `\w` has more letters in Python than where the pattern is checked.
        (not is_form and not _is_ascii(case.body, "username"), "/properties/username"),
    )
    return any(applies and re.search(pattern, message) for applies, pattern in rules)


def _is_ascii(body: Any, name: str) -> bool:
    return not isinstance(body, dict) or str(body.get(name, "")).isascii()


def _is_beyond_schemas(case: Any, response: Any) -> bool:
    return all(
        problem["code"] in BEYOND_SCHEMAS
        or (problem["code"], re.sub(r"[0-9]+", "N", problem["attr"] or ""))
        in BEYOND_SCHEMAS_BY_FIELD
        or (problem["code"] == "parse_error" and _is_odd_json(case.body))
        or (problem["attr"] is None and _has_nul(case))
        or (problem["attr"] == "amount" and _is_no_amount(case.body))
        for problem in response.json()["errors"]
    )


def _is_odd_json(body: Any) -> bool:
    """What the shop takes in no field, declared or not: huge numbers, NUL, deep nesting."""
    text = json.dumps(body, default=str)
    is_deep = max(itertools.accumulate((c in "[{") - (c in "]}") for c in text)) > MAX_DEPTH
    return (
        is_deep
        or r"\u0000" in text
        or any(
            isinstance(one, int | float) and not 1e-20 < abs(one or 1) < 1e20
            for one in _leaves(body)
        )
    )


def _has_nul(case: Any) -> bool:
    """Whether the address has one."""
    return r"\x00" in repr([case.path_parameters, case.query])


def _is_no_amount(body: Any) -> bool:
    """Whether an adjustment is of nothing, or of less than any currency has coins for."""
    amount = str(body.get("amount")) if isinstance(body, dict) else ""
    return bool(re.fullmatch(r"-?0*\.?0*|-?[0-9]+\.[0-9]{4,}", amount))


def _has_whole_floats(body: Any) -> bool:
    return any(isinstance(one, float) and one.is_integer() for one in _leaves(body))


def _is_trimmed(body: Any) -> bool:
    """Whether a text in `body` has white space around it."""
    return any(isinstance(one, str) and one != one.strip() for one in _leaves(body))


def _leaves(body: Any) -> Iterator[Any]:
    if isinstance(body, dict | list):
        for one in body.values() if isinstance(body, dict) else body:
            yield from _leaves(one)
    else:
        yield body
