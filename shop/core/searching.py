"""Names as people type them: without accents, in any case, word by word, with a slip or two.

PostgreSQL's `plain_text(name)` is what names are compared as: " T-Shirt Café" is " t shirt cafe".
It begins with a space, as every word does, so that `% caf%` finds words by their beginning; an
index of trigrams (`by_trigrams`) finds those, and names that are alike.
"""

import re

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import CharField, F, Func

_FUNCTION = "plain_text"
# Apostrophes stand inside of words; whatever else is no letter or digit stands between them.
_INSIDE, _BETWEEN = "'’", r"""-_/\.,:;+&|()[]{}<>"!?#*%@=~^$`"""
_WORD = re.compile(r"[^\W_]+")
_SPACES = " " * (len(_BETWEEN) + 3)

# The body is bound when the function is made, so that it does the same on any search path. What
# `unaccent` does may change with its rules, as with a new PostgreSQL: then reindex.
CREATE = f"""
    CREATE FUNCTION {_FUNCTION}(text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 500
    RETURN ' ' || translate(
        lower(unaccent('unaccent'::regdictionary, $1)),
        $chars${_BETWEEN}$chars$ || E'\\t\\n\\r' || $chars${_INSIDE}$chars$,
        '{_SPACES}'
    )
"""
DROP = f"DROP FUNCTION {_FUNCTION}(text)"


def by_trigrams(column: str, *, name: str) -> GinIndex:
    """An index that finds plain names by parts of them, and such that are alike."""
    plain = Func(F(column), function=_FUNCTION, output_field=CharField())
    return GinIndex(OpClass(plain, name="gin_trgm_ops"), name=name)


def words_of(text: str) -> list[str]:
    """The words that somebody typed."""
    for mark in _INSIDE:
        text = text.replace(mark, "")
    return _WORD.findall(text)
