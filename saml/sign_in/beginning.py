"""A sign-in begins: it is kept, and the browser goes to the provider's own authorization endpoint."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from applications.saml_callback import saml_callback_path
from common.ids import new_secret
from common.saml.authn_requests import AuthnRequest
from events.history import record
from oidc.claims.authentication_claims import TWO_FACTORS
from oidc.wire.redirects import with_query
from saml.attributes import scopes_of
from saml.contexts import needs_two_factors
from saml.models import SamlApplicationSession
from saml.providers import ServiceProvider
from tenants.rate_limits import Kind, throttle

LIFETIME: Final = timedelta(hours=1)
AUTHN_REQUEST: Final = "SamlApplication.AuthnRequest"


@transaction.atomic
def begin_sign_in(
    provider: ServiceProvider,
    *,
    request_id: str = "",
    relay_state: str | None = None,
    contexts: Sequence[str] = (),
    moment: datetime,
) -> SamlApplicationSession:
    """Keep a sign-in until it is answered. 2 statements. Raises `TooManyRequestsError`."""
    throttle(Kind.SIGN_IN)
    session = SamlApplicationSession.objects.create(
        application_id=provider.application_id,
        saml_request_id=request_id,
        oidc_state=new_secret(),
        relay_state=relay_state,
        contexts=list(contexts),
        expires_at=moment + LIFETIME,
    )
    record(
        AUTHN_REQUEST,
        application_id=provider.application_id,
        samlRequestId=request_id or None,
        initiatedBy="ServiceProvider" if request_id else "IdentityProvider",
    )
    return session


def authorization_address(
    session: SamlApplicationSession, provider: ServiceProvider, *, origin: str, request: AuthnRequest | None
) -> str:
    """Return the authorization request that a sign-in is: the same sessions, rules and pages as for other clients."""
    parameters = {
        "client_id": provider.application_id,
        "redirect_uri": f"{origin}{saml_callback_path(provider.application_id)}",
        "response_type": "code",
        "scope": " ".join(scopes_of(provider)),
        "state": session.oidc_state,
    }
    return with_query("/oidc/auth", {**parameters, **({} if request is None else _demands_of(request))})


def _demands_of(request: AuthnRequest) -> Mapping[str, str]:
    """ForceAuthn, IsPassive and RequestedAuthnContext (SAML core 3.4.1) in the words of OpenID Connect."""
    found: dict[str, str] = {}
    if request.is_passive:
        found["prompt"] = "none"
    elif request.force_authn:
        found["prompt"] = "login"
    if request.is_passive and request.force_authn:
        found["max_age"] = "0"
    if needs_two_factors(request.contexts, request.context_comparison):
        acr = {"essential": True, "values": [TWO_FACTORS]}
        found["claims"] = json.dumps({"id_token": {"acr": acr}}, separators=(",", ":"))
    if request.subject and "@" in request.subject:
        found["login_hint"] = request.subject
    return found
