"""How the admin looks and what its side bar offers (django-unfold)."""

from typing import Any

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Nexus",
    "SITE_HEADER": "Nexus",
    "SITE_SUBHEADER": "The shop's back office",
    "SITE_URL": "/",
    "SHOW_HISTORY": True,
}
