"""Messages in the language of whoever asks: English in the code, the others in `locale/`.

A message stands in English where something is refused, and is looked up where it is answered.
One with values is looked up at once, so that a translation can order them:

    raise NotFound("There is no such page.")
    raise RefundTooLarge(_("At most {left} can be given back.").format(left=left))

`_` is Django's `gettext`. Codes, names and all that is not a message stay as they are. More:
docs/languages.md.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

ENGLISH = "en"
MAX_HEADER = 500
# The back office, and what is written for developers: half of it would be in another language.
_IN_ENGLISH = ("/admin/", "/mails/", "/api/schema/", "/api/v1/schema/")
# Where an answer that is no refusal has messages: beside the data of GraphQL, alone, and in
# the results of a bulk request of which some `failed`.
_MESSAGES = ("errors", "detail", "failed")

Handler = Callable[[HttpRequest], HttpResponse]


@lru_cache(maxsize=256)
def preferred(header: str) -> str:
    """Of the shop's languages the one that `Accept-Language` likes best; English if none."""
    likes = []
    for place, part in enumerate(header.split(",") if len(header) <= MAX_HEADER else ()):
        tag, *parameters = (word.strip().lower() for word in part.split(";"))
        language = ENGLISH if tag == "*" else tag.partition("-")[0]
        if language in dict(settings.LANGUAGES) and (quality := _quality(parameters)):
            likes.append((-quality, place, language))
    return min(likes)[2] if likes else ENGLISH


class LanguageMiddleware:
    """Says in `Content-Language` which language the messages of an answer are in.

    English is what is spoken anyway: such requests cost nothing more.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        header = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
        is_english = not header or request.path.startswith(_IN_ENGLISH)
        language = ENGLISH if is_english else preferred(header)
        response = self._answer(request, language)
        if response.status_code >= 400 or _has_messages(response):
            response["Content-Language"] = language
            patch_vary_headers(response, ["Accept-Language"])
        return response

    def _answer(self, request: HttpRequest, language: str) -> HttpResponse:
        if language == ENGLISH:
            return self.get_response(request)
        translation.activate(language)
        try:
            return self.get_response(request)
        finally:
            translation.deactivate()


def _quality(parameters: list[str]) -> float:
    """0: not wanted, or not said in a way that can be understood."""
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                quality = float(parameter.removeprefix("q="))
            except ValueError:
                return 0
            return quality if 0 <= quality <= 1 else 0
    return 1


def _has_messages(response: HttpResponse) -> bool:
    data = getattr(response, "data", None)
    return isinstance(data, Mapping) and any(data.get(name) for name in _MESSAGES)
