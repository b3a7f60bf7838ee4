"""What a person sees where the provider refuses: plain words, the code, and a trace id that the log has too.

Programs get JSON. Which addresses are registered is a developer's to know: the page leads developers to the console,
which finds the refusal in the audit log by its trace id. Only a development installation says it on the page itself.
"""

import difflib
import logging
import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

from applications.clients import Client, find_client
from common.ascii_urls import to_ascii_url
from common.error_pages import current_contact
from common.oauth.bodies import collect, query_pairs, read_form
from common.oauth.errors import OAuthError
from common.oauth.rendering import render_error, to_oauth_error
from common.pipeline import CONSOLE_PREFIX
from events.history import record
from oidc.wire.pages import page
from tenants.context import current_tenant_id
from tenants.hosts import ADMIN_TENANT, origin_of_tenant
from tenants.rate_limits import Kind, TooManyRequestsError, throttle

logger = logging.getLogger(__name__)

AUDIT_KEY = "Interaction.Refused"

_LONGEST_SHOWN = 500
_ADDRESSES = {"redirect_uri", "post_logout_redirect_uri"}
_SENT = ("client_id", "redirect_uri", "post_logout_redirect_uri")


def is_for_person(request: HttpRequest) -> bool:
    """Whether a browser shows the answer to a person: navigations accept HTML by name, programs do not."""
    return "text/html" in request.headers.get("Accept", "")


def render_refusal(request: HttpRequest, error: Exception, *, back: str = "") -> HttpResponse:
    """Answer a browser with the error page, anything else with the OAuth body; `back` leads on to the application."""
    found = to_oauth_error(error)
    if found is None or not is_for_person(request):
        return render_error(request, error)
    trace_id, sent = secrets.token_hex(8), _read_sent(request)
    noted = {"trace_id": trace_id, "code": found.code, "path": request.path}
    logger.warning("refused: %s, trace id %s", found.code, trace_id, extra=noted)
    context = {
        "error": found,
        "trace_id": trace_id,
        "details": _details(sent, found) if settings.DEVELOPMENT_MAILBOX or settings.DEBUG else (),
        "back": to_ascii_url(back),
        "contact": current_contact(),
        "console": _address_in_console(trace_id) if _record(request, sent, found, trace_id) else "",
    }
    try:
        shown = page(request, "error", **context)
    except SuspiciousOperation:
        # The query itself was the fault: not even a language can be read from it.
        return render_error(request, error)
    shown.status_code = found.status
    for name, value in found.headers.items():
        shown.headers[name] = value
    return shown


def _read_sent(request: HttpRequest) -> dict[str, str]:
    """Return what the application sent that may be wrong: its id, and where to send the user."""
    try:
        form = read_form(request) if request.method == "POST" else collect(query_pairs(request))
    except (OAuthError, SuspiciousOperation):
        return {}
    return {name: sent[:_LONGEST_SHOWN] for name in _SENT if (sent := form.get(name))}


def _record(request: HttpRequest, sent: Mapping[str, str], error: OAuthError, trace_id: str) -> bool:
    """Write the refusal to the audit log, by which a developer finds it; not beyond the limit for anonymous callers."""
    try:
        throttle(Kind.REFUSAL)
    except TooManyRequestsError:
        return False
    client = find_client(sent.get("client_id", ""))
    record(
        AUDIT_KEY,
        application_id=client.id if client else None,
        error=error,
        entry_id=trace_id,
        traceId=trace_id,
        path=request.path,
        description=error.description,
        sent=sent,
    )
    return True


def _address_in_console(trace_id: str) -> str:
    """Where a developer of the tenant is shown everything about a refusal."""
    console = f"{origin_of_tenant(ADMIN_TENANT)}{CONSOLE_PREFIX}/{current_tenant_id()}"
    return f"{console}/sign-in-traces/trace/?{urlencode({'id': trace_id})}"


def _details(sent: Mapping[str, str], error: OAuthError) -> Sequence[tuple[str, str]]:
    """Return what helps a developer: what was wrong, what was sent, and what is registered that is most like it."""
    found = [("Error", error.description or error.error)]
    client = find_client(sent.get("client_id", ""))
    for name in _ADDRESSES & sent.keys():
        found.append((f"Sent as {name}", sent[name]))
        if client is not None and (nearest := nearest_registered(client, name, sent[name])):
            found.append(("Registered, nearest", nearest))
    if client is not None:
        found.append(("Where to add it", f"Console › Applications › {client.name}"))
    return found


def nearest_registered(client: Client, name: str, sent: str) -> str:
    """Return the registered address that is most like the one sent as the parameter `name`; empty without any."""
    registered = client.redirect_uris if name == "redirect_uri" else client.post_logout_redirect_uris
    likest = difflib.get_close_matches(sent[:_LONGEST_SHOWN], registered, n=1, cutoff=0)
    return likest[0] if likest else ""
