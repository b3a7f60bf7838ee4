"""`/api/authn`: where identity providers post SAML responses, from their own site and without our cookies."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common.errors import AppError
from common.views import app_error_page
from experience.models import Interaction
from experience.selectors import find_interaction
from experience.services.enterprise_sso import receive_assertion
from experience.services.idp_initiated_sign_in import COOKIE as IDP_INITIATED
from experience.services.idp_initiated_sign_in import receive_unsolicited_assertion
from experience.services.provider_returns import RECEIVED_COOKIE, Received
from experience.services.social import receive_social_assertion
from oidc.authorization.pending import find_waiting
from oidc.wire.redirects import see_other, with_query
from tenants.hosts import origin_of_request

_LONGEST_RELAY_STATE = 512
# Seconds: the browser goes on at once.
_RECEIVED_MAX_AGE = 600

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
    interaction = _find_interaction(request)
    if interaction is not None:
        return _receive(request, interaction, connector_id, receive_assertion)
    origin, response = origin_of_request(request), request.POST.get("SAMLResponse", "")
    received = receive_unsolicited_assertion(connector_id=connector_id, response=response, origin=origin)
    answer = see_other(received.location)
    _keep(request, answer, IDP_INITIATED, received.id, max_age=received.max_age)
    return answer


@_receiving
def assert_social(request: HttpRequest, connector_id: str) -> HttpResponse:
    """`POST /authn/saml/<connectorId>`: the assertion consumer service of a social SAML connector."""
    interaction = _find_interaction(request)
    if interaction is None:
        raise AppError("session.connector_validation_session_not_found", status=404)
    return _receive(request, interaction, connector_id, receive_social_assertion)


def _find_interaction(request: HttpRequest) -> Interaction | None:
    """Return the journey that a response belongs to by its relay state."""
    relay_state = request.POST.get("RelayState", "")
    pending = find_waiting(relay_state) if 0 < len(relay_state) <= _LONGEST_RELAY_STATE else None
    return find_interaction(pending) if pending else None


def _receive(
    request: HttpRequest, interaction: Interaction, connector_id: str, receive: Callable[..., Received]
) -> HttpResponse:
    data = {"SAMLResponse": request.POST.get("SAMLResponse", "")}
    received = receive(interaction, connector_id=connector_id, data=data)
    answer = see_other(with_query(received.redirect_uri, {"state": received.state}))
    _keep(request, answer, RECEIVED_COOKIE, received.token, max_age=_RECEIVED_MAX_AGE)
    return answer


def _keep(request: HttpRequest, answer: HttpResponse, name: str, value: str, *, max_age: int) -> None:
    # Lax: the request that follows comes from the identity provider's site still.
    answer.set_cookie(name, value, max_age=max_age, httponly=True, samesite="Lax", secure=request.is_secure())
