"""The page of second factors: what a developer chooses is stored, and a refusal stands at its field."""

from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from connectors.models import Connector
from connectors.services.connectors import delete_connector
from console.mfa.form import to_form
from console.mfa.preview import preview
from console.tenancy import ConsoleRole
from experience.services.settings import get_sign_in_experience, update_sign_in_experience
from experience.settings_shape import SIGN_IN_EXPERIENCE
from identity.models import Factor, User
from identity.security_notifications import SECURITY_NOTIFICATIONS_SETTING
from identity.services.users import create_user
from tenants.context import enter_tenant
from tenants.services.settings import get_setting
from tests.console.conftest import browser_of, developer
from tests.edges import edges

PAGE = "/console/default/mfa/"
ADAPTIVE = "PromptAtSignInAndSignUpMandatory"


@pytest.fixture
def messages(installation: dict[str, Any]) -> None:
    """Email and SMS can be sent, as bootstrap has set up, and neither signs in by code."""
    with enter_tenant("default"):
        method = {"identifier": "username", "password": True, "verificationCode": False, "isPasswordPrimary": True}
        update_sign_in_experience(
            {
                "signIn": {"methods": [method]},
                "signUp": {"identifiers": ["username"], "password": True, "verify": False},
            },
            actor=SYSTEM,
        )


def wire() -> dict[str, Any]:
    with enter_tenant("default"):
        return dict(get_sign_in_experience().wire)


def send(console: Client, **changes: Any) -> Any:
    """Send the form as it is shown, with changes; a switch that is off is not sent."""
    values = {**to_form(wire()), "notifications": True, **changes}
    sent = {name: "on" if value is True else value for name, value in values.items() if value is not False}
    return console.post(PAGE, sent)


def store(**changes: Any) -> None:
    with enter_tenant("default"):
        update_sign_in_experience(changes, actor=SYSTEM)


def test_what_is_chosen_is_stored(console: Client, messages: None) -> None:
    assert send(console, totp=True, webauthn=True, backup_codes=True, policy="Mandatory").status_code == 302
    assert wire()["mfa"] == {"factors": ["WebAuthn", "Totp", "BackupCode"], "policy": "Mandatory"}
    assert send(console, totp=False, email_code=True, phone_code=True).status_code == 302
    assert wire()["mfa"]["factors"] == ["WebAuthn", "BackupCode", "PhoneVerificationCode", "EmailVerificationCode"]
    assert send(console, organization_policy="Mandatory").status_code == 302
    assert wire()["mfa"]["organizationRequiredMfaPolicy"] == "Mandatory"


def test_policy_switches_adaptive_mfa(console: Client, installation: dict[str, Any]) -> None:
    """The two policies are of no other use, so nobody has to find the switch that goes with them."""
    assert send(console, totp=True, policy=ADAPTIVE).status_code == 302
    assert (wire()["mfa"]["policy"], wire()["adaptiveMfa"]) == (ADAPTIVE, {"enabled": True})
    assert send(console, policy="NoPrompt").status_code == 302
    assert (wire()["mfa"]["policy"], wire()["adaptiveMfa"]) == ("NoPrompt", {"enabled": False})


def test_passkeys_sign_in(console: Client, installation: dict[str, Any]) -> None:
    assert send(console, passkey_sign_in=True, passkey_autofill=True).status_code == 302
    assert wire()["passkeySignIn"] == {"enabled": True, "showPasskeyButton": False, "allowAutofill": True}
    assert wire()["mfa"]["factors"] == []


def test_devices_are_trusted(console: Client, installation: dict[str, Any]) -> None:
    assert send(console, trusted_device=True).status_code == 302
    assert wire()["trustedDevice"] == {"enabled": True, "durationDays": 30}
    assert send(console, trusted_device_days=7).status_code == 302
    assert wire()["trustedDevice"] == {"enabled": True, "durationDays": 7}


@pytest.mark.parametrize(("days", "good"), [*edges(SIGN_IN_EXPERIENCE.at("trustedDevice.durationDays"))])
def test_days_of_trust_have_the_bounds_of_their_declaration(
    console: Client, installation: dict[str, Any], days: int, good: bool
) -> None:
    answer = send(console, trusted_device_days=days)
    assert answer.status_code == (302 if good else 200)
    assert good or list(answer.context["form"].errors) == ["trusted_device_days"]
    assert (wire()["trustedDevice"].get("durationDays") == days) is good


