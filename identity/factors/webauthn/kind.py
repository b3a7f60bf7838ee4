"""Passkeys as a kind of factor."""

from collections.abc import Mapping
from typing import Any

from common.actors import Actor
from common.clock import to_iso
from common.errors import AppError
from common.shapes import Shape
from identity.factor_types import FactorType
from identity.models import Factor, User


class WebAuthnKind:
    """A passkey or a security key; only the user's own authenticator makes one."""

    type: FactorType = FactorType.WEBAUTHN
    creation: Shape | None = None

    def describe(self, factor: Factor) -> dict[str, Any]:
        used = {"lastUsedAt": to_iso(factor.last_used_at)} if factor.last_used_at else {}
        named = {"name": factor.name} if factor.name else {}
        return {**used, "agent": factor.details.get("agent", ""), **named}

    def is_usable(self, factor: Factor) -> bool:
        return True

    def create(self, user: User, values: Mapping[str, Any], *, issuer: str, actor: Actor) -> dict[str, Any]:
        raise AppError("guard.invalid_input")
