"""The order of checks of an authorization request, on one screen.

`ADDRESSEE` finds out whom an answer may be sent to; its failures are shown to the user. What `CHECKS` and the prompts
refuse is answered to the client's redirect URI. Then somebody is signed in and has consented, or is asked to.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from oidc.authorization import addressee, pkce, protocol, scope
from oidc.authorization.errors import nothing_granted
from oidc.authorization.prompts import assert_may_consent, login_reasons
from oidc.authorization.request import Authorization
from oidc.models import AuthorizationRequest, Session
from oidc.offers import get_resource, offered_to_user
from oidc.policies import assert_application_admits
from oidc.scopes import OFFLINE_ACCESS, kept, statics_of
from oidc.services import grants
from oidc.services.authorization import open_request
from oidc.services.codes import issue_code
from oidc.services.grants import ScopeSet
from oidc.services.sessions import extend_session, find_session

Check = Callable[[Authorization], None]

ADDRESSEE: tuple[Check, ...] = (
    addressee.sent_once,  # RFC 6749 section 3.1
    addressee.known_client,  # RFC 6749 section 4.1.2.1
    addressee.registered_redirect_uri,  # RFC 6749 section 3.1.2.3, RFC 9700 section 2.1
)

CHECKS: tuple[Check, ...] = (
    protocol.supported_response_mode,  # OAuth 2.0 Multiple Response Types section 2.1
    protocol.no_repeated_parameter,  # RFC 6749 section 3.1
    protocol.no_request_object,  # OpenID Connect Core section 6
    protocol.allowed_response_type,  # RFC 6749 section 3.1.1
    protocol.known_prompts,  # OpenID Connect Core section 3.1.2.1
    protocol.valid_max_age,  # OpenID Connect Core section 3.1.2.1
    protocol.storable_nonce,  # OpenID Connect Core section 3.1.2.1
    pkce.proof_key,  # RFC 7636 section 4.4.1
    protocol.genuine_id_token_hint,  # OpenID Connect Core section 3.1.2.1
    scope.requested_scopes,  # RFC 6749 section 3.3, OpenID Connect Core section 11
    scope.known_resources,  # RFC 8707 section 2
    scope.only_statics_without_resource,
)


@dataclass(frozen=True, slots=True)
class Issued:
    """The user is signed in and has consented: here is the code."""

    code: str


@dataclass(frozen=True, slots=True)
class SignInNeeded:
    """The user has to sign in first; the request waits."""

    pending: AuthorizationRequest


def run(checks: tuple[Check, ...], authorization: Authorization) -> None:
    """Let a request pass the checks in order; the first that refuses raises."""
    for check in checks:
        check(authorization)


@transaction.atomic
def settle(authorization: Authorization, session_sha256: str | None) -> Issued | SignInNeeded:
    """Issue a code in the browser's session, or keep the request until its user has signed in.

    The tenant's own applications are granted what they ask for without a page. Raises `login_required`,
    `consent_required` and `interaction_required` where the user would have to be asked and must not be, and
    `access_denied` where nothing at all is granted.
    """
    session = find_session(session_sha256, lock=True)
    if reasons := login_reasons(authorization, session):
        return SignInNeeded(_keep(authorization, reasons, session))
    assert session is not None  # noqa: S101 - `no_session` is among the reasons
    return Issued(_issue(authorization, session))


def _keep(authorization: Authorization, reasons: list[str], session: Session | None) -> AuthorizationRequest:
    return open_request(
        client_id=authorization.client.id,
        parameters=authorization.parameters.as_json(),
        origin=authorization.origin,
        prompt=AuthorizationRequest.Prompt.LOGIN,
        reasons=reasons,
        session=session,
    )


def _issue(authorization: Authorization, session: Session) -> str:
    client = authorization.client
    assert_application_admits(client, user_id=session.user_id)
    place = grants.find_session_authorization(session, client.id)
    grant = grants.usable_grant(place)
    missing = grants.missing_from(grant, _asked_of(authorization, session.user_id))
    assert_may_consent(authorization, missing)
    grant = grants.give_consent(grant, missing, user_id=session.user_id, client_id=client.id)
    granted = grants.held_by(grant, scopes=authorization.scopes, indicators=authorization.resources)
    if not granted:
        raise nothing_granted()
    place = grants.link_to_session(
        place, session=session, grant=grant, persists_logout=OFFLINE_ACCESS in granted.scopes
    )
    code = issue_code(
        place,
        session=session,
        redirect_uri=authorization.redirect_uri,
        scopes=granted.flattened(),
        resources=authorization.resources,
        nonce=authorization.parameters.get("nonce"),
        code_challenge=authorization.parameters.get("code_challenge"),
        code_challenge_method=authorization.parameters.get("code_challenge_method"),
        auth_time_requested=authorization.max_age is not None,
    )
    if client.max_allowed_grants:
        grants.enforce_grant_limit(user_id=session.user_id, client_id=client.id, limit=client.max_allowed_grants)
    extend_session(session)
    return code


def _asked_of(authorization: Authorization, user_id: str) -> ScopeSet:
    """What the request may bring: the provider's scopes, and of each resource what it offers this user now."""
    organization_id = authorization.parameters.get("organization_id") or None
    offers = {
        indicator: offered_to_user(
            get_resource(indicator), user_id=user_id, client=authorization.client, organization_id=organization_id
        )
        for indicator in authorization.resources
    }
    return ScopeSet(
        statics_of(authorization.scopes),
        {indicator: kept(authorization.scopes, offered) for indicator, offered in offers.items()},
    )
