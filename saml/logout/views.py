"""The addresses of single logout."""

from django.http import HttpRequest, HttpResponse

from common.clock import now
from common.errors import AppError
from common.saml.bindings import redirect_url
from common.saml.logout import LogoutResponse
from common.saml.names import BINDING_REDIRECT
from oidc.sessions import cookies
from oidc.wire.cross_site import find_same_site_form
from oidc.wire.redirects import see_other
from saml.logout.ending import end_by_service_provider
from saml.logout.messages import read_message
from saml.logout.runs import Message, asked_of, next_step
from saml.providers import get_provider
from saml.wire import posted_message, saml_endpoint
from tenants.hosts import origin_of_request


@saml_endpoint("GET", "POST")
def logout(request: HttpRequest, id: str) -> HttpResponse:
    """Take a LogoutRequest or a LogoutResponse of a service provider."""
    # A request that is posted from its site comes without the cookie of the session it is about.
    if (same_site := find_same_site_form(request)) is not None:
        return same_site
    provider, origin, moment = get_provider(id), origin_of_request(request), now()
    message, is_signed, relay_state = read_message(request, provider=provider, origin=origin, moment=moment)
    if isinstance(message, LogoutResponse):
        run_id = relay_state or ""
        if not asked_of(run_id, id):
            raise AppError("application.saml.sp_initiated_saml_sso_session_not_found")
        return _go_on(request, next_step(run_id, origin=origin, moment=moment, heard=message))
    run, is_own = end_by_service_provider(
        provider,
        message,
        is_signed=is_signed,
        session_sha256=cookies.read_session(request),
        relay_state=relay_state,
        moment=moment,
    )
    response = _go_on(request, next_step(run.id, origin=origin, moment=moment))
    if is_own:
        cookies.delete_session(response)
    return response


@saml_endpoint("GET")
def tell(request: HttpRequest, run_id: str) -> HttpResponse:
    """Go on with a sign-out that has begun here."""
    return _go_on(request, next_step(run_id, origin=origin_of_request(request), moment=now()))


def _go_on(request: HttpRequest, step: Message | str | None) -> HttpResponse:
    if step is None:
        return see_other("/oidc/session/end/success")
    if isinstance(step, str):
        return see_other(step)
    if step.binding == BINDING_REDIRECT:
        key = step.provider.signer.private_key
        address = redirect_url(
            step.address, parameter=step.parameter, message=step.xml, relay_state=step.relay_state, private_key=key
        )
        return see_other(address)
    return posted_message(
        request, address=step.address, parameter=step.parameter, message=step.xml, relay_state=step.relay_state
    )
