"""The mailbox of a shop on trial: every mail that it wrote, for whoever develops with it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shop.notifications import querysets

SHOWN = 200
# Mails bring their own styles and nothing else: no scripts, no pictures, no other hosts.
POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

View = Callable[..., HttpResponse]


def on_trial(view: View) -> View:
    """The page exists only where `MAIL_VIEWER` is set: mails hold what is not for everybody."""

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not settings.MAIL_VIEWER:
            raise Http404
        response = view(request, **kwargs)
        response["Content-Security-Policy"] = POLICY
        response["Referrer-Policy"] = "no-referrer"
        return response

    return never_cache(require_safe(guarded))


@on_trial
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest mails, sent or waiting."""
    mails = querysets.written().defer("text", "html")[:SHOWN]
    return render(request, "notifications/viewer/mailbox.html", _context(mails=mails))


@on_trial
def mail(request: HttpRequest, *, mail_id: int) -> HttpResponse:
    """One mail as its reader sees it: as HTML in a frame that can do nothing, and as text."""
    found = get_object_or_404(querysets.written(), pk=mail_id)
    return render(request, "notifications/viewer/mail.html", _context(mail=found))


def _context(**more: Any) -> dict[str, Any]:
    return {"shop_name": settings.SHOP_NAME, "sender": settings.DEFAULT_FROM_EMAIL, **more}
