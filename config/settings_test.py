"""What tests change: speed and isolation, never behaviour."""

import os
from typing import Any, cast

os.environ.setdefault("SECRET_KEY", "tests-only-" + "x" * 40)

from config.settings import *  # noqa: F403
from config.settings import DATA_DIR, DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# A test runs by itself what it published; tests/services starts processes that use the broker.
CELERY_BROKER_URL = ""
PAYMENTS_TEST_MODE = True
MAIL_VIEWER = False
# All tests call from one address; those of the limit set a lower one.
API_REQUESTS_PER_MINUTE = 1_000_000
SHOP_CURRENCY = "USD"
MEDIA_ROOT = DATA_DIR / "test-media"
# Each test client makes its own middleware: look for static files when they are asked for.
WHITENOISE_AUTOREFRESH = True
# Threads of race tests open connections of their own; a pool would keep the test database busy.
cast("dict[str, Any]", DATABASES["default"]["OPTIONS"]).pop("pool")
