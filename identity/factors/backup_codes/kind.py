"""Backup codes as a kind of factor."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from common.actors import Actor
from common.errors import AppError
from common.shapes import Items, Members, Shape, Text
from identity.factor_types import FactorType
from identity.factors.backup_codes.codes import hash_codes, new_codes
from identity.factors.backup_codes.service import bind_backup_codes, remaining_codes
from identity.factors.changes import hold_user
from identity.models import Factor, User
from identity.selectors import find_factor_of_type, has_mfa_factor

# Wrong forms get the code that names them; these bounds are against the absurd.
_MAX_ITEMS, _MAX_TEXT = 100, 256


class BackupCodesKind:
    """A set of backup codes; a developer may bring those that another system has given out."""

    type: FactorType = FactorType.BACKUP_CODE
    creation: Shape | None = Members({"codes": Items(of=Text(max_length=_MAX_TEXT), max_items=_MAX_ITEMS)})

    def describe(self, factor: Factor) -> dict[str, Any]:
        return {"remainCodes": remaining_codes(factor)}

    def is_usable(self, factor: Factor) -> bool:
        return remaining_codes(factor) > 0

    @transaction.atomic
    def create(self, user: User, values: Mapping[str, Any], *, issuer: str, actor: Actor) -> dict[str, Any]:
        """Return the codes, which nobody can read again.

        Raises `user.backup_code_already_in_use`, `session.mfa.backup_code_can_not_be_alone` and
        `user.wrong_backup_code_format`.
        """
        held = hold_user(user)
        present = find_factor_of_type(held, self.type)
        if present is not None and self.is_usable(present):
            raise AppError("user.backup_code_already_in_use")
        if not has_mfa_factor(held):
            raise AppError("session.mfa.backup_code_can_not_be_alone")
        codes = values["codes"] if "codes" in values else new_codes()
        bind_backup_codes(user, hashes=hash_codes(user.id, codes), actor=actor)
        return {"codes": codes}
