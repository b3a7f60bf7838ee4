"""Which factors a user can verify with: those set up, and the codes that follow from the address and the number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from identity.factor_types import DISPLAY_ORDER, FactorType

_NEVER = datetime.min.replace(tzinfo=UTC)
_LOCAL_PART_SHOWN = 4


class HeldFactor(NamedTuple):
    """A factor that the user has set up and can use, and when it was used last."""

    type: str
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What one user can verify with. Sets of backup codes that are used up are among `ids`, but not among `stored`."""

    stored: tuple[HeldFactor, ...] = ()
    email: str | None = None
    phone: str | None = None
    ids: frozenset[str] = frozenset()

    @property
    def types(self) -> frozenset[str]:
        """The types of factor that the user has, stored or following from an address or number."""
        implicit = {FactorType.EMAIL_CODE.value: self.email, FactorType.PHONE_CODE.value: self.phone}
        return frozenset({held.type for held in self.stored} | {name for name, value in implicit.items() if value})

    def list_usable(self, enabled: Sequence[str]) -> list[str]:
        """Return the factors that the tenant accepts, the one to offer first at the beginning.

        Passkeys, then what was used last, then codes to the phone and the address, and backup codes at the end.
        """
        used: dict[str, datetime] = {}
        for held in self.stored:
            used[held.type] = max(used.get(held.type, _NEVER), held.last_used_at or _NEVER)
        own = sorted(
            (name for name in used if name != FactorType.BACKUP_CODE), key=lambda name: used[name], reverse=True
        )
        own.sort(key=lambda name: name != FactorType.WEBAUTHN)
        last = [FactorType.PHONE_CODE.value, FactorType.EMAIL_CODE.value, FactorType.BACKUP_CODE.value]
        ordered = [*own, *(name for name in last if name in self.types)]
        return [str(name) for name in ordered if name in enabled]

    def masked_identifiers(self, factors: Sequence[str]) -> dict[str, str]:
        """Return where the codes among these factors go, so that the owner alone recognizes it."""
        shown = {}
        if FactorType.EMAIL_CODE in factors and self.email:
            shown[FactorType.EMAIL_CODE.value] = mask_email(self.email)
        if FactorType.PHONE_CODE in factors and self.phone:
            shown[FactorType.PHONE_CODE.value] = mask_phone(self.phone)
        return shown


def in_display_order(factors: Sequence[str]) -> list[str]:
    """Return factors in the order in which they are listed."""
    return [name.value for name in DISPLAY_ORDER if name in factors]


def mask_email(address: str) -> str:
    """Return `ali****@example.com`-like text: the first characters of a long local part, and the domain."""
    local, _, domain = address.rpartition("@")
    shown = local[:_LOCAL_PART_SHOWN] if len(local) > _LOCAL_PART_SHOWN else ""
    return f"{shown}****@{domain}"


def mask_phone(number: str) -> str:
    """Return the last four digits behind stars."""
    return f"****{number[-4:]}"