def test_users_are_told_of_changes_until_that_is_switched_off(console: Client, installation: dict[str, Any]) -> None:
    def is_on() -> Any:
        with enter_tenant("default"):
            return get_setting(SECURITY_NOTIFICATIONS_SETTING).get("enabled", True)

    assert is_on()
    assert send(console, notifications=False).status_code == 302
    assert is_on() is False
    assert not console.get(PAGE).context["form"]["notifications"].value()


def test_nothing_is_stored_if_one_thing_is_refused(console: Client, installation: dict[str, Any]) -> None:
    assert send(console, notifications=False, backup_codes=True).status_code == 200
    assert console.get(PAGE).context["form"]["notifications"].value()


def test_older_name_of_a_policy_stays_until_another_is_chosen(console: Client, installation: dict[str, Any]) -> None:
    store(mfa={"factors": ["Totp"], "policy": "UserControlled"})
    page = console.get(PAGE).content.decode()
    assert 'value="PromptAtSignInAndSignUp" checked' in page
    assert send(console, webauthn=True).status_code == 302
    assert wire()["mfa"] == {"factors": ["Totp", "WebAuthn"], "policy": "UserControlled"}


def test_saving_what_is_shown_changes_nothing(console: Client, installation: dict[str, Any]) -> None:
    before = wire()
    assert send(console).status_code == 302
    assert wire() == before


BY_CODE = {"identifier": "email", "password": True, "verificationCode": True, "isPasswordPrimary": True}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"backup_codes": True}, "backup_codes"),
        ({"policy": ADAPTIVE}, "policy"),
        ({"email_code": True}, "email_code"),
        ({"policy": "nonsense"}, "policy"),
        ({"organization_policy": ""}, "organization_policy"),
    ],
)
def test_refusal_is_shown_at_its_field(console: Client, messages: None, changes: dict[str, Any], field: str) -> None:
    store(signIn={"methods": [*wire()["signIn"]["methods"], BY_CODE]})
    before = wire()
    answer = send(console, **changes)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"].errors[field][0] in answer.content.decode().replace("&#x27;", "'")
    assert wire() == before


@pytest.mark.parametrize("field", ["email_code", "phone_code"])
def test_code_without_a_connector(console: Client, messages: None, field: str) -> None:
    with enter_tenant("default"):
        for connector in Connector.objects.all():
            delete_connector(connector.id, actor=SYSTEM)
    answer = send(console, **{field: True})
    assert list(answer.context["form"].errors) == [field]
    assert "Needs a connector." in answer.content.decode()


def test_last_factor_does_not_take_adaptive_mfa_with_it_unseen(console: Client, installation: dict[str, Any]) -> None:
    store(mfa={"factors": ["Totp"], "policy": ADAPTIVE}, adaptiveMfa={"enabled": True})
    answer = send(console, totp=False)
    assert list(answer.context["form"].errors) == ["policy"]
    assert send(console, totp=False, policy="NoPrompt").status_code == 302
    assert wire()["adaptiveMfa"] == {"enabled": False}


def test_who_may_only_look_finds_the_form_locked(installation: dict[str, Any]) -> None:
    console = browser_of(developer("dave", admin=ConsoleRole.COLLABORATOR))
    page = console.get("/console/admin/mfa/")
    assert all(field.disabled for field in page.context["form"].fields.values())
    assert b">Save</button>" not in page.content
    assert console.post("/console/admin/mfa/", {"totp": "on"}).status_code == 403


@pytest.mark.parametrize(("trusts", "says"), [(False, True), (True, False)])
def test_page_says_if_places_are_not_known(
    console: Client, installation: dict[str, Any], settings: Any, trusts: bool, says: bool
) -> None:
    """Adaptive MFA that can see nothing but the calendar would be a false comfort."""
    settings.TRUST_EDGE_HEADERS = trusts
    assert (b"does not know where requests come from" in console.get(PAGE).content) is says


# --- the preview -----------------------------------------------------------------------------------------------------
NEW, WITHOUT, WITH, MEMBER = range(4)
NOTHING = {"policy": "PromptAtSignInAndSignUp", "organization_policy": "NoPrompt"}


