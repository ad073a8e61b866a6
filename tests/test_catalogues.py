"""`locale/` holds every message that clients may read, in every language, as it is compiled.

After a change of messages: `make messages`, and fill in what it names.
"""

import gettext
import re
from collections.abc import Iterator
from string import Formatter
from typing import Any

import pytest
from django.conf import settings
from django.urls import get_resolver
from rest_framework.exceptions import APIException
from rest_framework.fields import Field
from rest_framework.permissions import BasePermission
from rest_framework.serializers import Serializer

from contract import catalogues, messages
from contract.catalogues import Catalogue
from contract.messages import Message
from shop.core.errors import DomainError

LANGUAGES = sorted(catalogues.languages())
FOUND, FAULTS = messages.of_the_shop()
ALL = FOUND | messages.of_libraries()
TEXTS = {message.text for message in ALL}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def catalogue(language: str) -> Catalogue:
    return catalogues.read(catalogues.po_file(language))


# --- The catalogues --------------------------------------------------------------------------


def test_the_shop_speaks_the_languages_that_have_a_catalogue() -> None:
    assert sorted(code for code, _ in settings.LANGUAGES) == sorted(["en", *LANGUAGES])
    assert {"fr", "sw"} <= set(LANGUAGES)


def test_no_message_is_missing_and_none_is_left_over(catalogue: Catalogue) -> None:
    assert {message.text for message in ALL - catalogue.keys()} == set(), "run make messages"
    assert {message.text for message in catalogue.keys() - ALL} == set(), "run make messages"
    assert catalogues.untranslated(catalogue) == []


def test_a_translation_has_the_values_of_the_message(catalogue: Catalogue) -> None:
    for message, texts in catalogue.items():
        for text in texts:
            assert values_in(text) == values_in(message.text), text


def test_a_translation_ends_as_the_message_does(catalogue: Catalogue) -> None:
    for message, texts in catalogue.items():
        for text in texts:
            assert text == text.strip()
            assert text.endswith(".") == message.text.endswith("."), text


def test_what_is_compiled_is_what_is_written(catalogue: Catalogue, language: str) -> None:
    path = catalogues.po_file(language)
    assert path.read_text("utf-8") == catalogues.written(catalogue, language), "run make messages"
    mo = path.with_suffix(".mo")
    assert mo.read_bytes() == catalogues.compiled(catalogue, language), "run make messages"
    with mo.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message, texts in catalogue.items():
        if message.plural:
            counted = tuple(compiled.ngettext(message.text, message.plural, n) for n in (1, 2))
            assert counted == texts
        else:
            assert (compiled.gettext(message.text),) == texts


def test_texts_with_quotes_and_breaks_come_back_as_they_were(tmp_path: Any) -> None:
    odd: Catalogue = {
        Message('say "no"\\n\n'): ('dites "non"\\n\n',),
        Message("{n} day", "{n} days"): ("{n} jour", "{n} jours"),
    }
    path = tmp_path / "django.po"
    path.write_text(catalogues.written(odd, "fr"), "utf-8")
    assert catalogues.read(path) == odd


def values_in(text: str) -> set[str]:
    named = {f"{name}:{spec}" for _, name, spec, _ in Formatter().parse(text) if name}
    return named | set(re.findall(r"%\(\w+\)s|%d", text))


# --- What is found ---------------------------------------------------------------------------


def test_values_stand_in_templates() -> None:
    assert FAULTS == []


@pytest.mark.parametrize(
    "source",
    [
        'raise NotFound(f"There is no {name}.")',
        'raise ValidationError({"name": f"There is no {name}."})',
        'Problem(code, f"There is no {name}.", attr)',
        'class Gone(NotFound):\n    detail = f"There is no {NAME}."',
        'class Name(Field):\n    default_error_messages = {"gone": "There is no {name}."}',
    ],
)
def test_finds_values_that_were_put_into_a_message(source: str) -> None:
    assert [isinstance(found, str) for found in messages.in_source(source)] == [False]


@pytest.mark.parametrize(
    "text",
    [
        "Put something in the cart before placing the order.",  # a class's detail
        "There is no such page.",  # raised
        "At most {left} can be given back.",  # a template
        "has nothing that is due",  # a word that others are told with
        "Give a variant, or a product.",  # raised for a field
        "Enter a country's two letters (ISO 3166-1).",  # a field's own
        "The request is malformed.",  # outside of REST framework
        "The e-mail address is confirmed.",  # no refusal
        "The document is nested too deeply.",  # GraphQL
        "Name the vendor.",  # with a code of its own
        "This field is required.",  # REST framework
        "This password is too common.",  # Django
    ],
)
def test_finds_messages_wherever_they_stand(text: str) -> None:
    assert text in TEXTS


def subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


def of_the_shop(kind: type[Any]) -> list[type[Any]]:
    # All views are loaded by now, and with them whatever they may raise.
    assert get_resolver().url_patterns
    return [child for child in subclasses(kind) if child.__module__.startswith("shop.")]


def test_every_refusal_of_a_service_is_found() -> None:
    refusals = of_the_shop(DomainError)
    assert len(refusals) > 100
    assert {kind.__name__ for kind in refusals if str(kind.detail) not in TEXTS} == set()


def test_every_refusal_of_a_view_is_found() -> None:
    for kind in of_the_shop(APIException):
        assert str(kind.default_detail) in TEXTS, kind
    for kind in of_the_shop(BasePermission):
        assert str(getattr(kind, "message", "Not found.")) in TEXTS, kind


def test_every_message_of_a_field_is_found() -> None:
    shapes = [kind for kind in of_the_shop(Serializer) if ".tests" not in kind.__module__]
    assert len(shapes) > 50
    unknown = {
        text
        for shape in shapes
        for field in fields_below(shape())
        for text in map(str, field.error_messages.values())
        if text not in TEXTS and not text.startswith(messages.UNSAID)
    }
    assert unknown == set()


def fields_below(field: Field[Any, Any, Any, Any]) -> Iterator[Field[Any, Any, Any, Any]]:
    yield field
    below = list(field.fields.values()) if isinstance(field, Serializer) else []
    child = getattr(field, "child", None)
    for one in below if child is None else [child]:
        yield from fields_below(one)
