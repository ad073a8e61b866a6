"""Every setting of Nexus, read from the environment and grouped by subject.

`.env.example` lists each variable with its meaning. What runs in tests is this
file with the few changes of `settings_test.py`.
"""

import secrets
from datetime import timedelta
from typing import Any

import environ
from corsheaders.defaults import default_headers
from django.core.exceptions import ImproperlyConfigured

from config import embedded_postgres, environment, openapi, stripe_simulation, unfold
from config.database_pool import try_again
from config.maps import GEODJANGO, leave_out_maps

BASE_DIR = environment.REPOSITORY
DATA_DIR = environment.folder("DATA_DIR", BASE_DIR / ".data")
DEBUG = environment.boolean("DEBUG", False)

# --- The database -----------------------------------------------------------------------

DATABASE_URL = environment.url("DATABASE_URL", "", schemes=("postgres", "postgresql"))
EMBEDDED_POSTGRES = not DATABASE_URL

WEB_THREADS = environment.integer("WEB_THREADS", 8, minimum=1)


def _database() -> dict[str, Any]:
    if EMBEDDED_POSTGRES:
        address: dict[str, Any] = dict(embedded_postgres.connection(DATA_DIR))
    else:
        try:
            address = environ.Env.db_url_config(DATABASE_URL)
        except ValueError as error:
            raise ImproperlyConfigured(f"DATABASE_URL: {error}") from None
    limits = {
        "statement_timeout": environment.integer("STATEMENT_TIMEOUT_MS", 30_000),
        "lock_timeout": environment.integer("LOCK_TIMEOUT_MS", 10_000),
        "idle_in_transaction_session_timeout": 60_000,
        # To compile a statement takes longer than any of the shop's takes to run.
        "jit": "off",
    }
    return address | {
        "ENGINE": "django.db.backends.postgresql",
        # The pool outlives requests and replaces connections that a restart of the server broke.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # A short reconnect_timeout: else an outage is followed by ever longer pauses, up to
            # minutes, between two tries. So the pool tries each second while a request waits.
            "pool": {
                "min_size": 1,
                "max_size": WEB_THREADS + 4,
                # A restart of the server ends before this; who waited is served.
                "timeout": 5,
                "reconnect_timeout": 0.5,
                "reconnect_failed": try_again,
            },
            "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
        },
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Secrets and hosts ------------------------------------------------------------------


