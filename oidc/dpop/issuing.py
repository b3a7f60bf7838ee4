"""To which key tokens are bound when they are issued (RFC 9449 sections 5 and 10)."""

from datetime import datetime

from django.http import HttpRequest

from applications.clients import Client
from common.oauth.errors import invalid_request
from oidc.dpop.proof import META_HEADER, spend, verify_proof

DPOP_REFUSED = "the application's settings refuse DPoP (allowDpop is false)"


def find_proven_key(request: HttpRequest, client: Client, *, moment: datetime) -> str:
    """Return the thumbprint of the key that the client proves to hold, empty if it sends no proof.

    Whoever sends a proof gets bound tokens (section 5). Raises `invalid_dpop_proof`, and `invalid_request` if the
    application's settings forbid DPoP.
    """
    text = request.META.get(META_HEADER)
    if text is None:
        return ""
    if not client.security.accepts_dpop:
        raise invalid_request(DPOP_REFUSED)
    proof = verify_proof(request, text, moment=moment, algorithms=client.security.algorithms)
    spend(proof)
    return proof.jkt


def read_proven_key(request: HttpRequest, client: Client, *, moment: datetime) -> str:
    """Return what `find_proven_key` returns; a client that binds all its tokens must send a proof."""
    jkt = find_proven_key(request, client, moment=moment)
    if client.security.requires_dpop and not jkt:
        raise invalid_request("DPoP proof JWT not provided")
    return jkt
