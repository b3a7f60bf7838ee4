"""To which key tokens are bound when they are issued (RFC 9449 sections 5 and 10)."""

from datetime import datetime

from django.http import HttpRequest

from applications.clients import Client
from common.oauth.errors import invalid_request
from oidc.dpop.proof import HEADER, spend, verify_proof


def find_proven_key(request: HttpRequest, client: Client, *, moment: datetime) -> str:
    """Return the thumbprint of the key that the client proves to hold, empty where it sends no proof.

    The proof of a client that is not set up for DPoP is ignored, at no cost. Raises `invalid_dpop_proof`.
    """
    text = request.headers.get(HEADER) if client.security.accepts_dpop else None
    if text is None:
        return ""
    proof = verify_proof(request, text, moment=moment, algorithms=client.security.algorithms)
    spend(proof)
    return proof.jkt


def read_proven_key(request: HttpRequest, client: Client, *, moment: datetime) -> str:
    """Return what `find_proven_key` returns; a client that binds all its tokens must send a proof."""
    jkt = find_proven_key(request, client, moment=moment)
    if client.security.requires_dpop and not jkt:
        raise invalid_request("DPoP proof JWT not provided")
    return jkt
