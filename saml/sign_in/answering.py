"""A sign-in is answered: with an assertion about the user, or with why there is none."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.db import transaction

from applications.client_lookup import get_client
from applications.saml_callback import saml_callback_path
from applications.scopes import split_scope
from common.crypto import equal
from common.errors import AppError
from common.saml.names import (
    STATUS_AUTHN_FAILED,
    STATUS_NO_AUTHN_CONTEXT,
    STATUS_NO_PASSIVE,
    STATUS_REQUEST_DENIED,
    STATUS_RESPONDER,
)
from common.saml.response_building import Addressing, Subject, build_failure, build_response
from events.history import record
from oidc.claims.authentication_claims import acr_of
from oidc.claims.building import read_userinfo
from oidc.credentials.stored import Credential
from oidc.token.local_redemption import redeem_locally
from saml.addresses import entity_id_of
from saml.attributes import attributes_of, name_id_of
from saml.contexts import told_context
from saml.models import SamlApplicationSession, SamlParticipant
from saml.providers import ServiceProvider
from tenants.context import current_tenant_id

# What the authorization endpoint answers, as statuses of SAML (SAML core 3.2.2.2).
_STATUSES: Final = {
    "access_denied": STATUS_REQUEST_DENIED,
    "login_required": STATUS_NO_PASSIVE,
    "consent_required": STATUS_NO_PASSIVE,
    "interaction_required": STATUS_NO_PASSIVE,
    "unmet_authentication_requirements": STATUS_NO_AUTHN_CONTEXT,
}
CALLBACK: Final = "SamlApplication.Callback"


class Message(NamedTuple):
    """What is posted to the service provider."""

    address: str
    xml: bytes
    relay_state: str | None


def take_sign_in(application_id: str, *, ids: Sequence[str], state: str, moment: datetime) -> SamlApplicationSession:
    """Return the browser's sign-in that an answer belongs to, and mark it as answered: once. 2 statements.

    `ids` are those that the browser has begun. Raises `application.saml.sp_initiated_saml_sso_session_not_found…` and
    `application.saml.state_mismatch`.
    """
    if not ids:
        raise AppError("application.saml.sp_initiated_saml_sso_session_not_found_in_cookies")
    waiting = SamlApplicationSession.objects.filter(
        application_id=application_id, id__in=ids, answered_at=None, expires_at__gt=moment
    )
    found = list(waiting.select_for_update())
    if not found:
        raise AppError("application.saml.sp_initiated_saml_sso_session_not_found")
    session = next((each for each in found if equal(each.oidc_state, state)), None)
    if session is None:
        raise AppError("application.saml.state_mismatch")
    session.answered_at = moment
    session.save(update_fields=["answered_at"])
    return session


def _addressing(provider: ServiceProvider, *, origin: str, request_id: str) -> Addressing:
    return Addressing(
        issuer=entity_id_of(origin, provider.application_id),
        audience=provider.required_entity_id,
        destination=provider.required_acs_url,
        in_response_to=request_id or None,
    )


@transaction.atomic
def answer_with_user(
    provider: ServiceProvider, *, ids: Sequence[str], state: str, code: str, origin: str, moment: datetime
) -> tuple[Message, str]:
    """Use up the code and return the response about its user, and the id of the sign-in that is answered.

    The claims are those that the scopes bring any application. Raises what `take_sign_in`, `redeem_locally` and
    `name_id_of` raise, and `application.saml.no_active_secret`; then nothing is used up.
    """
    application_id = provider.application_id
    session = take_sign_in(application_id, ids=ids, state=state, moment=moment)
    client = get_client(application_id)
    credential = redeem_locally(
        code, client=client, redirect_uri=f"{origin}{saml_callback_path(application_id)}", moment=moment
    )
    scopes = split_scope(credential.scope)
    claims = read_userinfo(credential.profile, scopes, client=client, grant_id=credential.state.grant_id)
    subject = Subject(
        name_id=name_id_of(provider, claims),
        name_id_format=provider.name_id_format,
        attributes=attributes_of(provider, claims),
        session_index=credential.sid,
        authenticated_at=credential.auth_time,
        authn_context=told_context(session.contexts, acr_of(credential.amr)),
    )
    _note_participant(provider, credential, subject)
    signer = provider.signer
    xml = build_response(
        subject,
        addressing=_addressing(provider, origin=origin, request_id=session.saml_request_id),
        moment=moment,
        private_key=signer.private_key,
        certificate=signer.certificate,
        encryption=provider.encryption,
    )
    record(
        CALLBACK,
        user_id=credential.state.user_id,
        application_id=application_id,
        sessionId=credential.session_id,
        samlRequestId=session.saml_request_id or None,
    )
    return Message(provider.required_acs_url, xml, session.relay_state), session.id


def _note_participant(provider: ServiceProvider, credential: Credential, subject: Subject) -> None:
    """Remember who hears of the end of this session. One statement."""
    if credential.session_id is None:
        return
    SamlParticipant.objects.bulk_create(
        [
            SamlParticipant(
                tenant_id=current_tenant_id(),
                session_id=credential.session_id,
                application_id=provider.application_id,
                session_index=credential.sid,
                name_id=subject.name_id,
                name_id_format=subject.name_id_format,
            )
        ],
        update_conflicts=True,
        unique_fields=["tenant", "session", "application"],
        update_fields=["session_index", "name_id", "name_id_format"],
    )


@transaction.atomic
def answer_with_failure(
    provider: ServiceProvider, *, ids: Sequence[str], state: str, error: str, origin: str, moment: datetime
) -> tuple[Message, str]:
    """Return the response that says why nobody was signed in, and the id of the sign-in that is answered."""
    session = take_sign_in(provider.application_id, ids=ids, state=state, moment=moment)
    message = failure(
        provider,
        status=_STATUSES.get(error, STATUS_AUTHN_FAILED),
        origin=origin,
        request_id=session.saml_request_id,
        relay_state=session.relay_state,
        moment=moment,
    )
    record(
        CALLBACK,
        application_id=provider.application_id,
        error=AppError("oidc.access_denied") if error == "access_denied" else error[:64],
        samlRequestId=session.saml_request_id or None,
    )
    return message, session.id


def failure(
    provider: ServiceProvider,
    *,
    status: str,
    origin: str,
    request_id: str,
    relay_state: str | None,
    moment: datetime,
) -> Message:
    """Return a signed response with a status of the responder (SAML core 3.2.2.2)."""
    signer = provider.signer
    xml = build_failure(
        addressing=_addressing(provider, origin=origin, request_id=request_id),
        moment=moment,
        status=[STATUS_RESPONDER, status],
        private_key=signer.private_key,
        certificate=signer.certificate,
    )
    return Message(provider.required_acs_url, xml, relay_state)
