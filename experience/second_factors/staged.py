"""What a journey has staged of second factors, until its submission writes it to the account."""

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from common.crypto import seal, unseal
from identity.factor_types import FactorType

KEY = "mfa"
_SEAL = "interaction.totp"


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedFactors:
    """Choices and new factors of a journey, in `Interaction.context`.

    `totp` is a secret under seal and `totp_step` the time step whose code has proved it, `passkeys` are registered
    credentials, `backup_codes` hashes: nothing in clear.
    `enabled` is the user's own answer to whether two-step sign-in is wanted, `None` as long as there is none.
    """

    enabled: bool | None = None
    skipped: bool = False
    suggestion_skipped: bool = False
    passkey_skipped: bool = False
    trusts_device: bool = False
    totp: str = ""
    totp_step: int = 0
    passkeys: tuple[dict[str, Any], ...] = ()
    backup_codes: tuple[str, ...] = ()

    @classmethod
    def of(cls, context: Mapping[str, Any]) -> Self:
        """Read what an interaction's context holds."""
        stored = dict(context.get(KEY) or {})
        for name in ("passkeys", "backup_codes"):
            stored[name] = tuple(stored.get(name, ()))
        return cls(**stored)

    def put(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """Return the context with this in it."""
        return {
            **context,
            KEY: asdict(self) | {"passkeys": list(self.passkeys), "backup_codes": list(self.backup_codes)},
        }

    def without_factors(self) -> Self:
        """Return the choices alone: the factors have been written to the account."""
        return replace(self, trusts_device=False, totp="", totp_step=0, passkeys=(), backup_codes=())

    @property
    def types(self) -> frozenset[str]:
        """The types of factor that are staged."""
        given = {
            FactorType.TOTP.value: self.totp,
            FactorType.WEBAUTHN.value: self.passkeys,
            FactorType.BACKUP_CODE.value: self.backup_codes,
        }
        return frozenset(name for name, value in given.items() if value)

    def as_wire(self) -> dict[str, Any]:
        """Return what a client may see: which factors are staged, and no part of them."""
        shown: dict[str, Any] = {
            "mfaEnabled": self.enabled,
            "mfaSkipped": self.skipped or None,
            "additionalBindingSuggestionSkipped": self.suggestion_skipped or None,
            "passkeySkipped": self.passkey_skipped or None,
            "totp": {"type": FactorType.TOTP.value} if self.totp else None,
            "webAuthn": [{"type": FactorType.WEBAUTHN.value}] * len(self.passkeys) or None,
            "backupCode": {"type": FactorType.BACKUP_CODE.value} if self.backup_codes else None,
        }
        return {name: value for name, value in shown.items() if value is not None}


def seal_totp_secret(secret: str) -> str:
    """Return a secret as an interaction holds it."""
    return base64.b64encode(seal(secret, context=_SEAL)).decode()


def unseal_totp_secret(sealed: str) -> str:
    """Return a secret that `seal_totp_secret` has sealed."""
    return unseal(base64.b64decode(sealed), context=_SEAL)
