"""The shop on the database of the test that started this server (see `tests/server.py`)."""

import json
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.DATABASES["default"].update(json.loads(os.environ["TEST_DATABASE"]))
# As in production: connections are kept, not made for each request.
settings.DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 10, "timeout": 20}

application = get_wsgi_application()

# A negative control changes the shop before it serves.
if sabotage := os.environ.get("SABOTAGE"):
    import_module(sabotage)
