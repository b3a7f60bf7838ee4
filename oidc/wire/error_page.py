"""What a person sees where the provider refuses: plain words, the code, and a trace id that the log has too.

Programs get JSON. Which addresses are registered is a developer's to know: only a development installation shows that.
"""

import difflib
import logging
import secrets
from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

from applications.clients import Client, find_client
from common.ascii_urls import to_ascii_url
from common.oauth.bodies import collect, query_pairs, read_form
from common.oauth.errors import OAuthError
from common.oauth.rendering import render_error, to_oauth_error
from oidc.wire.pages import page

logger = logging.getLogger(__name__)

_LONGEST_SHOWN = 200


def is_for_person(request: HttpRequest) -> bool:
    """Whether a browser shows the answer to a person: navigations accept HTML by name, programs do not."""
    return "text/html" in request.headers.get("Accept", "")


def render_refusal(request: HttpRequest, error: Exception, *, back: str = "") -> HttpResponse:
    """Answer a browser with the error page, anything else with the OAuth body; `back` leads on to the application."""
    found = to_oauth_error(error)
    if found is None or not is_for_person(request):
        return render_error(request, error)
    trace_id = secrets.token_hex(8)
    noted = {"trace_id": trace_id, "code": found.code, "path": request.path}
    logger.warning("refused: %s, trace id %s", found.code, trace_id, extra=noted)
    details = _details(request, found) if settings.DEVELOPMENT_MAILBOX else ()
    try:
        shown = page(request, "error", error=found, trace_id=trace_id, details=details, back=to_ascii_url(back))
    except SuspiciousOperation:
        # The query itself was the fault: not even a language can be read from it.
        return render_error(request, error)
    shown.status_code = found.status
    for name, value in found.headers.items():
        shown.headers[name] = value
    return shown


def _details(request: HttpRequest, error: OAuthError) -> Sequence[tuple[str, str]]:
    """Return what helps a developer: what was wrong, what was sent, and what is registered that is most like it."""
    found = [("Error", error.description or error.error)]
    try:
        form = read_form(request) if request.method == "POST" else collect(query_pairs(request))
    except (OAuthError, SuspiciousOperation):
        return found
    client = find_client(form.get("client_id"))
    for name in ("redirect_uri", "post_logout_redirect_uri"):
        if sent := form.get(name):
            found.append((f"Sent as {name}", sent[:_LONGEST_SHOWN]))
            if client is not None and (nearest := _nearest(client, name, sent)):
                found.append(("Registered, nearest", nearest[:_LONGEST_SHOWN]))
    if client is not None:
        found.append(("Where to add it", f"Console › Applications › {client.name}"))
    return found


def _nearest(client: Client, name: str, sent: str) -> str:
    registered = client.redirect_uris if name == "redirect_uri" else client.post_logout_redirect_uris
    likest = difflib.get_close_matches(sent[:_LONGEST_SHOWN], registered, n=1, cutoff=0)
    return likest[0] if likest else ""
