"""The end of a sign-in: the tenant's Action may stop it, or change the user."""

from collections.abc import Callable
from typing import Any

import pytest

from common.actors import SYSTEM
from common.errors import AppError
from experience.actions.runner import run_script
from experience.models import Interaction
from experience.services.submission import submit
from identity.models import User
from identity.services.users import create_user
from oidc.models import AuthorizationRequest
from tests.experience.actions.conftest import SIGN_IN, install, runs
from tests.experience.conftest import Browser, code_of

pytestmark = pytest.mark.django_db


def prove(browser: Browser) -> None:
    """Alice gives her password; the submission is left."""
    browser.start()
    assert browser.identify(browser.give_password("username", "alice")) == (204, None)


@pytest.mark.parametrize("result", ["", "return null;", "return undefined;", "return {};"])
def test_no_result_lets_the_user_in(browser: Browser, alice: User, result: str) -> None:
    install(result, SIGN_IN)
    prove(browser)
    assert "code=" in browser.finish(browser.submit())
    [run] = runs()
    assert (run["key"], run["result"], run["userId"]) == ("Action.PostSignIn", "Success", alice.id)
    assert isinstance(run["duration"], int)


def test_the_event_has_the_user_as_custom_claims_have_them(browser: Browser, alice: User) -> None:
    body = "return { action: 'updateUser', user: { customData: { seen: event } } };"
    install(body, SIGN_IN)
    prove(browser)
    assert browser.submit()[0] == 200
    alice.refresh_from_db()
    seen = alice.custom_data["seen"]
    assert (seen["key"], seen["interactionEvent"]) == ("action.postSignIn", "SignIn")
    assert {"id", "roles", "organizations", "organizationRoles", "hasPassword", "mfaVerificationFactors"} <= set(
        seen["user"]
    )
    assert seen["user"]["lastSignInAt"] is not None


def test_a_patch_changes_the_user_before_the_sign_in_ends(browser: Browser, alice: User) -> None:
    alice.custom_data, alice.profile = {"old": 1}, {"nickname": "Al"}
    alice.save()
    install(
        "return { action: 'updateUser', user: { name: 'A', customData: { n: 1 }, profile: { locale: 'de' } } };",
        SIGN_IN,
    )
    prove(browser)
    assert browser.submit()[0] == 200
    alice.refresh_from_db()
    assert (alice.name, alice.custom_data, alice.profile) == (
        "A",
        {"old": 1, "n": 1},
        {"nickname": "Al", "locale": "de"},
    )


@pytest.mark.parametrize(
    "result",
    [
        "false",
        "'no'",
        "[]",
        "{ action: 'deny' }",
        "{ action: 'createUser', user: {} }",
        "{ action: 'updateUser', user: { isSuspended: true } }",
        "{ action: 'updateUser', user: null }",
    ],
)
@pytest.mark.parametrize("policy", ["block", "allow"])
def test_any_other_result_stops_the_sign_in(browser: Browser, alice: User, result: str, policy: str) -> None:
    install(f"return {result};", SIGN_IN, onExecutionError=policy)
    prove(browser)
    assert code_of(browser.submit()) == (400, "session.verification_failed")
    assert AuthorizationRequest.objects.get().user_id is None
    assert [run["result"] for run in runs()] == ["Error"]


@pytest.mark.parametrize("script", ["throw new Error('down');", "while (true);", "await new Promise(() => {});"])
def test_an_error_blocks_unless_the_tenant_allows_it(browser: Browser, alice: User, script: str) -> None:
    install(script, SIGN_IN)
    prove(browser)
    assert code_of(browser.submit()) == (400, "session.verification_failed")
    install(script, SIGN_IN, onExecutionError="allow")
    assert browser.submit()[0] == 200
    assert [run["isSignInBlocked"] for run in runs()] == [True, False]


