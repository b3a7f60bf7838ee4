"""Codes and refresh tokens that are bound to a key."""

from common.oauth.errors import invalid_grant
from oidc.token.exchange import Exchange


def bound_to_key(exchange: Exchange) -> None:
    """A code or refresh token that is bound to a key is exchanged by that key (RFC 9449 sections 5 and 10)."""
    if exchange.source.dpop_jkt and exchange.source.dpop_jkt != exchange.dpop_jkt:
        raise invalid_grant("bound to a key that was not proven")
