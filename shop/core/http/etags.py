"""Entity tags: a hash of the bytes of an answer, and how conditions compare with it.

A tag is strong and names the bytes before compression; the compressed forms have tags of their
own, which differ by a suffix (`"…-gzip"`). Any of these forms is accepted in a condition: they
are of the same bytes. So is `W/"…"`: the shop sends no weak tag, thus a proxy that compressed
wrote this, and a hash still names exactly these bytes.
"""

import hashlib
import re

CODINGS = ("zstd", "gzip")

_TAG = re.compile(rf'(?:W/)?"([0-9a-f]{{32}})(?:-(?:{"|".join(CODINGS)}))?"')


def tag_of(content: bytes) -> str:
    """The tag of an answer with these bytes, with its quotes."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def of_coding(tag: str, coding: str) -> str:
    """The tag of the same answer when it is compressed."""
    return f'{tag[:-1]}-{coding}"'


def match(condition: str, tag: str) -> str | None:
    """The form of `tag` that `condition` (`*`, or a list of tags) names; None: it does not.

    What no shop has sent, and what is no list at all, names nothing.
    """
    if condition.strip() == "*":
        return tag
    plain = tag.strip('"')
    return next((found[0] for found in _TAG.finditer(condition) if found[1] == plain), None)
