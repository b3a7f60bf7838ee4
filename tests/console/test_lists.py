"""Lists and rows in people's words: filters, buttons below rows, sessions."""

from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from console.admin.devices import device_name
from identity.models import User
from identity.services.users import create_user, set_user_suspended
from oidc.sessions.sessions import start_session
from tenants.context import enter_tenant

START = "/console/default"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


@pytest.fixture
def people(installation: dict[str, Any]) -> dict[str, User]:
    with enter_tenant("default"):
        users = {name: create_user(username=name, actor=SYSTEM) for name in ("alice", "bob")}
        set_user_suspended(users["bob"], suspended=True, actor=SYSTEM)
    return users


def test_a_filter_is_named_for_what_it_is_about(console: Client, people: dict[str, User]) -> None:
    """It was "By is suspended": yes or no."""
    page = console.get(f"{START}/identity/user/?status=suspended").content.decode()
    assert ">bob<" in page or "bob" in page
    assert f"{START}/identity/user/{people['alice'].id}/" not in page
    assert "Status" in page
    for wrong in ("By status", "By is suspended", "By role"):
        assert wrong not in page


def test_rows_are_added_by_name(console: Client, people: dict[str, User]) -> None:
    page = console.get(f"{START}/identity/user/{people['alice'].id}/change/").content.decode()
    assert "Add another" not in page
    assert "Add organization" in page


def test_a_session_names_the_device(console: Client, people: dict[str, User]) -> None:
    with enter_tenant("default"):
        session, _cookie = start_session(people["alice"], client_id="", submission={}, replacing=None)
        session.user_agent = FIREFOX
        session.save()
    page = console.get(f"{START}/identity/user/{people['alice'].id}/change/").content.decode()
    assert "Firefox on Linux" in page


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (EDGE, "Edge on Windows"),
        (PHONE, "Safari on iPhone"),
        ("python-requests/2.32", "python-requests"),
        ("", "–"),
    ],
)
def test_devices(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name
