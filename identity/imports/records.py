"""A user as an import knows one, whichever system the row came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from identity.passwords import HashedPassword


class Membership(NamedTuple):
    """An organization by id or name, and the user's roles there by id or name."""

    organization: str
    roles: Sequence[str] = ()


class EnterpriseIdentity(NamedTuple):
    """An account at an enterprise's identity provider; the connector by id or name."""

    connector: str
    issuer: str
    identity_id: str
    detail: Mapping[str, Any]


class ImportedPasskey(NamedTuple):
    """A WebAuthn credential.

    Ids and keys are base64url without padding, the public key is COSE. `user_handle` is what the authenticator calls
    the user, which is another id if the passkey was made for another system (Web Authentication Level 3, section 4).
    """

    credential_id: str
    public_key: str
    counter: int = 0
    transports: Sequence[str] = ()
    aaguid: str = ""
    rp_id: str | None = None
    name: str | None = None
    user_handle: str = ""


@dataclass(kw_only=True, slots=True)
class ImportedUser:
    """What one row says. `None`, or an empty collection, is what it does not say.

    `source_id` is the user's id at the source. A password comes as a digest of a known method, in plain, or as the name
    of an algorithm that cannot be verified here (`unsupported_password`); so does a second factor that cannot.
    """

    source_id: str = ""
    username: str | None = None
    primary_email: str | None = None
    email_verified: bool | None = None
    primary_phone: str | None = None
    phone_verified: bool | None = None
    name: str | None = None
    avatar: str | None = None
    profile: dict[str, Any] = field(default_factory=dict)
    custom_data: dict[str, Any] = field(default_factory=dict)
    account_settings: dict[str, Any] = field(default_factory=dict)
    hashed_password: HashedPassword | None = None
    plain_password: str | None = None
    unsupported_password: str | None = None
    is_password_expired: bool = False
    identities: dict[str, dict[str, Any]] = field(default_factory=dict)
    enterprise_identities: list[EnterpriseIdentity] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    totp_secret: str | None = None
    unsupported_factor: str | None = None
    passkeys: list[ImportedPasskey] = field(default_factory=list)
    backup_codes: list[str] = field(default_factory=list)
    is_suspended: bool | None = None
    created_at: datetime | None = None
    last_sign_in_at: datetime | None = None

    @property
    def has_identifier(self) -> bool:
        """Whether anything is left that the user could sign in by."""
        return bool(
            self.username
            or self.primary_email
            or self.primary_phone
            or self.identities
            or self.enterprise_identities
            or self.passkeys
        )
