"""Signing in with another provider: what a connector is asked, and what a provider says of its user.

Social and enterprise connectors share this. A sign-in is two calls, between which the browser is at the provider:
`start` returns where to send it and what to keep meanwhile; `finish` takes what it came back with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self, runtime_checkable

from common.email_addresses import is_valid_email
from common.errors import AppError
from common.web_addresses import is_web_address
from connectors.raw_data import storable_raw_data

_LONGEST_ID = 256
_LONGEST_NAME = 128
_LONGEST_EMAIL = 128
_PHONE_DIGITS = range(3, 16)


@dataclass(frozen=True, slots=True)
class ProviderUser:
    """What a provider says of one of its users; `SocialUserInfo` on the wire.

    `id` never changes there. `email` and `phone` (digits alone) are the user's for certain: verified by the provider,
    or trusted by the connector's configuration. What is not is left to `raw_data`, which is the provider's answer.
    """

    id: str
    email: str | None = None
    phone: str | None = None
    name: str | None = None
    avatar: str | None = None
    raw_data: Mapping[str, Any] = field(default_factory=dict)

    def as_wire(self) -> dict[str, Any]:
        """Return `{id, email?, phone?, name?, avatar?, rawData?}`."""
        known = {"id": self.id, "email": self.email, "phone": self.phone, "name": self.name, "avatar": self.avatar}
        raw = {"rawData": dict(self.raw_data)} if self.raw_data else {}
        return {key: value for key, value in known.items() if value} | raw

    @classmethod
    def from_wire(cls, row: Mapping[str, Any]) -> Self:
        """Return what `as_wire` made a mapping of."""
        known = {key: row.get(key) for key in ("email", "phone", "name", "avatar")}
        return cls(row["id"], **known, raw_data=row.get("rawData") or {})

    def bounded(self) -> Self:
        """Return the user as it may be stored: what no column can hold, or nobody may follow, is left out.

        Raises `connector.invalid_response` for a user without an id, or with one that is too long.
        """
        if not self.id or len(self.id) > _LONGEST_ID or not self.id.isprintable():
            raise AppError("connector.invalid_response")
        return replace(
            self,
            email=self.email if self.email and _is_email(self.email) else None,
            phone=self.phone if self.phone and _is_phone(self.phone) else None,
            name=_printable(self.name)[:_LONGEST_NAME].strip() or None,
            avatar=self.avatar if self.avatar and is_web_address(self.avatar) else None,
            raw_data=storable_raw_data(self.raw_data),
        )


def _printable(text: str | None) -> str:
    return "".join(character for character in text or "" if character.isprintable())


def _is_email(text: str) -> bool:
    return len(text) <= _LONGEST_EMAIL and is_valid_email(text)


def _is_phone(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) in _PHONE_DIGITS


@dataclass(frozen=True, slots=True)
class TokenSet:
    """The tokens that a provider has issued for its own API. `expires_at` is in seconds since the epoch."""

    access_token: str
    refresh_token: str | None = None
    id_token: str | None = None
    token_type: str | None = None
    scope: str | None = None
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """What a sign-in is started for.

    The provider sends the browser to `redirect_uri` with `state`. `connector_id` and `origin` (of the tenant) are for
    the addresses of the connector's own; `relay_state` finds the sign-in again where no cookie comes along.
    """

    state: str
    redirect_uri: str
    connector_id: str
    origin: str
    relay_state: str = ""
    login_hint: str = ""


@dataclass(frozen=True, slots=True)
class SignInStart:
    """Where the browser is sent, and what is kept with the sign-in until it comes back: JSON, for the server alone."""

    url: str
    session: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProviderSignIn:
    """Who has signed in at the provider. `issuer` names an enterprise's identity provider."""

    user: ProviderUser
    tokens: TokenSet | None = None
    issuer: str = ""


class SocialConnector(Protocol):
    """Signs a provider's users in.

    Both calls raise `AppError`: `connector.authorization_failed` with `data` `{error}` if the user or the provider has
    refused, `connector.social_auth_code_invalid`, `connector.social_invalid_access_token`,
    `connector.social_invalid_id_token`, `connector.invalid_response`, `connector.general` if the provider cannot be
    reached, `connector.timed_out` if it is too slow.
    """

    def start(self, config: Mapping[str, Any], request: SignInRequest) -> SignInStart:
        """Return where the browser goes to sign in."""

    def finish(
        self, config: Mapping[str, Any], *, data: Mapping[str, Any], session: Mapping[str, Any]
    ) -> ProviderSignIn:
        """Return who has signed in, from what the browser came back with (`data`: parameters and `redirectUri`)."""


@runtime_checkable
class RefreshesTokens(Protocol):
    """A connector whose stored tokens can be renewed."""

    def refresh(self, config: Mapping[str, Any], refresh_token: str) -> TokenSet:
        """Return new tokens; raises as `SocialConnector` does."""
