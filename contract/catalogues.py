"""The messages in other languages: `locale/*/LC_MESSAGES/django.po`, and compiled as `.mo`.

usage: python -m contract.catalogues [LANGUAGE …]     (make messages)

Brings the catalogues up to date with the source: new messages come in, those that are gone go
out, and all is compiled. A LANGUAGE that is not there yet is begun. Names what is still to be
translated, and exits with 1 while anything is.
"""

import ast
import struct
import sys
from collections.abc import Mapping
from pathlib import Path

from contract import messages
from contract.messages import ROOT, Message

LOCALE = ROOT / "locale"
# Of one and of more than one, as in English; French counts nought with one.
PLURALS = {"fr": "nplurals=2; plural=(n > 1);"}
PLURAL = "nplurals=2; plural=(n != 1);"

Catalogue = Mapping[Message, tuple[str, ...]]


def main() -> int:
    found, faults = messages.of_the_shop()
    found |= messages.of_libraries()
    for fault in faults:
        print(f"{fault.place}: values in a message: use _() and .format()")
    missing = 0
    for language in sorted(languages() | set(sys.argv[1:])):
        path = po_file(language)
        old = read(path) if path.exists() else {}
        new = {message: old.get(message, _empty(message)) for message in found}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(new, language), "utf-8")
        path.with_suffix(".mo").write_bytes(compiled(new, language))
        for message in untranslated(new):
            print(f"{language}: {message.text}")
            missing += 1
    return 1 if missing or faults else 0


def languages() -> set[str]:
    return {path.name for path in LOCALE.iterdir() if path.is_dir()}


def po_file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def untranslated(catalogue: Catalogue) -> list[Message]:
    return [message for message, texts in catalogue.items() if not all(texts)]


def read(path: Path) -> Catalogue:
    """The catalogue in a file that `written` has written and people have filled in."""
    catalogue: dict[Message, tuple[str, ...]] = {}
    for block in path.read_text("utf-8").split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line and not line.startswith("#"):
                words, quote, text = line.partition('"')
                name = words.strip() or name
                fields[name] = fields.get(name, "") + str(ast.literal_eval(quote + text))
        message = Message(fields.pop("msgid", ""), fields.pop("msgid_plural", ""))
        if message.text:
            catalogue[message] = tuple(fields.values())
    return catalogue


def written(catalogue: Catalogue, language: str) -> str:
    blocks = ['msgid ""\nmsgstr ""\n' + "".join(f"{_quoted(n)}\n" for n in _header(language))]
    for message, texts in sorted(catalogue.items(), key=lambda entry: entry[0].text):
        lines = [f"msgid {_quoted(message.text)}"]
        if message.plural:
            lines.append(f"msgid_plural {_quoted(message.plural)}")
            lines += [f"msgstr[{n}] {_quoted(text)}" for n, text in enumerate(texts)]
        else:
            lines.append(f"msgstr {_quoted(texts[0])}")
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def compiled(catalogue: Catalogue, language: str) -> bytes:
    """The catalogue as GNU gettext reads it: two tables of lengths and places, then the texts."""
    entries = {b"": "".join(_header(language)).encode()}
    for message, texts in catalogue.items():
        if all(texts):
            key = "\0".join(filter(None, (message.text, message.plural)))
            entries[key.encode()] = "\0".join(texts).encode()
    keys = sorted(entries)
    texts_at = 28 + 16 * len(keys)
    tables, body = b"", b""
    for word in [*keys, *(entries[key] for key in keys)]:
        tables += struct.pack("<II", len(word), texts_at + len(body))
        body += word + b"\0"
    first, second = 28, 28 + 8 * len(keys)
    return struct.pack("<7I", 0x950412DE, 0, len(keys), first, second, 0, 0) + tables + body


def _header(language: str) -> list[str]:
    return [
        f"Language: {language}\n",
        "Content-Type: text/plain; charset=UTF-8\n",
        "Content-Transfer-Encoding: 8bit\n",
        f"Plural-Forms: {PLURALS.get(language, PLURAL)}\n",
    ]


def _empty(message: Message) -> tuple[str, ...]:
    return ("", "") if message.plural else ("",)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


if __name__ == "__main__":
    sys.exit(main())
