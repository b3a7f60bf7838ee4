"""Proof Key for Code Exchange at the authorization endpoint (RFC 7636, RFC 9700 section 2.1.1)."""

import re

from common.oauth.errors import invalid_request
from oidc.authorization.request import Authorization

# RFC 7636 section 4.2: the base64url of a SHA-256; the wider form of section 4.1 is what clients are held to.
_CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)


def proof_key(authorization: Authorization) -> None:
    """Who must prove a key sends a challenge, and every challenge is S256 (RFC 7636 sections 4.3 and 4.4.1)."""
    challenge = authorization.parameters.get("code_challenge")
    method = authorization.parameters.get("code_challenge_method")
    if not challenge:
        if method:
            raise invalid_request("code_challenge must be provided with code_challenge_method")
        if authorization.client.must_prove_key:
            raise invalid_request("Authorization Server policy requires PKCE to be used for this request")
        return
    # Without a method it would be `plain`.
    if method != "S256":
        raise invalid_request("not supported value of code_challenge_method")
    if not _CHALLENGE.fullmatch(challenge):
        raise invalid_request("code_challenge must be a string with a minimum length of 43 characters")
