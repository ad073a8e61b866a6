"""`/v1/`: who may call, which endpoint it is, idempotency keys, and planned faults."""

import base64
import binascii
import copy
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.stripe_simulator import API_VERSION, forms, objects
from tests.stripe_simulator.endpoints import ENDPOINTS, Call, Endpoint
from tests.stripe_simulator.faults import BEFORE, Fault, Faults
from tests.stripe_simulator.lists import expand
from tests.stripe_simulator.refusals import (
    Object,
    Refused,
    invalid,
    missing,
    other_parameters,
    unauthorized,
)
from tests.stripe_simulator.state import State


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str
    body: str
    headers: dict[str, str]  # names in lower case


@dataclass
class Answer:
    """`hangs`: wait, then close the connection without a word; `waits`: answer after it."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    hangs: Fault | None = None
    waits: Fault | None = None


FOR_STRIPE_JS = {
    "POST /v1/payment_intents/ID/confirm",
    "GET /v1/payment_intents/ID",
    "POST /v1/payment_methods",
}
HIDDEN_FROM_SHOPPERS = {"customer", "metadata", "latest_charge"}


def answer(state: State, faults: Faults, request: Request) -> Answer:
    """The whole way of one call. What it changed stays, whatever the client gets to see."""
    fault = None
    if not _key(request).startswith("pk_"):
        fault = faults.next(f"{request.method} {request.path}")
    if fault is not None and fault.kind in BEFORE:
        return _broken(fault)
    request_id = objects.new_id("req", 14)
    with state.changing():
        state.address = f"http://{request.headers.get('host', '')}"
        state.request = {
            "id": request_id,
            "idempotency_key": request.headers.get("idempotency-key"),
        }
        result = _answer_once(state, request, fault)
    result.headers |= {"Request-Id": request_id, "Stripe-Version": API_VERSION}
    if fault is not None and fault.kind == "timeout_after":
        result.hangs = fault
    if fault is not None and fault.kind == "slow":
        result.waits = fault
    return result


def _broken(fault: Fault) -> Answer:
    if fault.kind == "rate_limit":
        error = {"message": "Request rate limit exceeded.", "code": "rate_limit"}
        return Answer(429, {"error": error | {"type": "invalid_request_error"}})
    error = {"message": "Sorry, something went wrong.", "type": "api_error"}
    hangs = fault if fault.kind == "timeout_before" else None
    return Answer(500, {"error": error}, hangs=hangs)


def _answer_once(state: State, request: Request, fault: Fault | None) -> Answer:
    try:
        return _answer_for_key(state, request, fault)
    except Refused as refused:
        return Answer(refused.status, objects.exported(refused.body))


def _answer_for_key(state: State, request: Request, fault: Fault | None) -> Answer:
    """The first answer again, when the request's idempotency key was used before."""
    given = forms.parse(request.query if request.method != "POST" else request.body)
    function, call = _find(state, request, given)
    key = _idempotency_key(request)
    if key is None or request.method != "POST":
        return _first_answer(function, call, fault)
    asked = [request.path, given]
    kept = state.kept_answer(key)
    if kept is not None:
        if kept["asked"] != asked:
            raise other_parameters(key)
        return Answer(kept["status"], kept["body"], {"Idempotent-Replayed": "true"})
    result = _first_answer(function, call, fault)
    state.keep_answer(key, asked, result.status, result.body)
    return result


def _first_answer(function: Endpoint, call: Call, fault: Fault | None) -> Answer:
    """Raises only what Stripe keeps for no key: requests that were never begun."""
    try:
        result = Answer(200, _done(function, call))
    except Refused as refused:
        if not refused.is_final:
            raise
        result = Answer(refused.status, objects.exported(refused.body))
    if fault is not None and fault.kind == "error_after":
        return _broken(fault)  # kept like any other: Stripe repeats its own failures too
    return result


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and len(key) > 255:
        raise invalid("idempotency_key", "Idempotency keys have at most 255 signs.")
    return key


def _key(request: Request) -> str:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            value = base64.b64decode(value).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            value = ""
    text = request.body if request.method == "POST" else request.query
    return value.strip() or str(forms.parse(text).get("key", ""))


def _find(state: State, request: Request, given: Object) -> tuple[Endpoint, Call]:
    key = _key(request)
    if not re.fullmatch(r"(sk|rk|pk)_test_\w+", key):
        raise unauthorized(
            f"Invalid API Key provided: {key[:12]}. The simulator takes any sk_test_ key."
            if key
            else "You did not provide an API key."
        )
    for method, path, function in ENDPOINTS:
        match = re.fullmatch(path.replace("ID", "([^/]+)"), request.path)
        if method == request.method and match:
            named = unquote(match[1]) if match.groups() else ""
            call = Call(state, given, named, key.startswith("pk_"))
            if call.is_publishable:
                _check_publishable(call, f"{method} {path}")
            return function, call
    raise Refused(404, f"Unrecognized request URL ({request.method}: {request.path}).")


def _check_publishable(call: Call, what: str) -> None:
    if what not in FOR_STRIPE_JS:
        raise Refused(
            403,
            "This API call cannot be made with a publishable API key. Please use a secret API key.",
            code="secret_key_required",
        )
    if "ID" in what:
        intent = call.state.get("payment_intent", call.id)
        if call.params.get("client_secret") != intent["client_secret"]:
            raise missing("payment_intent", call.id)


def _done(function: Endpoint, call: Call) -> Object:
    """What it answers, expanded as asked."""
    result = function(call)
    made = copy.deepcopy(result)
    wanted = call.params.get("expand", [])
    for path in wanted if isinstance(wanted, list) else [wanted]:
        expand(call.state, made, str(path).split("."))
    if call.is_publishable:
        made = {name: value for name, value in made.items() if name not in HIDDEN_FROM_SHOPPERS}
    shown: Object = objects.exported(made)
    return shown
