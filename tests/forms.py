"""Forms with files, written byte by byte, as no polite client would write them."""

import json
from typing import Any

FORM = "multipart/form-data; boundary=cut"
NAME = b'Content-Disposition: form-data; name="%b"'
FILE = b'Content-Disposition: form-data; name="%b"; filename="%b"\r\nContent-Type: image/png'
END = b"--cut--\r\n"


def part(header: bytes, content: bytes = b"1") -> bytes:
    return b"--cut\r\n" + header + b"\r\n\r\n" + content + b"\r\n"


def file_part(field: str, content: bytes, name: bytes = b"a.png") -> bytes:
    return part(FILE % (field.encode(), name), content)


def fields_part(fields: dict[str, Any]) -> bytes:
    """Those of `fields` that are not null."""
    given = {name: value for name, value in fields.items() if value is not None}
    return b"".join(
        part(NAME % name.encode(), json.dumps(value).strip('"').encode())
        for name, value in given.items()
    )
