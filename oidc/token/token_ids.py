"""The `jti` of a JWT access token (RFC 7519 section 4.1.7): the id of its grant, if it has one, and one of its own.

Such a token has no row. Whoever asks the provider about one learns by its grant that it was revoked.
"""

_SEPARATOR = "."


def join_token_id(grant_id: str, token_id: str) -> str:
    """Return a `jti`; `grant_id` is empty for a token without a grant. Ids have no dot."""
    return f"{grant_id}{_SEPARATOR}{token_id}" if grant_id else token_id


def grant_id_of(jti: str) -> str:
    """Return the id of the grant of a token with this `jti`, empty for a token without."""
    return jti.rpartition(_SEPARATOR)[0]
