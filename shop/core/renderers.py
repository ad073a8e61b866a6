"""JSON out, by orjson."""

from decimal import Decimal
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer


def _other(value: Any) -> Any:
    if isinstance(value, Decimal | Promise):
        return str(value)
    if hasattr(value, "items"):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def to_json(value: Any) -> bytes:
    """`value` as UTF-8 JSON: decimals as strings, times as ISO 8601 in UTC with a Z."""
    return orjson.dumps(
        value,
        default=_other,
        option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS,
    )


class OrjsonRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(self, data: Any, *_: object, **__: object) -> bytes:
        return b"" if data is None else to_json(data)
