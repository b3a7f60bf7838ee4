"""The pages that replace a forgotten password."""

import re
from typing import Any

import pytest

from identity.models import User
from tests.experience.conftest import NEW_PASSWORD, PASSWORD
from tests.experience.pages.conftest import Visitor

pytestmark = pytest.mark.usefixtures("every_method")


def test_a_proved_address_chooses_a_new_password(visitor: Visitor, alice: User, outbox: list[dict[str, Any]]) -> None:
    visitor.open().go("/forgot-password").send(identifier="alice@example.com")
    assert visitor.path == "/forgot-password/verification-code"
    visitor.send(code=outbox[-1]["payload"]["code"])
    assert visitor.path == "/forgot-password/reset"
    assert visitor.send(password=PASSWORD).error_codes == ["password: user.same_password"]
    visitor.send(password=NEW_PASSWORD)
    assert visitor.path == "/sign-in"
    assert visitor.context["notice"]
    assert visitor.send(identifier="alice").send(password=NEW_PASSWORD).arrive()["code"]


def test_an_unknown_address_sees_the_same_page(visitor: Visitor, alice: User, outbox: list[dict[str, Any]]) -> None:
    leads = []
    for address in ("alice@example.com", "nobody@example.com"):
        visitor.open().go("/forgot-password").send(identifier=address)
        assert visitor.path == "/forgot-password/verification-code"
        lead = str(visitor.context["lead"]).replace(address, "")
        leads.append(re.sub(r"request=\w+", "", lead))
    assert leads[0] == leads[1]
    assert [message["recipient"] for message in outbox] == ["alice@example.com"]


def test_the_new_password_needs_a_proved_address(visitor: Visitor) -> None:
    visitor.open().go("/forgot-password/reset")
    assert visitor.path == "/sign-in"
    visitor.go("/forgot-password").send(identifier="nobody@example.com").go("/forgot-password/reset")
    assert visitor.path == "/forgot-password"


def test_it_may_be_the_first_screen(visitor: Visitor) -> None:
    visitor.open(first_screen="reset_password", identifier="phone")
    assert visitor.path == "/reset-password"
    assert visitor.context["form"].kinds == ("phone",)


def test_without_a_way_to_reset_there_is_no_form(visitor: Visitor, settings_of: Any) -> None:
    settings_of(forgotPasswordMethods=[])
    visitor.open()
    assert "/forgot-password" not in visitor.html
    assert visitor.go("/forgot-password").context["form"] is None
