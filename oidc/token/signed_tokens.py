"""Whether a JWT access token still counts: what its signature cannot tell, because the token has no row."""

from datetime import datetime
from typing import Any

from applications.cimd.switch import is_taken
from applications.hot import read_application_roles
from applications.scopes import organization_of_audience
from identity.models import User
from oidc.models import Grant
from oidc.token.token_ids import grant_id_of
from oidc.token.tokens import read_access_token_claims
from organizations.selectors import find_organization, member_scopes

_LONGEST_TOKEN = 16_384


def find_live_claims(token: str, *, moment: datetime) -> dict[str, Any] | None:
    """Return the claims of a JWT access token that is good now; `None` for anything else.

    Its grant is alive, its user is not suspended, and who acts in an organization still belongs to it. At most three
    statements.
    """
    claims = read_access_token_claims(token) if len(token) <= _LONGEST_TOKEN else None
    if claims is None or not is_taken(claims["client_id"]) or not isinstance(claims.get("sub"), str):
        return None
    is_live = _is_live_machine(claims) if claims["sub"] == claims["client_id"] else _is_live_user(claims, moment)
    return claims if is_live else None


def _is_live_machine(claims: dict[str, Any]) -> bool:
    organization_id = _organization_of(claims)
    return not organization_id or read_application_roles(claims["client_id"], organization_id) is not None


def _is_live_user(claims: dict[str, Any], moment: datetime) -> bool:
    users = User.objects.filter(id=claims["sub"], is_suspended=False)
    if grant_id := grant_id_of(str(claims.get("jti", ""))):
        grants = Grant.objects.filter(id=grant_id, revoked_at=None, expires_at__gt=moment)
        users = users.filter(id__in=grants.values("user_id"))
    if not users.exists():
        return False
    organization_id = _organization_of(claims)
    return not organization_id or member_scopes(claims["sub"], organization_id) is not None


def _organization_of(claims: dict[str, Any]) -> str:
    """The organization that a token acts in, empty for none; a tenant's script may have put anything in its claim."""
    if organization_id := organization_of_audience(claims.get("aud")):
        return organization_id
    named = claims.get("organization_id")
    return named if isinstance(named, str) and find_organization(named) is not None else ""
