"""Claims that the client asks for by name, in addition to those its scopes bring (OpenID Connect Core section 5.5)."""

from common.oauth.errors import invalid_request
from oidc.authorization.parameters import CLAIMS
from oidc.authorization.request import Authorization
from oidc.claims.requested_claims import read_claims_request


def requested_claims(authorization: Authorization) -> None:
    """What `claims` asks for can be met as far as it must be; other clients' than those of a profile is ignored.

    A subject counts as an `id_token_hint` does (section 3.1.2.2). The authentication context is every client's to ask
    for: `assurance.requested_assurance`.
    """
    text = authorization.parameters.get(CLAIMS)
    if not text or not authorization.client.security.follows_openid:
        return
    asked = read_claims_request(text)
    if asked.subject is not None:
        if authorization.hinted_subject not in (None, asked.subject):
            raise invalid_request("claims parameter and id_token_hint name different subjects")
        authorization.hinted_subject = asked.subject
    authorization.requested_claims = asked.names
