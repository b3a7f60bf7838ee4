"""Must the user sign in, or consent? The reasons are asked in order; the first that holds decides."""

from collections.abc import Callable
from typing import NamedTuple

from common.clock import now
from common.oauth.errors import OAuthError
from oidc.authorization import assurance, magic_link
from oidc.authorization.assurance import is_too_weak
from oidc.authorization.errors import consent_required, interaction_required, login_required
from oidc.authorization.magic_link import is_done, link_in
from oidc.authorization.request import Authorization
from oidc.models import Session
from oidc.sessions.grants import ScopeSet


class LoginReason(NamedTuple):
    """Why the user must sign in, and what `prompt=none` answers then."""

    name: str
    holds: Callable[[Authorization, Session | None], bool]
    error: Callable[[], OAuthError]


class ConsentReason(NamedTuple):
    """Why the user must consent, and what `prompt=none` answers then."""

    name: str
    holds: Callable[[Authorization, ScopeSet], bool]
    error: Callable[[], OAuthError]


def _asked_to_sign_in(authorization: Authorization, _session: Session | None) -> bool:
    """`prompt=login` (OpenID Connect Core section 3.1.2.1)."""
    return "login" in authorization.prompts and not authorization.has_just_signed_in


def _no_session(_authorization: Authorization, session: Session | None) -> bool:
    """Nobody is signed in (OpenID Connect Core section 3.1.2.3)."""
    return session is None


def _signed_in_too_long_ago(authorization: Authorization, session: Session | None) -> bool:
    """`max_age` has passed; 0 always has (OpenID Connect Core section 3.1.2.1)."""
    if authorization.max_age is None or authorization.has_just_signed_in or session is None:
        return False
    elapsed = (now() - session.authenticated_at).total_seconds()
    return authorization.max_age == 0 or elapsed > authorization.max_age


def _somebody_else_is_hinted(authorization: Authorization, session: Session | None) -> bool:
    """`id_token_hint` names another user (OpenID Connect Core section 3.1.2.2)."""
    hinted = authorization.hinted_subject
    return hinted is not None and session is not None and hinted != session.user_id


def _brings_magic_link(authorization: Authorization, session: Session | None) -> bool:
    """A link signs the owner of its address in, whoever is signed in, unless it has done so. Silently it is ignored."""
    if authorization.is_silent or authorization.has_just_signed_in or session is None:
        return False
    link = link_in(authorization.parameters.values)
    return link is not None and not is_done(link, session.user)


def _signed_in_too_weakly(authorization: Authorization, session: Session | None) -> bool:
    """`acr_values` or an essential `acr` demand a second factor (RFC 9470 section 5, Core section 5.5.1.1)."""
    if authorization.has_just_signed_in or session is None:
        return False
    return is_too_weak(authorization, session)


LOGIN_REASONS = (
    LoginReason("login_prompt", _asked_to_sign_in, login_required),
    LoginReason("no_session", _no_session, login_required),
    LoginReason("max_age", _signed_in_too_long_ago, login_required),
    LoginReason(assurance.REASON, _signed_in_too_weakly, login_required),
    LoginReason(
        "id_token_hint",
        _somebody_else_is_hinted,
        lambda: login_required("id_token_hint and authenticated subject do not match"),
    ),
    LoginReason(magic_link.REASON, _brings_magic_link, login_required),
)


def _asked_to_consent(authorization: Authorization, _missing: ScopeSet) -> bool:
    """`prompt=consent` (OpenID Connect Core section 3.1.2.1)."""
    return "consent" in authorization.prompts


def _native_client(authorization: Authorization, _missing: ScopeSet) -> bool:
    """A native client is never answered without the user taking part (RFC 8252 section 8.6)."""
    return authorization.client.is_native


def _unverified_client(authorization: Authorization, _missing: ScopeSet) -> bool:
    """A client that nobody here has checked is never let in without the user (RFC 6819 section 5.2.3.2)."""
    return authorization.client.is_unverified


def _scopes_missing(authorization: Authorization, missing: ScopeSet) -> bool:
    """Something asked for was not granted yet (OpenID Connect Core section 3.1.2.4).

    A silent request is refused for it even where nobody would be asked, as clients of Logto expect. By the standard
    (section 3.1.2.6) it is refused only where the page would be shown: the tenant's own application gets its code.
    """
    client = authorization.client
    return bool(missing) and (client.is_third_party or not client.security.follows_openid)


CONSENT_REASONS = (
    ConsentReason("consent_prompt", _asked_to_consent, consent_required),
    ConsentReason("native_client_prompt", _native_client, interaction_required),
    ConsentReason("unverified_client", _unverified_client, consent_required),
    ConsentReason("scopes_missing", _scopes_missing, consent_required),
)


def login_reasons(authorization: Authorization, session: Session | None) -> list[str]:
    """Return why the user must sign in, empty if not. With `prompt=none` raises the first reason's error."""
    found = [reason for reason in LOGIN_REASONS if reason.holds(authorization, session)]
    if found and authorization.is_silent:
        raise found[0].error()
    return [reason.name for reason in found]


def consent_reasons(authorization: Authorization, missing: ScopeSet) -> list[str]:
    """Return why the user must be asked on the consent page, empty if not.

    The tenant's own application is granted what it asks for without a page, and a request that the user has answered
    is not asked about again. With `prompt=none` raises the first reason's error, whoever asks.
    """
    found = [reason for reason in CONSENT_REASONS if reason.holds(authorization, missing)]
    if found and authorization.is_silent:
        raise found[0].error()
    if not authorization.client.is_third_party or authorization.answer is not None:
        return []
    return [reason.name for reason in found]
