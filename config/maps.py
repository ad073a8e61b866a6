"""Leaves GeoDjango out of a shop that has no maps.

strawberry-django looks for GDAL when it is imported, which starts dozens of processes only to
find nothing: a quarter of the start of each process of the shop.
"""

import sys
from types import ModuleType

from django.core.exceptions import ImproperlyConfigured

GEODJANGO = "django.contrib.gis"


class _Missing(ModuleType):
    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)  # of those who only ask what kind of module it is
        raise ImproperlyConfigured(f"{GEODJANGO} is not among INSTALLED_APPS")


def leave_out_maps() -> None:
    """As if GDAL were not there; importing anything of GeoDjango raises `ImproperlyConfigured`."""
    sys.modules.setdefault(GEODJANGO, _Missing(GEODJANGO))
