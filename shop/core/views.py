"""Addresses that belong to no area of the shop: health, documentation, failures."""

import re
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views import csrf
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView
from psycopg_pool import PoolTimeout

from shop.core.middleware import error_response
from shop.core.renderers import to_json

DEMO_ACCOUNTS = {
    "admin@nexus.test": "runs the shop: everything, also the back office",
    "vendor@nexus.test": "sells: owns a vendor and its products",
    "shopper@nexus.test": "buys: has addresses, orders and reviews",
}
DEMO_PASSWORD = "nexus-demo-2026"  # noqa: S105 (printed on purpose, in demo shops only)


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """The page at `/`: links to everything, and the demo accounts when they are loaded."""
    people = get_user_model().objects.filter(email__in=DEMO_ACCOUNTS).order_by("pk")
    emails = list(people.values_list("email", flat=True))
    context = {
        "shop_name": settings.SHOP_NAME,
        "address": f"{request.scheme}://{request.get_host()}",
        "demo_accounts": [{"email": email, "role": DEMO_ACCOUNTS[email]} for email in emails],
        "demo_password": DEMO_PASSWORD,
        "card_simulator": _card_simulator(request),
        "has_mailbox": settings.MAIL_VIEWER,
    }
    return render(request, "core/landing.html", context)


def _card_simulator(request: HttpRequest) -> str:
    """Where card payments are simulated, by the host name that the reader uses; or nothing."""
    if not settings.STRIPE_SIMULATED:
        return ""
    host = re.sub(r":\d+$", "", request.get_host())
    return f"http://{host}:{settings.STRIPE_SIM_PORT}"


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all."""
    return HttpResponse(to_json({"status": "ok"}), content_type="application/json")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the shop can serve; 503 names what is missing."""
    checks = {"database": _database_answers(), "cache": _cache_answers()}
    # Losing the cache costs speed, not service.
    is_ready = checks["database"]
    words = {name: "ok" if answers else "unavailable" for name, answers in checks.items()}
    body = {"status": "ok" if is_ready else "unavailable", "checks": words}
    response = HttpResponse(to_json(body), content_type="application/json")
    if not is_ready:
        response.status_code = 503
        response["Retry-After"] = "2"
    return response


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (Error, PoolTimeout):
        return False
    return True


def _cache_answers() -> bool:
    cache.set("readyz", "ok", timeout=10)
    return bool(cache.get("readyz") == "ok")


@extend_schema(exclude=True)
class SchemaView(SpectacularAPIView):
    """The OpenAPI document, as YAML or, with `?format=json`, as JSON."""

    permission_classes = []
    authentication_classes = []


class RedocView(SpectacularRedocView):
    """ReDoc with the reader's own fonts: nothing is loaded from other hosts."""

    template_name = "core/redoc.html"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(400, "invalid", "The request is malformed.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(403, "permission_denied", "You do not have permission to do this.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A page for people in the admin, who can sign in again; JSON for everybody else."""
    if request.path.startswith(reverse("admin:index")):
        return csrf.csrf_failure(request, reason)
    return permission_denied(request, PermissionDenied(reason))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(404, "not_found", "Not found.")


def server_error(request: HttpRequest, *_: Any) -> HttpResponse:
    return error_response(500, "error", "Something went wrong on our side.")
