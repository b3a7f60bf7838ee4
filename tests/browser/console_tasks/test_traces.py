"""Sign-in traces in the console: a sign-in that failed at first is looked for by its user, and read to the end."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import expect

from applications.models import Application
from common.actors import SYSTEM
from identity.models import User
from identity.services.users import create_user
from tenants.context import enter_tenant
from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver
from tests.experience.conftest import PASSWORD, Browser


@pytest.fixture
def zoe(installation: dict[str, Any], home: str) -> User:
    """She mistypes her password once, then signs in to the demo application."""
    with enter_tenant("default"):
        zoe = create_user(username="zoe", primary_email="zoe@example.com", password=PASSWORD, actor=SYSTEM)
        demo = Application.objects.get(id=installation["demoApp"]["clientId"])
    browser = Browser(Client(HTTP_HOST=urlsplit(home).netloc))
    browser.open(demo, redirect_uri="http://localhost:5173/callback")
    browser.start()
    wrong = {"identifier": {"type": "username", "value": "zoe"}, "password": "wrong"}
    assert browser.post("/verification/password", wrong)[0] == 422
    browser.identify(browser.give_password("username", "zoe"))
    status, answer = browser.submit()
    assert status == 200, answer
    assert browser.client.get(urlsplit(answer["redirectTo"]).path).status_code == 303
    return zoe


def test_a_sign_in_is_found_by_its_user_and_read(console: ConsoleDriver, read: Read, zoe: User) -> None:
    console.open("sign-in-traces/")
    console.fill("User", "zoe@example.com")
    console.submit("Search")
    with console.page.expect_navigation():
        console.activate(console.page.locator("tbody a").first)
    steps = console.page.locator(".gh-timeline h2")
    expect(steps.nth(2)).to_contain_text("Refused: A password was checked")
    expect(steps.last).to_contain_text("was sent back to")
    logged = read(f"logs?userId={zoe.id}&logKey=Interaction.SignIn.Verification.Password.Submit")
    assert [entry["payload"]["result"] for entry in logged] == ["Error"]