def test_a_script_that_cannot_run_asks_for_patience(browser: Browser, alice: User, busy: None) -> None:
    """Whoever came while others' scripts ran was told that something was wrong with their sign-in."""
    install("return;", SIGN_IN)
    prove(browser)
    assert code_of(browser.submit()) == (429, "request.rate_limited")
    install("return;", SIGN_IN, onExecutionError="allow")
    assert "code=" in browser.finish(browser.submit())


def test_a_sign_in_that_was_stopped_can_be_submitted_again(browser: Browser, alice: User) -> None:
    install("throw new Error('down');", SIGN_IN)
    prove(browser)
    browser.submit()
    install("", SIGN_IN)
    assert "code=" in browser.finish(browser.submit())


def test_a_patch_that_collides_is_refused_and_signs_nobody_in(browser: Browser, alice: User) -> None:
    create_user(primary_email="bob@example.com", actor=SYSTEM)
    install("return { action: 'updateUser', user: { primaryEmail: 'bob@example.com' } };", SIGN_IN)
    prove(browser)
    assert code_of(browser.submit()) == (422, "user.email_already_in_use")
    assert AuthorizationRequest.objects.get().user_id is None


def test_only_sign_ins_run_it(browser: Browser, every_method: None, outbox: list[dict[str, Any]]) -> None:
    install("throw new Error('ran');", SIGN_IN)
    browser.start("Register")
    verification_id = browser.prove("email", "new@example.com", "Register", outbox)
    assert browser.identify(verification_id)[0] == 201
    assert browser.submit()[0] == 200
    assert runs() == []


def test_what_was_staged_is_written_once_and_proves_nothing_later(
    browser: Browser, alice: User, every_method: None, outbox: list[dict[str, Any]], settings_of: Callable[..., None]
) -> None:
    """Alice has no number yet, adds one, is stopped, and submits again."""
    User.objects.filter(id=alice.id).update(primary_phone=None)
    settings_of(signUp={"identifiers": ["email"], "password": False, "verify": True})
    install("throw new Error('down');", SIGN_IN)
    prove(browser)
    verification_id = browser.prove("phone", "12025550199", "SignIn", outbox)
    assert browser.post("/profile", {"type": "phone", "verificationId": verification_id}) == (204, None)
    assert code_of(browser.submit()) == (400, "session.verification_failed")
    alice.refresh_from_db()
    assert alice.primary_phone == "12025550199"
    [interaction] = Interaction.objects.all()
    assert [record["type"] for record in interaction.records] == ["Password"]
    assert interaction.profile == {}
    install("", SIGN_IN)
    assert browser.submit()[0] == 200


def test_whoever_lost_their_password_while_the_script_ran_is_not_signed_in(
    browser: Browser, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("", SIGN_IN)
    prove(browser)

    def reset(*arguments: Any, **options: Any) -> Any:
        User.objects.filter(id=alice.id).update(password_encrypted=None, password_updated_at=None)
        return run_script(*arguments, **options)

    monkeypatch.setattr("experience.services.actions.run_script", reset)
    assert code_of(browser.submit())[1] == "session.identifier_not_found"


def test_suspended_while_the_script_ran(browser: Browser, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    install("", SIGN_IN)
    prove(browser)

    def suspend(*arguments: Any, **options: Any) -> Any:
        User.objects.filter(id=alice.id).update(is_suspended=True)
        return run_script(*arguments, **options)

    monkeypatch.setattr("experience.services.actions.run_script", suspend)
    assert code_of(browser.submit()) == (401, "user.suspended")


def test_a_registration_that_became_a_sign_in_meanwhile_does_not_pass_the_script(browser: Browser, alice: User) -> None:
    """The submission had read the journey as a registration, which no script takes part in, and waited for the row.
    Another request made it Alice's sign-in meanwhile: she was signed in past the script that stops her."""
    install("throw new Error('stopped');", SIGN_IN)
    prove(browser)
    read_before = Interaction.objects.get()
    read_before.event = Interaction.Event.REGISTER
    with pytest.raises(AppError) as refusal:
        submit(read_before)
    assert refusal.value.code == "session.invalid_interaction_type"
    assert AuthorizationRequest.objects.get().user_id is None
