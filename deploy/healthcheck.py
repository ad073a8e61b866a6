# ruff: noqa: INP001 (a script, run where it is)
"""Ends with 0 when the web server of this container can serve: Docker's health check."""

import os
import urllib.error
import urllib.request

port = os.environ.get("PORT", "8000")
try:
    urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=4).close()
except urllib.error.HTTPError as answer:
    # Below 500 the shop works, but ALLOWED_HOSTS does not list 127.0.0.1.
    if answer.code >= 500:
        raise
