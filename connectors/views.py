"""The development mailbox: what a development installation sent, on a page. Answers 404 anywhere else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from connectors.models import MailboxMessage

SHOWN = 50

# A mail is somebody's HTML: it may look as it likes and do nothing.
_MAIL_POLICY = {
    "sandbox": ["allow-popups"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["https:", "data:"],
    "script-src": ["'none'"],
    "connect-src": None,
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
}


def development_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hide a view from every installation without a development mailbox."""

    @wraps(view)
    def handle(request: HttpRequest, **captured: Any) -> HttpResponse:
        if not settings.DEVELOPMENT_MAILBOX:
            raise Http404
        return view(request, **captured)

    return handle


@development_only
@require_safe
@never_cache
@csp_update({"frame-src": ["'self'"]})
def mailbox(request: HttpRequest) -> HttpResponse:
    """`/development/mailbox`: the tenant's latest messages, newest first."""
    messages = MailboxMessage.objects.order_by("-created_at", "-id")[:SHOWN]
    return render(request, "connectors/mailbox.html", {"messages": messages})


@development_only
@require_safe
@never_cache
@csp_replace(_MAIL_POLICY)
def mailbox_mail(request: HttpRequest, message_id: str) -> HttpResponse:
    """`/development/mailbox/<id>`: the HTML of one mail, for a frame of its own without scripts."""
    message = MailboxMessage.objects.filter(id=message_id, content_type="text/html").first()
    if message is None:
        raise Http404
    return HttpResponse(message.content)
