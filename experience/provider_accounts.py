"""What a provider has said of who signed in there, as a verification record keeps it. Pure but for the seal.

A record of a social or enterprise sign-in is begun with what its connector keeps (`session`), which is taken out when
the browser comes back, and is done with the account that the provider named.
"""

import base64
import json
from dataclasses import asdict, dataclass
from typing import Any

from common.crypto import equal, seal, sha256_hex, unseal
from common.errors import AppError
from connectors.provider_sign_in import ProviderSignIn, ProviderUser, TokenSet
from experience.records import PROVIDER_RECORDS, VerificationRecord

_CONNECTOR = "connectorId"
_SESSION = "session"
_ACCOUNT = "account"
_TARGET = "target"
_ISSUER = "issuer"
_TOKENS = "tokens"
_RECEIVED = "received"
_SEAL_CONTEXT = "provider-tokens"


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """An account that has proved itself. `target` names a social provider, `issuer` an enterprise's."""

    connector_id: str
    user: ProviderUser
    target: str = ""
    issuer: str = ""
    sealed_tokens: str = ""

    @property
    def email(self) -> str | None:
        """The address that the provider vouches for."""
        return self.user.email

    @classmethod
    def find(cls, record: VerificationRecord) -> "ProviderAccount | None":
        """Return the account that a record has proved, `None` for any other record."""
        if record.type not in PROVIDER_RECORDS or not record.verified:
            return None
        data = record.data
        return cls(
            data[_CONNECTOR],
            ProviderUser.from_wire(data[_ACCOUNT]),
            data.get(_TARGET, ""),
            data.get(_ISSUER, ""),
            data.get(_TOKENS, ""),
        )

    @classmethod
    def of(cls, record: VerificationRecord) -> "ProviderAccount":
        """Return the account that a record has proved; raises `session.verification_failed`."""
        account = cls.find(record)
        if account is None:
            raise AppError("session.verification_failed")
        return account


def begun(connector_id: str, session: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a record whose user is at the provider."""
    return {_CONNECTOR: connector_id, _SESSION: session}


def connector_of(record: VerificationRecord) -> str:
    """Return the id of the connector that a record is of."""
    return str(record.data.get(_CONNECTOR, ""))


def session_of(record: VerificationRecord) -> dict[str, Any] | None:
    """Return what the connector has kept, `None` once it was taken out."""
    session: dict[str, Any] | None = record.data.get(_SESSION)
    return session


def received(data: dict[str, Any], *, state: str, token: str) -> dict[str, Any]:
    """Return the data of a record whose user has signed in, until the browser that brought it here asks for it.

    `token` is what that browser has been given for it.
    """
    return {_CONNECTOR: data[_CONNECTOR], _RECEIVED: {"data": data, "state": state, "token": sha256_hex(token)}}


def is_received(record: VerificationRecord) -> bool:
    """Whether what the provider says has arrived without the browser of the journey."""
    return _RECEIVED in record.data


def received_of(record: VerificationRecord, *, state: Any, token: str) -> dict[str, Any]:
    """Return the data of a sign-in that has been received; raises unless the browser was sent on with this state.

    A client that keeps the state to itself, having checked it, names none. The token must be the one of the browser
    that brought the response: whoever has begun the journey in another may have sent its user to the provider.
    `session.connector_validation_session_not_found`.
    """
    held = record.data[_RECEIVED]
    if state not in (None, held["state"]) or not equal(sha256_hex(token), held["token"]):
        raise AppError("session.connector_validation_session_not_found")
    data: dict[str, Any] = held["data"]
    return data


def waits_for(record: VerificationRecord, *, connector_id: str, state: str) -> bool:
    """Whether this is the sign-in at a connector that was begun with a state, and has not been finished."""
    if record.type not in PROVIDER_RECORDS or connector_of(record) != connector_id:
        return False
    begun_with = record.data.get(_RECEIVED) or session_of(record) or {}
    return bool(state) and equal(str(begun_with.get("state", "")), state)


def done(
    connector_id: str, signed_in: ProviderSignIn, *, keeps_tokens: bool, target: str = "", issuer: str = ""
) -> dict[str, Any]:
    """Return the data of a record whose user has signed in at the provider."""
    data = {_CONNECTOR: connector_id, _ACCOUNT: signed_in.user.bounded().as_wire(), _TARGET: target, _ISSUER: issuer}
    if keeps_tokens and signed_in.tokens is not None:
        data[_TOKENS] = seal_tokens(signed_in.tokens)
    return {name: value for name, value in data.items() if value}


def seal_tokens(tokens: TokenSet) -> str:
    """Return tokens as a journey may hold them until they are stored."""
    return base64.b64encode(seal(json.dumps(asdict(tokens)), context=_SEAL_CONTEXT)).decode()


def open_tokens(sealed: str) -> TokenSet:
    """Return what `seal_tokens` sealed."""
    return TokenSet(**json.loads(unseal(base64.b64decode(sealed), context=_SEAL_CONTEXT)))