def _secret_key() -> str:
    """The key from the environment; a shop on the embedded database makes and keeps its own."""
    if not EMBEDDED_POSTGRES:
        return environment.required("SECRET_KEY", "every process of the shop must share one key")
    given = environment.text("SECRET_KEY", "")
    if given:
        return given
    kept = DATA_DIR / "secret_key"
    try:
        if not kept.exists():
            DATA_DIR.mkdir(parents=True, exist_ok=True)
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_urlsafe(50))
        return kept.read_text()
    except OSError as error:
        raise ImproperlyConfigured(f"DATA_DIR: cannot write to {DATA_DIR}: {error}") from None


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = environment.names("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = environment.names("CSRF_TRUSTED_ORIGINS", [])
CORS_ALLOWED_ORIGINS = environment.names("CORS_ALLOWED_ORIGINS", [])
CORS_ALLOW_HEADERS = [
    *default_headers,
    *("accept-language", "idempotency-key", "if-match", "if-none-match", "x-request-id"),
    "x-vendor",
]
CORS_EXPOSE_HEADERS = [
    *("API-Version", "Content-Disposition", "Content-Language", "Deprecation", "ETag"),
    *("Idempotent-Replayed", "Link", "Location", "RateLimit-Limit", "RateLimit-Remaining"),
    *("RateLimit-Reset", "Retry-After", "Sunset", "X-Request-ID"),
]
TRUSTED_PROXIES = environment.integer("TRUSTED_PROXIES", 0)
if environment.boolean("BEHIND_HTTPS", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = environment.integer("HSTS_SECONDS", 31_536_000)
CSRF_FAILURE_VIEW = "shop.core.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The strict parser bounds JSON bodies itself; this bounds what Django reads for the admin's forms.
MAX_BODY_BYTES = 1_000_000
# Of requests that change up to 1,000 things at once.
MAX_BULK_BYTES = 5_000_000
MAX_UPLOAD_BYTES = 9_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# --- The shop ---------------------------------------------------------------------------

SHOP_NAME = environment.text("SHOP_NAME", "Nexus")
_HERE = f"http://localhost:{environment.integer('PORT', 8000, minimum=1)}"
SHOP_URL = environment.url("SHOP_URL", _HERE, schemes=("http", "https"))
SHOP_CURRENCY = environment.text("SHOP_CURRENCY", "USD")
if not (len(SHOP_CURRENCY) == 3 and SHOP_CURRENCY.isascii() and SHOP_CURRENCY.isupper()):
    raise ImproperlyConfigured(f"SHOP_CURRENCY: expected an ISO 4217 code, got {SHOP_CURRENCY!r}")
LOW_STOCK_THRESHOLD = environment.integer("LOW_STOCK_THRESHOLD", 5)
ORDER_EXPIRY = {
    "online": timedelta(minutes=environment.integer("ORDER_EXPIRY_MINUTES", 30, minimum=1)),
    "bank_transfer": timedelta(
        days=environment.integer("BANK_TRANSFER_EXPIRY_DAYS", 7, minimum=1),
    ),
}
# A shop on the embedded database is on trial: it may be paid with the method "test".
PAYMENTS_TEST_MODE = environment.boolean("PAYMENTS_TEST_MODE", EMBEDDED_POSTGRES)
BANK_TRANSFER_DETAILS = environment.text("BANK_TRANSFER_DETAILS", "")
LOAD_DEMO = environment.boolean("LOAD_DEMO", EMBEDDED_POSTGRES)

# --- Vendors: what a shop of several sellers lives by --------------------------------------

COMMISSION_PERCENT = environment.decimal("COMMISSION_PERCENT", "10", maximum=100)
PAYOUT_HOLD_DAYS = environment.integer("PAYOUT_HOLD_DAYS", 7)
PAYOUT_MINIMUM = environment.decimal("PAYOUT_MINIMUM", "10.00")

# --- Stripe: without its keys the method "card" is not offered -----------------------------

STRIPE_SECRET_KEY = environment.text("STRIPE_SECRET_KEY", "")
STRIPE_PUBLISHABLE_KEY = environment.text("STRIPE_PUBLISHABLE_KEY", "")
# Several while a secret is replaced by the next one.
STRIPE_WEBHOOK_SECRETS = environment.names("STRIPE_WEBHOOK_SECRETS", [])
STRIPE_ACCOUNT = environment.text("STRIPE_ACCOUNT", "")
STRIPE_API_URL = environment.url(
    "STRIPE_API_URL", "https://api.stripe.com", schemes=("http", "https")
)
STRIPE_SIMULATED = stripe_simulation.is_wanted()
STRIPE_SIM_PORT = stripe_simulation.port()
if STRIPE_SIMULATED:
    vars().update(stripe_simulation.settings())

FAILPOINT = environment.text("FAILPOINT", "")

# --- Sign-in ----------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_REDIRECT_URL = "admin:index"
ACCESS_TOKEN_LIFETIME = timedelta(
    minutes=environment.integer("ACCESS_TOKEN_MINUTES", 30, minimum=1),
)
REFRESH_TOKEN_LIFETIME = timedelta(
    days=environment.integer("REFRESH_TOKEN_DAYS", 7, minimum=1),
)
RATE_LIMIT_SCALE = environment.integer("RATE_LIMIT_SCALE", 1, minimum=1)
PASSWORD_HASHERS = [
    "shop.accounts.hashers.ShopPBKDF2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": ACCESS_TOKEN_LIFETIME,
    "REFRESH_TOKEN_LIFETIME": REFRESH_TOKEN_LIFETIME,
    "UPDATE_LAST_LOGIN": False,
}

# --- Cache, broker, events --------------------------------------------------------------

REDIS_URL = environment.url("REDIS_URL", "", schemes=("redis", "rediss", "unix"))
CACHES = {
    "default": (
        {"BACKEND": "shop.core.cache.ForgivingRedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 10_000},  # each caller of a minute is one
        }
    ),
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

CELERY_BROKER_URL = environment.url("CELERY_BROKER_URL", "", schemes=("amqp", "amqps"))
EVENT_ROUTES = "config.event_routes.ROUTES"
EVENT_BATCHES = "config.event_routes.BATCHES"
EXPANSIONS = "config.expansions.EXPANSIONS"
SCHEDULE = "config.schedule.SCHEDULE"
ALWAYS = "config.schedule.ALWAYS"
# Where a test ends the process; empty in every real shop.
FAILPOINT = environment.text("FAILPOINT", "")
AUDITS = "config.audits.AUDITS"

# --- Webhooks ---------------------------------------------------------------------------

# A shop on trial may tell servers without a certificate.
WEBHOOKS_ALLOW_HTTP = environment.boolean("WEBHOOKS_ALLOW_HTTP", EMBEDDED_POSTGRES)
# Beside the public internet, the only place to which webhooks are sent.
WEBHOOKS_ALLOWED_NETWORKS = environment.networks("WEBHOOKS_ALLOWED_NETWORKS", [])

# --- Mail -------------------------------------------------------------------------------

SMTP_URL = environment.url("SMTP_URL", "", schemes=("smtp", "smtps", "smtp+tls", "smtp+ssl"))
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", f"{SHOP_NAME} <shop@localhost>")
# Shows every mail at /mails/, also those with tokens: only for shops on trial.
MAIL_VIEWER = environment.boolean("MAIL_VIEWER", EMBEDDED_POSTGRES and not SMTP_URL)
if SMTP_URL:
    vars().update(environ.Env.email_url_config(SMTP_URL))
    EMAIL_TIMEOUT = 10
else:
    EMAIL_FILE_PATH = DATA_DIR / "mail"
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    if not MAIL_VIEWER:
        EMAIL_BACKEND = "shop.core.mail.ConsoleAndFileBackend"
# Who hears of low stock, held payments and disputes; without it the staff whose work that is.
STAFF_EMAIL = environment.text("STAFF_EMAIL", "")

# --- Apps and requests ------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "corsheaders",
    "rest_framework",
    "django_countries",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "strawberry_django",
    "shop.core",
    "shop.accounts",
    "shop.vendors",
    "shop.inventory",
    "shop.products",
    "shop.cart",
    "shop.commissions",
    "shop.orders",
    "shop.payments",
    "shop.ledger",
    "shop.reviews",
    "shop.wishlist",
    "shop.notifications",
    "shop.webhooks",
    "demo",
]
if GEODJANGO not in INSTALLED_APPS:
    leave_out_maps()
MIDDLEWARE = [
    "shop.core.request_id.RequestIdMiddleware",
    "shop.core.origin.OriginMiddleware",
    "shop.core.languages.LanguageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "shop.core.http.security.BrowserRulesMiddleware",
    "shop.core.http.versions.VersionMiddleware",
    # From here on refusals too can be read by front ends on other hosts.
    "corsheaders.middleware.CorsMiddleware",
    "shop.accounts.request_limits.RequestLimitMiddleware",
    # What is compressed has its tag already, and HEAD has the length of what GET would send.
    "shop.core.http.methods.MethodsMiddleware",
    "shop.core.http.compression.CompressionMiddleware",
    "shop.core.http.caching.CachingMiddleware",
    "shop.core.middleware.RefuseBadRequestsMiddleware",
    "shop.core.middleware.AnswerFailuresMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "shop.core.middleware.SlashMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
UNFOLD = unfold.UNFOLD
TEST_RUNNER = "config.test_runner.PytestRunner"

# --- The API ----------------------------------------------------------------------------

# Of one user, or of one address without a token; 0: as many as they like. A shop on trial counts,
# and refuses nobody who measures it.
API_REQUESTS_PER_MINUTE = environment.integer(
    "API_REQUESTS_PER_MINUTE", 1_000_000 if EMBEDDED_POSTGRES else 3_000
)
PUBLIC_MAX_AGE_SECONDS = environment.integer("PUBLIC_MAX_AGE_SECONDS", 0)
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["shop.accounts.authentication.JWTSessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["shop.core.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["shop.core.renderers.OrjsonRenderer"],
    "DEFAULT_PAGINATION_CLASS": "shop.core.pagination.PagePagination",
    "DEFAULT_SCHEMA_CLASS": "shop.core.openapi.NexusSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "URL_FORMAT_OVERRIDE": None,
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "shop.core.exception_handler.ExceptionHandler",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
}
SPECTACULAR_SETTINGS = openapi.SPECTACULAR_SETTINGS
GRAPHQL_SCHEMA = "config.schema.schema"
GRAPHQL_INTROSPECTION = environment.boolean("GRAPHQL_INTROSPECTION", True)
GRAPHQL_MAX_COST = environment.integer("GRAPHQL_MAX_COST", 5_000, minimum=1)
# Documents that are known by their hashes alone, and whether no others are executed.
GRAPHQL_DOCUMENTS = environment.text("GRAPHQL_DOCUMENTS", "")
GRAPHQL_DOCUMENTS_ONLY = environment.boolean("GRAPHQL_DOCUMENTS_ONLY", False)

# --- Files ------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = environment.folder("STATIC_ROOT", DATA_DIR / "static")
MEDIA_URL = "/media/"
MEDIA_ROOT = environment.folder("MEDIA_ROOT", DATA_DIR / "media")
# Files are found where the packages keep them: nothing to collect before the first start.
WHITENOISE_USE_FINDERS = True
IMAGE_MAX_PIXELS = 25_000_000

# --- Words and times --------------------------------------------------------------------

# Of messages, not of goods: docs/languages.md says how to add one.
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("sw", "Kiswahili")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

# --- Logs -------------------------------------------------------------------------------

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "shop.core.request_id.RequestIdFilter"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s [%(request_id)s] %(name)s: %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": "line",
        },
    },
    "root": {
        "handlers": ["console"],
        "level": environment.text("LOG_LEVEL", "INFO" if DEBUG else "WARNING"),
    },
    # 4xx answers are the client's affair; 5xx are logged with their traceback.
    "loggers": {"django.request": {"level": "ERROR"}, "django.security": {"level": "ERROR"}},
}
