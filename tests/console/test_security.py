"""The Security page: what a developer chooses is stored, a refusal stands at its field, and lockouts are ended."""

from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from common.errors import AppError
from console.tenancy import ConsoleRole
from events.models import AuditLog
from experience.models import SignInExperience
from experience.services.settings import get_sign_in_experience, update_sign_in_experience
from identity.models import SentinelActivity
from identity.services.sentinel import SentinelAction, SentinelPolicy, guard
from tenants.context import enter_tenant
from tests.console.conftest import browser_of, developer

PAGE = "/console/default/security/"
TABS = ("", "blocklist/", "restrictions/", "general/")


def send(console: Client, tab: str, **changes: Any) -> Any:
    """Send a tab as it is shown, with changes; a switch that is off is not sent."""
    form = console.get(f"{PAGE}{tab}").context["form"]
    values = {**{name: form[name].value() for name in form.fields}, **changes}
    sent = {name: "on" if value is True else value for name, value in values.items() if value not in (False, None)}
    return console.post(f"{PAGE}{tab}", sent)


@pytest.mark.parametrize("tab", TABS)
def test_unchanged_tab_changes_nothing(console: Client, installation: dict[str, Any], tab: str) -> None:
    with enter_tenant("default"):
        before = SignInExperience.objects.values().get()
    assert send(console, tab).status_code == 302
    with enter_tenant("default"):
        assert SignInExperience.objects.values().get() == before
        assert not AuditLog.objects.filter(key="SignInExperience.Updated", payload__actor__kind="developer").exists()


def test_every_tab_is_stored(console: Client, installation: dict[str, Any]) -> None:
    assert send(console, "", password_min="10", rejects_user_info=False, rejected_words="acme").status_code == 302
    assert send(console, "blocklist/", block_subaddressing=True, allowlist="@acme.example").status_code == 302
    assert send(console, "general/", max_attempts="7", code_tries="3").status_code == 302
    with enter_tenant("default"):
        settings = get_sign_in_experience()
    policy = settings.password_policy
    assert (policy.min_length, policy.rejects_user_info, policy.rejected_words) == (10, False, ("acme",))
    assert (settings.email_blocklist.blocks_subaddressing, settings.email_blocklist.allowlist) == (
        True,
        ("@acme.example",),
    )
    assert (settings.sentinel.max_attempts, settings.codes.max_tries) == (7, 3)


def test_refusals_stand_at_their_fields(console: Client, installation: dict[str, Any]) -> None:
    for tab, change, field in (
        ("", {"password_min": "300"}, "password_min"),
        ("", {"password_types": "5"}, "password_types"),
        ("", {"password_expires": True, "password_days": "0"}, "password_days"),
        ("blocklist/", {"blocklist": "spam.example"}, "blocklist"),
        ("blocklist/", {"allowlist": "@localhost"}, "allowlist"),
        ("restrictions/", {"email_allowlist": "acme.example"}, "email_allowlist"),
        ("restrictions/", {"ip_blocklist": "10.0.0.0/8\nintranet"}, "ip_blocklist"),
        ("restrictions/", {"country_blocklist": "DE\nUK"}, "country_blocklist"),
        ("restrictions/", {"country_allowlist": "DE"}, "country_allowlist"),
        ("restrictions/", {"ip_allowlist": "192.0.2.1", "ip_blocklist": "192.0.2.1"}, "ip_blocklist"),
        ("general/", {"code_seconds": "5"}, "code_seconds"),
    ):
        answer = send(console, tab, **change)
        assert answer.context["form"].errors.keys() == {field}, (tab, change)


def test_expiration_without_a_way_to_reset_is_refused(console: Client, installation: dict[str, Any]) -> None:
    with enter_tenant("default"):
        update_sign_in_experience({"forgotPasswordMethods": []}, actor=SYSTEM)
    answer = send(console, "", password_expires=True, password_days="90")
    assert answer.context["form"].errors.keys() == {"password_expires"}


def test_lockout_is_ended_by_identifier(console: Client, installation: dict[str, Any]) -> None:
    with (
        enter_tenant("default"),
        pytest.raises(AppError),
        guard(SentinelAction.PASSWORD, "alice", SentinelPolicy(max_attempts=1, lockout_minutes=60), kind="username"),
    ):
        raise AppError("session.invalid_credentials")
    answer = console.post(f"{PAGE}general/", {"targets": " alice \n\nbob@example.com", "unlock": "yes"})
    assert answer.status_code == 302
    with enter_tenant("default"):
        assert not SentinelActivity.objects.exists()
        assert AuditLog.objects.get(key="Identifier.Unlocked").payload["actor"]["kind"] == "developer"


def test_unlocking_is_bounded(console: Client, installation: dict[str, Any]) -> None:
    for targets in ("", "\n".join(f"user{n}" for n in range(101)), "x" * 257):
        answer = console.post(f"{PAGE}general/", {"targets": targets, "unlock": "yes"})
        assert answer.context["unlock"].errors.keys() == {"targets"}


def test_collaborator_of_the_admin_tenant_only_looks(installation: dict[str, Any]) -> None:
    """There the users are the developers themselves."""
    browser = browser_of(developer("dave", admin=ConsoleRole.COLLABORATOR))
    page = browser.get("/console/admin/security/general/")
    assert page.status_code == 200
    assert b'<button class="gh-button gh-button-primary">' not in page.content
    assert browser.post("/console/admin/security/general/", {"targets": "x", "unlock": "yes"}).status_code == 403
