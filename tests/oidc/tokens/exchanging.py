"""Token exchange: applications that may, tokens that stand for a user, and the request."""

from typing import Any

from common.actors import SYSTEM
from identity.models import User
from identity.services.personal_access_tokens import create_personal_access_token
from oidc.token.subject_tokens import create_subject_token
from tests.oidc.tokens.parties import Party, make_application
from tests.responses import ClientResponse

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
JWT = "urn:ietf:params:oauth:token-type:jwt"
IMPERSONATION = "urn:logto:token-type:impersonation_token"
PERSONAL = "urn:logto:token-type:personal_access_token"


def make_exchanger(type: str = "Traditional", **fields: Any) -> Party:
    """An application that may exchange tokens."""
    return Party(make_application(type, custom_client_metadata={"allowTokenExchange": True}, **fields))


def subject_token(user: User) -> str:
    return create_subject_token(user_id=user.id, actor=SYSTEM)


def personal_token(user: User, name: str = "laptop", **fields: Any) -> str:
    return create_personal_access_token(user, name=name, actor=SYSTEM, **fields).value


def exchange(party: Party, token: str, kind: str | None = ACCESS_TOKEN, **parameters: Any) -> ClientResponse:
    return party.post(
        "token", **{"grant_type": GRANT_TYPE, "subject_token": token, "subject_token_type": kind, **parameters}
    )


def exchanged(party: Party, token: str, kind: str = ACCESS_TOKEN, **parameters: Any) -> dict[str, Any]:
    """The answer to an exchange that works."""
    answer = exchange(party, token, kind, **parameters)
    assert answer.status_code == 200, answer.content
    return answer.json()


def refused(answer: ClientResponse) -> None:
    """The answer says that the grant is bad, and never why."""
    assert answer.status_code == 400, answer.content
    body = answer.json()
    assert (body["error"], body["error_description"]) == ("invalid_grant", "grant request is invalid")
    assert "access_token" not in body