@pytest.mark.parametrize(
    ("values", "who", "says"),
    [
        ({}, NEW, "without a second factor"),
        ({}, WITHOUT, "Signs in."),
        ({}, WITH, "no factor is switched on"),
        ({}, MEMBER, "no access"),
        ({"totp": True, "webauthn": True}, NEW, "may skip it: Passkeys, Authenticator app."),
        ({"totp": True}, WITHOUT, "may skip it: Authenticator app."),
        ({"totp": True, "policy": "Mandatory"}, NEW, "to finish signing up: Authenticator app."),
        ({"totp": True, "policy": "Mandatory"}, WITHOUT, "before the sign-in ends"),
        ({"totp": True, "policy": "Mandatory"}, WITH, "Is asked for it at every sign-in."),
        ({"totp": True, "policy": "NoPrompt"}, NEW, "Is not asked"),
        ({"totp": True, "policy": "NoPrompt"}, WITHOUT, "is not asked to set one up"),
        ({"totp": True, "policy": "PromptOnlyAtSignIn"}, NEW, "the next sign-in asks"),
        ({"totp": True, "policy": "PromptOnlyAtSignIn"}, WITHOUT, "may skip it"),
        ({"totp": True, "policy": "PromptOnlyAtSignIn"}, WITH, "switched that off"),
        ({"totp": True, "policy": ADAPTIVE}, NEW, "to finish signing up"),
        ({"totp": True, "policy": ADAPTIVE}, WITH, "when the sign-in is unusual"),
        ({"totp": True, "policy": "PromptOnlyAtSignInMandatory"}, NEW, "the next sign-in asks"),
        ({"totp": True, "policy": "PromptOnlyAtSignInMandatory"}, WITHOUT, "before the sign-in ends"),
        ({"totp": True, "backup_codes": True}, NEW, "ten backup codes"),
        ({"totp": True}, MEMBER, "Signs in as everybody does."),
        ({"totp": True, "policy": "Mandatory"}, MEMBER, "cannot skip"),
        ({"totp": True, "organization_policy": "Mandatory"}, MEMBER, "cannot skip"),
        ({"phone_code": True}, MEMBER, "takes an authenticator app or a passkey"),
        ({"totp": True, "trusted_device": True, "trusted_device_days": 7}, WITH, "not asked for 7 days."),
        ({"totp": True, "trusted_device": True, "trusted_device_days": 1}, WITH, "not asked for 1 day."),
        ({"totp": True, "passkey_sign_in": True}, WITHOUT, "create a passkey"),
        ({"passkey_sign_in": True}, NEW, "create a passkey"),
        ({"totp": True, "passkey_sign_in": True}, WITH, "after entering the identifier"),
        ({"totp": True, "passkey_sign_in": True, "passkey_button": True}, WITH, "by the button, and"),
        ({"totp": True, "passkey_sign_in": True, "passkey_autofill": True}, WITH, "passkey from the field"),
        (
            {"totp": True, "passkey_sign_in": True, "passkey_button": True, "passkey_autofill": True},
            WITH,
            "by the button or from the field",
        ),
    ],
)
def test_preview_says_what_each_user_meets(values: dict[str, Any], who: int, says: str) -> None:
    shown = preview({**NOTHING, **values})
    assert says in " ".join(str(line) for line in shown[who].lines)


def test_trusted_device_is_of_no_use_if_a_sign_in_is_unusual() -> None:
    values = {**NOTHING, "totp": True, "policy": ADAPTIVE, "trusted_device": True, "trusted_device_days": 7}
    assert "trust" not in " ".join(str(line) for line in preview(values)[WITH].lines)


def test_preview_of_what_is_not_saved(console: Client, installation: dict[str, Any]) -> None:
    asked = {"totp": "on", "policy": "Mandatory", "organization_policy": "NoPrompt"}
    page = console.get(f"{PAGE}preview/", asked).content.decode()
    assert "to finish signing up: Authenticator app." in page
    # What is no choice counts as what is stored.
    assert "may skip it" in console.get(f"{PAGE}preview/", {**asked, "policy": "nonsense"}).content.decode()
    assert wire()["mfa"]["factors"] == []


# --- the overview ----------------------------------------------------------------------------------------------------
def test_overview_tells_how_many_have_a_second_factor(console: Client, installation: dict[str, Any]) -> None:
    figures = {figure.label: figure.value for figure in console.get("/console/default/").context["figures"]}
    assert figures["Second factor"] == "Off"
    with enter_tenant("default"):
        alice = create_user(username="alice", actor=SYSTEM)
        Factor.objects.create(user=alice, type="Totp")
        users = User.objects.count()
    store(mfa={"factors": ["Totp"], "policy": "NoPrompt"})
    figures = {figure.label: figure.value for figure in console.get("/console/default/").context["figures"]}
    assert figures["Second factor"] == f"{round(100 / users)}%"
