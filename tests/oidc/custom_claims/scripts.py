"""Scripts, and how the tests install them."""

from typing import Any

from common.actors import SYSTEM
from oidc.custom_claims.configuration import TokenKind
from oidc.custom_claims.service import put_custom_claims


def script(body: str) -> str:
    """Return a script whose function has this body."""
    return f"const getCustomJwtClaims = async ({{ token, context, environmentVariables, api }}) => {{ {body} }};"


def install(body: str, *, kind: TokenKind = TokenKind.ACCESS_TOKEN, **value: Any) -> None:
    """Make a script the current tenant's; `body` may also be a whole script."""
    source = body if "getCustomJwtClaims" in body else script(body)
    put_custom_claims(kind, {"script": source, **value}, actor=SYSTEM)
