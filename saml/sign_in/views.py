"""The addresses at which users sign in to service providers, and the metadata."""

from django.http import HttpRequest, HttpResponse

from common.clock import now
from common.errors import AppError
from common.oauth.bodies import collect, is_storable, query_pairs
from common.saml.bindings import MAX_RELAY_STATE_CHARACTERS
from common.saml.errors import SamlError
from common.saml.metadata import render_idp_metadata
from common.saml.names import STATUS_NO_AUTHN_CONTEXT
from oidc.wire.redirects import see_other
from saml.addresses import entity_id_of, logout_address, sso_address
from saml.contexts import is_impossible
from saml.models import SamlApplicationSession
from saml.providers import get_provider
from saml.sign_in.answering import CALLBACK, Message, answer_with_failure, answer_with_user, failure
from saml.sign_in.beginning import AUTHN_REQUEST, LIFETIME, authorization_address, begin_sign_in
from saml.sign_in.requests import check, receive
from saml.wire import note_refusal, posted_message, read_sign_ins, saml_endpoint, write_sign_ins
from tenants.hosts import origin_of_request


@saml_endpoint("GET", "HEAD")
def metadata(request: HttpRequest, id: str) -> HttpResponse:
    """Say who the identity provider of an application is, with every certificate that is valid."""
    provider, origin = get_provider(id), origin_of_request(request)
    certificates = provider.valid_certificates
    if not certificates:
        raise AppError("application.saml.no_active_secret")
    sso = sso_address(origin, id)
    document = render_idp_metadata(
        entity_id=entity_id_of(origin, id),
        certificates=certificates,
        sso_redirect_url=sso,
        sso_post_url=sso,
        slo_url=logout_address(origin, id),
        name_id_formats=[provider.name_id_format],
        wants_signed_requests=bool(provider.signing_certificates),
    )
    return HttpResponse(document, content_type="text/xml; charset=utf-8", headers={"Cache-Control": "no-cache"})


@saml_endpoint("GET", "POST")
def authn(request: HttpRequest, id: str) -> HttpResponse:
    """Take an AuthnRequest and send its user to sign in."""
    provider, origin, moment = get_provider(id), origin_of_request(request), now()
    try:
        received = receive(request, provider=provider, origin=origin, moment=moment)
        check(received)
    except (AppError, SamlError) as error:
        note_refusal(AUTHN_REQUEST, application_id=id, error=error)
        raise
    asked = received.request
    if is_impossible(asked.contexts, asked.context_comparison):
        message = failure(
            provider,
            status=STATUS_NO_AUTHN_CONTEXT,
            origin=origin,
            request_id=asked.id,
            relay_state=received.relay_state,
            moment=moment,
        )
        return _post(request, message)
    # What was to be surpassed is not what is told.
    contexts = () if asked.context_comparison == "better" else asked.contexts
    session = begin_sign_in(
        provider, request_id=asked.id, relay_state=received.relay_state, contexts=contexts, moment=moment
    )
    return _send(request, session, authorization_address(session, provider, origin=origin, request=asked))


@saml_endpoint("GET")
def sign_in(request: HttpRequest, id: str) -> HttpResponse:
    """Sign a user in to a service provider that has not asked (SAML profiles 4.1.5)."""
    provider, origin = get_provider(id), origin_of_request(request)
    _ = provider.required_entity_id, provider.required_acs_url, provider.signer
    relay_state = request.GET.get("RelayState") or None
    if relay_state is not None and (len(relay_state) > MAX_RELAY_STATE_CHARACTERS or not is_storable(relay_state)):
        raise SamlError("too_large", "RelayState is too long")
    session = begin_sign_in(provider, relay_state=relay_state, moment=now())
    return _send(request, session, authorization_address(session, provider, origin=origin, request=None))


def _send(request: HttpRequest, session: SamlApplicationSession, location: str) -> HttpResponse:
    response = see_other(location)
    ids = [*read_sign_ins(request), session.id]
    write_sign_ins(request, response, ids, max_age=int(LIFETIME.total_seconds()))
    return response


@saml_endpoint("GET")
def callback(request: HttpRequest, id: str) -> HttpResponse:
    """Take the answer of the authorization endpoint and post the response to the service provider."""
    provider, origin, moment = get_provider(id), origin_of_request(request), now()
    answer, ids = collect(query_pairs(request)), read_sign_ins(request)
    state, code, error = answer.get("state"), answer.get("code"), answer.get("error")
    if error:
        message, done = answer_with_failure(provider, ids=ids, state=state, error=error, origin=origin, moment=moment)
    elif code:
        try:
            message, done = answer_with_user(provider, ids=ids, state=state, code=code, origin=origin, moment=moment)
        except AppError as refusal:
            note_refusal(CALLBACK, application_id=id, error=refusal)
            raise
    else:
        raise AppError("guard.invalid_input")
    response = _post(request, message)
    write_sign_ins(request, response, [each for each in ids if each != done], max_age=int(LIFETIME.total_seconds()))
    return response


def _post(request: HttpRequest, message: Message) -> HttpResponse:
    return posted_message(
        request,
        address=message.address,
        parameter="SAMLResponse",
        message=message.xml,
        relay_state=message.relay_state,
    )
