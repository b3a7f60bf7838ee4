"""Which scopes and resources the request is about."""

from access.selectors import default_resource
from applications.allowed_scopes import allowed_to_ask
from applications.clients import REFRESH_TOKEN
from applications.scopes import OFFLINE_ACCESS, split_scope, static_scopes_of
from common.oauth.errors import OAuthError
from oidc.authorization.request import Authorization
from oidc.claims.available_scopes import get_resource
from oidc.claims.protected_resources import canonical_resources


def requested_scopes(authorization: Authorization) -> None:
    """Each scope once; `offline_access` only with consent (RFC 6749 section 3.3, OpenID Connect Core section 11).

    A client that nobody here has checked need not ask for what always happens: its user consents each time.
    """
    scopes = split_scope(authorization.parameters.get("scope"))
    is_consented = "consent" in authorization.prompts or authorization.client.is_unverified
    may_stay_offline = is_consented and authorization.client.allows_grant_type(REFRESH_TOKEN)
    authorization.scopes = tuple(name for name in scopes if name != OFFLINE_ACCESS or may_stay_offline)


def configured_statics(authorization: Authorization) -> None:
    """A third-party application asks for no scope of the provider's that it is not configured for: `invalid_scope`."""
    if not authorization.client.is_third_party:
        return
    allowed = allowed_to_ask(authorization.client).statics
    for name in static_scopes_of(authorization.scopes):
        if name not in allowed:
            raise OAuthError("invalid_scope", "requested scope is not allowed", extra={"scope": name})


def known_resources(authorization: Authorization) -> None:
    """Every resource is an absolute URI that the tenant knows; none means the default one (RFC 8707 section 2)."""
    requested = canonical_resources(authorization.parameters.resources, origin=authorization.origin)
    if not requested and (default := default_resource()):
        requested = (default.indicator,)
    for indicator in requested:
        get_resource(indicator)
    authorization.resources = requested


def only_statics_without_resource(authorization: Authorization) -> None:
    """With no resource there is nothing but the provider's own scopes to ask for."""
    if not authorization.resources:
        authorization.scopes = static_scopes_of(authorization.scopes)
