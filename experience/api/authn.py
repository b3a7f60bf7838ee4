"""`/api/authn`: where identity providers post SAML responses, from their own site and without our cookies."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common.errors import AppError
from common.views import app_error_page
from experience.selectors import find_interaction
from experience.services.enterprise_sso import receive_assertion
from experience.services.social import receive_social_assertion
from oidc.authorization.pending import find_waiting
from oidc.wire.redirects import see_other

_LONGEST_RELAY_STATE = 512

View = Callable[[HttpRequest, str], HttpResponse]


def _receiving(view: View) -> View:
    """Serve a view for a browser that another site has sent here with a form; what fails is told on a page."""

    @wraps(view)
    def served(request: HttpRequest, connector_id: str) -> HttpResponse:
        try:
            return view(request, connector_id)
        except AppError as error:
            return app_error_page(request, error)

    return csrf_exempt(require_POST(never_cache(served)))


@_receiving
def assert_sso(request: HttpRequest, connector_id: str) -> HttpResponse:
    """`POST /authn/single-sign-on/saml/<connectorId>`: the assertion consumer service of an enterprise connector."""
    return _receive(request, connector_id, receive_assertion)


@_receiving
def assert_social(request: HttpRequest, connector_id: str) -> HttpResponse:
    """`POST /authn/saml/<connectorId>`: the assertion consumer service of a social SAML connector."""
    return _receive(request, connector_id, receive_social_assertion)


def _receive(request: HttpRequest, connector_id: str, receive: Callable[..., tuple[str, str]]) -> HttpResponse:
    relay_state = request.POST.get("RelayState", "")
    pending = find_waiting(relay_state) if 0 < len(relay_state) <= _LONGEST_RELAY_STATE else None
    interaction = find_interaction(pending) if pending else None
    if interaction is None:
        raise AppError("session.connector_validation_session_not_found", status=404)
    data = {"SAMLResponse": request.POST.get("SAMLResponse", "")}
    redirect_uri, state = receive(interaction, connector_id=connector_id, data=data)
    parts = urlsplit(redirect_uri)
    query = "&".join(filter(None, (parts.query, urlencode({"state": state}))))
    return see_other(urlunsplit(parts._replace(query=query)))
