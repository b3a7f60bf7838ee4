"""The order of checks of an authorization request, on one screen.

`ARRIVAL` exchanges a reference for the request behind it, and a signed object for what is in it. `CLIENT_AND_REDIRECT`
finds out whom an answer may be sent to. Failures of both are shown to the user. What `CHECKS` and the prompts
refuse is answered to the client's redirect URI. Then somebody is signed in and has consented, or is asked to.
"""

from collections.abc import Callable
from dataclasses import dataclass

from events.transactions import part
from oidc.admission.policies import assert_application_admits
from oidc.authorization import (
    assurance,
    claims,
    client_and_redirect,
    organization,
    pkce,
    protocol,
    pushed,
    request_object,
    scope,
)
from oidc.authorization.codes import issue_code
from oidc.authorization.granting import grant_access
from oidc.authorization.pending import open_request
from oidc.authorization.prompts import consent_reasons, login_reasons
from oidc.authorization.request import Authorization
from oidc.authorization.requested_scopes import requested_scope_set
from oidc.claims.proofs import methods_of
from oidc.models import AuthorizationRequest, Session
from oidc.sessions import grants
from oidc.sessions.organization_access import add_organizations_to_grant, grant_organization_access
from oidc.sessions.sessions import find_session

Check = Callable[[Authorization], None]
Prompt = AuthorizationRequest.Prompt

ARRIVAL: tuple[Check, ...] = (
    client_and_redirect.sent_once,  # RFC 6749 section 3.1
    client_and_redirect.known_client,  # RFC 6749 section 4.1.2.1
    request_object.one_request,  # RFC 9101 section 5
    pushed.pushed_request,  # RFC 9126 section 4
    request_object.signed_request,  # RFC 9101 section 6
    pushed.pushed_where_required,  # RFC 9126 section 5
    request_object.signed_where_required,  # RFC 9101 section 10.5
)

# Of what a client pushes; it has authenticated.
PUSHED_ARRIVAL: tuple[Check, ...] = (
    request_object.signed_request,  # RFC 9126 section 3
    request_object.signed_where_required,  # RFC 9101 section 10.5
)

CLIENT_AND_REDIRECT: tuple[Check, ...] = (
    client_and_redirect.sent_once,  # RFC 6749 section 3.1
    client_and_redirect.known_client,  # RFC 6749 section 4.1.2.1
    client_and_redirect.registered_redirect_uri,  # RFC 6749 section 3.1.2.3, RFC 9700 section 2.1
)

CHECKS: tuple[Check, ...] = (
    protocol.supported_response_mode,  # OAuth 2.0 Multiple Response Types section 2.1
    protocol.no_repeated_parameter,  # RFC 6749 section 3.1
    protocol.no_request_object,  # OpenID Connect Core section 6
    protocol.allowed_response_type,  # RFC 6749 section 3.1.1
    protocol.known_prompts,  # OpenID Connect Core section 3.1.2.1
    protocol.valid_max_age,  # OpenID Connect Core section 3.1.2.1
    protocol.storable_nonce,  # OpenID Connect Core section 3.1.2.1
    protocol.key_thumbprint,  # RFC 9449 section 10
    pkce.proof_key,  # RFC 7636 section 4.4.1
    protocol.genuine_id_token_hint,  # OpenID Connect Core section 3.1.2.1
    claims.requested_claims,  # OpenID Connect Core section 5.5
    assurance.requested_assurance,  # OpenID Connect Core section 5.5.1.1, RFC 9470 section 5
    scope.requested_scopes,  # RFC 6749 section 3.3, OpenID Connect Core section 11
    organization.requested_organization,  # docs/organization-sign-in.md
    scope.configured_statics,  # RFC 6749 section 4.1.2.1
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


@dataclass(frozen=True, slots=True)
class ConsentNeeded:
    """The user is signed in and has to be asked for consent; the request waits."""

    pending: AuthorizationRequest


def run(checks: tuple[Check, ...], authorization: Authorization) -> None:
    """Let a request pass the checks in order; the first that refuses raises."""
    for check in checks:
        check(authorization)


@part()
def settle(authorization: Authorization, session_sha256: str | None) -> Issued | SignInNeeded | ConsentNeeded:
    """Issue a code in the browser's session, or keep the request until its user has signed in, or has consented.

    The tenant's own applications are granted what they ask for without a page. Raises `login_required`,
    `consent_required` and `interaction_required` where the user would have to be asked and must not be,
    `unmet_authentication_requirements` for a user who has signed in more weakly than is the condition, and
    `access_denied` where the application or the organization keeps the user out, or nothing at all is granted.
    """
    session = find_session(session_sha256, lock=True)
    if reasons := login_reasons(authorization, session):
        return SignInNeeded(_keep(authorization, Prompt.LOGIN, reasons, session))
    assert session is not None  # noqa: S101 - `no_session` is among the reasons
    assurance.assert_strong_enough(authorization, session)
    return _grant(authorization, session)


def _keep(
    authorization: Authorization, prompt: Prompt, reasons: list[str], session: Session | None
) -> AuthorizationRequest:
    return open_request(
        application_id=authorization.client.application_id,
        parameters=authorization.parameters.as_json(),
        origin=authorization.origin,
        prompt=prompt,
        reasons=reasons,
        session=session,
    )


def _grant(authorization: Authorization, session: Session) -> Issued | ConsentNeeded:
    client, answer = authorization.client, authorization.answer
    assert_application_admits(client, user_id=session.user_id)
    chosen = None if answer is None else answer.organization_ids
    if chosen is not None and not client.has_document:
        grant_organization_access(client.id, user_id=session.user_id, organization_ids=chosen)
    place = grants.find_session_authorization(session, client)
    grant = grants.usable_grant(place)
    missing = grants.missing_from(grant, requested_scope_set(authorization, session.user_id))
    if reasons := consent_reasons(authorization, missing):
        return ConsentNeeded(_keep(authorization, Prompt.CONSENT, reasons, session))
    pushed.consume(authorization)
    if answer is not None:
        missing = missing.limited_to(answer.agreed)
    access = grant_access(authorization, session, place=place, grant=grant, missing=missing)
    if chosen is not None and client.has_document:
        add_organizations_to_grant(access.place.grant_id, user_id=session.user_id, organization_ids=chosen)
    organization.organization_admits(authorization, session.user_id, grant_id=access.place.grant_id)
    code = issue_code(
        access.place,
        session=session,
        redirect_uri=authorization.redirect_uri,
        scopes=access.scopes.flattened(),
        resources=authorization.resources,
        nonce=authorization.parameters.get("nonce"),
        code_challenge=authorization.parameters.get("code_challenge"),
        code_challenge_method=authorization.parameters.get("code_challenge_method"),
        auth_time_requested=authorization.max_age is not None,
        amr=methods_of(session.last_submission),
        dpop_jkt=authorization.dpop_jkt,
        organization_id=authorization.organization_id,
        claims=authorization.requested_claims.dumped(),
        journey_id=authorization.parameters.journey,
    )
    return Issued(code)
