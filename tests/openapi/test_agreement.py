"""What holds answers against their declarations fails for those that differ."""

from __future__ import annotations

from typing import Any

import pytest

from management_api.roles.views import RolesView, RoleView
from tests.openapi.agreement import DisagreementError, check_answer

ROLE = {"tenantId": "default", "id": "r", "name": "Reader", "description": "Reads.", "type": "User", "isDefault": False}


def test_the_declared_answer_agrees() -> None:
    check_answer(RoleView.get.operation, 200, ROLE)  # type: ignore[attr-defined]  # as the decorator leaves it


@pytest.mark.parametrize(
    "answer",
    [
        {**ROLE, "secret": "told to nobody"},
        {name: value for name, value in ROLE.items() if name != "name"},
        {**ROLE, "isDefault": "no"},
        {**ROLE, "type": "Robot"},
        [ROLE],
        None,
    ],
    ids=["unknown member", "missing member", "another type", "unknown choice", "a list", "nothing"],
)
def test_another_answer_does_not(answer: Any) -> None:
    with pytest.raises(DisagreementError):
        check_answer(RoleView.get.operation, 200, answer)  # type: ignore[attr-defined]  # as the decorator leaves it


def test_an_undeclared_status_does_not() -> None:
    with pytest.raises(DisagreementError, match="declares no 418"):
        check_answer(RolesView.post.operation, 418, {"code": "x", "message": "x"})  # type: ignore[attr-defined]  # as the decorator leaves it
