"""The client that a request names, whatever it is known by."""

from applications.cimd.lookup import get_document_client
from applications.clients import AUTHORIZATION_CODE, Client, find_client
from applications.models.document_clients import is_document_address
from common.oauth.errors import OAuthError, unknown_client


def get_client(client_id: str) -> Client:
    """Return a client fit for the protocol. No statement when warm; may call the address that a client is known by.

    Raises `invalid_client` (400) for an unknown id, what `get_document_client` raises, and `invalid_redirect_uri` for a
    client that signs people in but has nowhere to send them back to.
    """
    if is_document_address(client_id):
        return get_document_client(client_id)
    client = find_client(client_id)
    if client is None:
        raise unknown_client(client_id)
    if client.allows_grant_type(AUTHORIZATION_CODE) and not client.redirect_uris:
        raise OAuthError("invalid_redirect_uri", "redirect_uris is mandatory property")
    return client
