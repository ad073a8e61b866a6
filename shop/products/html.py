"""Descriptions: what merchants may write as HTML."""

import nh3

_TAGS = (
    "a abbr b blockquote br caption cite code dd del div dl dt em figcaption figure "
    "h1 h2 h3 h4 h5 h6 hr i img ins li mark ol p pre q s small span strong sub sup "
    "table tbody td tfoot th thead tr u ul"
)
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_CLEANER = nh3.Cleaner(
    tags=set(_TAGS.split()),
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="nofollow noopener noreferrer",
)


def sanitize(html: str) -> str:
    """`html` without scripts, styles, event handlers and unknown addresses.

    Plain text comes back as HTML too: "A & B" is "A &amp; B".
    """
    return _CLEANER.clean(html)
