"""What a user has claimed and proved in an interaction: identifiers and verification records."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal, NamedTuple, Self

from common.errors import AppError
from common.ids import new_id

IdentifierKind = Literal["username", "email", "phone"]
CodeChannel = Literal["email", "phone"]


class Identifier(NamedTuple):
    """What somebody signs in with. A phone number is its E.164 digits without the plus sign."""

    kind: IdentifierKind
    value: str

    def as_wire(self) -> dict[str, str]:
        """Return `{type, value}`."""
        return {"type": self.kind, "value": self.value}


class CodeRecipient(NamedTuple):
    """An identifier that a code can be sent to, in the form in which it is kept."""

    kind: CodeChannel
    value: str

    def as_identifier(self) -> Identifier:
        """Return it as what somebody signs in with."""
        return Identifier(self.kind, self.value)


class RecordType(StrEnum):
    """The kinds of verification record, named as on the wire."""

    PASSWORD = "Password"
    NEW_PASSWORD = "NewPasswordIdentity"
    EMAIL_CODE = "EmailVerificationCode"
    PHONE_CODE = "PhoneVerificationCode"
    ONE_TIME_TOKEN = "OneTimeToken"
    SOCIAL = "Social"
    ENTERPRISE_SSO = "EnterpriseSso"
    SIGN_IN_PASSKEY = "SignInPasskey"
    TOTP = "Totp"
    WEBAUTHN = "WebAuthn"
    BACKUP_CODE = "BackupCode"
    MFA_EMAIL_CODE = "MfaEmailVerificationCode"
    MFA_PHONE_CODE = "MfaPhoneVerificationCode"


CODE_RECORDS: dict[str, RecordType] = {"email": RecordType.EMAIL_CODE, "phone": RecordType.PHONE_CODE}
MFA_CODE_RECORDS: dict[str, RecordType] = {"email": RecordType.MFA_EMAIL_CODE, "phone": RecordType.MFA_PHONE_CODE}

#: Proofs by another provider's word; `experience.provider_accounts` reads them.
PROVIDER_RECORDS = frozenset({RecordType.SOCIAL, RecordType.ENTERPRISE_SSO})

_USER_INFO_NAMES = {RecordType.SOCIAL: "socialUserInfo", RecordType.ENTERPRISE_SSO: "enterpriseSsoUserInfo"}


_BINDING = "binding"


def binding(**data: Any) -> dict[str, Any]:
    """Return the data of a record that sets a factor up."""
    return {_BINDING: True, **data}


@dataclass(slots=True, kw_only=True)
class VerificationRecord:
    """One proof, begun or done. An interaction holds at most one of a type.

    `claim` is the identifier that is proved, if it is one; `user_id` is set where the proof was about one account, so
    that nobody else's can be entered with it; `factor_id` is the stored factor that has proved it; `token_context` is
    that of a one-time token. `data` is for the server alone: a challenge, a secret under seal, a credential that has
    been registered, what a provider said of its user.
    """

    type: RecordType
    claim: Identifier | None = None
    id: str
    verified: bool = False
    template_type: str = ""
    user_id: str = ""
    factor_id: str = ""
    token_context: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def new(cls, record_type: RecordType, identifier: Identifier | None = None, **values: Any) -> Self:
        """Return a record with an id of its own."""
        return cls(type=record_type, claim=identifier, id=new_id(), **values)

    @property
    def is_binding(self) -> bool:
        """Whether it is about a factor that is being set up: that proves possession, but nothing about who asks."""
        return _BINDING in self.data

    @property
    def identifier(self) -> Identifier:
        """What the proof is of; raises `session.verification_failed` for one that is of no identifier."""
        if self.claim is None:
            raise AppError("session.verification_failed")
        return self.claim

    @classmethod
    def load(cls, stored: dict[str, Any]) -> Self:
        """Read a record as an interaction's row holds it."""
        values = dict(stored)
        claim = values.pop("identifier")
        return cls(**values | {"type": RecordType(stored["type"]), "claim": Identifier(*claim) if claim else None})

    def dump(self) -> dict[str, Any]:
        """Return the record as an interaction's row holds it."""
        values = asdict(self)
        claim = values.pop("claim")
        return values | {"type": self.type.value, "identifier": list(claim) if claim else None}

    def as_brief(self) -> dict[str, Any]:
        """Return what the history tells of the record: nothing that a provider said of its user."""
        return {name: value for name, value in self.as_wire().items() if name not in _USER_INFO_NAMES.values()}

    def as_wire(self) -> dict[str, Any]:
        """Return what a client may see of the record."""
        shown: dict[str, Any] = {"id": self.id, "type": self.type.value, "verified": self.verified}
        if self.claim:
            shown["identifier"] = self.claim.as_wire()
        if self.template_type:
            shown["templateType"] = self.template_type
        if self.token_context:
            shown["oneTimeTokenContext"] = self.token_context
        if self.type in PROVIDER_RECORDS:
            shown["connectorId"] = self.data.get("connectorId")
            if "account" in self.data:
                shown[_USER_INFO_NAMES[self.type]] = self.data["account"]
            if "issuer" in self.data:
                shown["issuer"] = self.data["issuer"]
        return shown
