"""What somebody with bad intentions tries: foreign proofs, changed events, races."""

from functools import partial
from json import dumps
from typing import Any

import pytest

from applications.models import Application
from common.actors import SYSTEM
from common.errors import AppError
from events.models import AuditLog
from experience.models import Interaction
from experience.pages.memory import recall, remember
from experience.records import Identifier
from experience.services.identification import identify
from experience.services.interaction import change_event, start_interaction
from experience.services.profile import set_password, set_username
from experience.services.submission import submit
from experience.services.verification import send_code, verify_code, verify_password
from identity.models import MessageSend, User
from identity.services.users import create_user, delete_user, update_user
from oidc.models import AuthorizationRequest
from tenants import rate_limits
from tests.experience.conftest import PASSWORD, REDIRECT_URI, Browser, code_of
from tests.racing import race

Outbox = list[dict[str, Any]]


def test_proof_of_another_interaction(browser: Browser, other_browser: Browser, alice: User) -> None:
    browser.start()
    other_browser.start()
    verification_id = browser.give_password("username", "alice")
    assert code_of(other_browser.identify(verification_id)) == (404, "session.verification_session_not_found")


def test_code_of_another_interaction(
    browser: Browser, other_browser: Browser, alice: User, every_method: None, outbox: Outbox
) -> None:
    browser.start()
    other_browser.start()
    verification_id = browser.ask_code("email", "alice@example.com", "SignIn")
    mine = other_browser.ask_code("email", "mallory@example.com", "SignIn")
    code = outbox[0]["payload"]["code"]
    stolen = other_browser.give_code("email", "alice@example.com", verification_id, code)
    assert code_of(stolen) == (404, "session.verification_session_not_found")
    swapped = other_browser.give_code("email", "alice@example.com", mine, outbox[1]["payload"]["code"])
    assert code_of(swapped) == (400, "verification_code.email_mismatch")


def test_change_of_event_after_identification(browser: Browser, alice: User) -> None:
    """An account entered as a sign-in must not leave as a registration, past what a sign-in asks for."""
    browser.start()
    verification_id = browser.give_password("username", "alice")
    browser.identify(verification_id)
    browser.put("/interaction-event", {"interactionEvent": "Register"})
    assert code_of(browser.submit()) == (404, "session.identifier_not_found")
    assert code_of(browser.identify(verification_id)) == (400, "session.verification_failed")


def test_second_user_in_one_journey(browser: Browser, alice: User, bob: User, every_method: None, outbox: Any) -> None:
    browser.start()
    browser.identify(browser.give_password("username", "alice"))
    verification_id = browser.prove("email", "bob@example.com", "SignIn", outbox)
    assert code_of(browser.identify(verification_id)) == (409, "session.identity_conflict")


def test_password_belongs_to_the_account_and_not_to_its_name(browser: Browser, alice: User) -> None:
    """The username changes hands between the password and the identification."""
    browser.start()
    verification_id = browser.give_password("username", "alice")
    update_user(alice, username="alice_archer", actor=SYSTEM)
    create_user(username="alice", actor=SYSTEM)
    assert browser.identify(verification_id) == (204, None)
    assert Interaction.objects.get().user_id == alice.id


def test_user_deleted_on_the_way(browser: Browser, alice: User) -> None:
    browser.start()
    verification_id = browser.give_password("username", "alice")
    delete_user(alice, actor=SYSTEM)
    assert code_of(browser.identify(verification_id)) == (404, "user.user_not_exist")


def test_submission_is_answered_again_but_done_once(browser: Browser, alice: User) -> None:
    browser.start()
    verification_id = browser.give_password("username", "alice")
    browser.identify(verification_id)
    first = browser.submit()
    assert first[0] == 200
    assert browser.submit() == first
    assert code_of(browser.identify(verification_id)) == (404, "session.interaction_not_found")
    browser.finish(first)
    assert code_of(browser.submit()) == (400, "session.not_found")


def test_tenants_do_not_share_users(browser: Browser, mallory: User) -> None:
    browser.start()
    body = {"identifier": {"type": "username", "value": "mallory"}, "password": PASSWORD}
    assert code_of(browser.post("/verification/password", body)) == (422, "session.invalid_credentials")


def test_form_posts_of_other_sites_are_not_read(browser: Browser, alice: User) -> None:
    answer = browser.client.put("/api/experience", "interactionEvent=SignIn", "application/x-www-form-urlencoded")
    assert answer.json()["code"] == "guard.invalid_input"


# --- Races: rows of their own, in transactions of their own -----------------------------------------------------------


def _pending(application: Application) -> AuthorizationRequest:
    return AuthorizationRequest.objects.create(
        application=application,
        parameters={"client_id": application.id, "redirect_uri": REDIRECT_URI},
        origin="http://localhost:8000",
        prompt="login",
        expires_at="2099-01-01T00:00:00Z",
    )


def _copy(interaction: Interaction) -> Interaction:
    return Interaction.objects.select_related("request").get(id=interaction.id)


def _identified(interaction: Interaction) -> str | None:
    return identify(interaction).username


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_registration_sent_twice_makes_one_account(self, application: Application) -> None:
        interaction = start_interaction(_pending(application), event="Register")
        set_username(interaction, username="carol")
        set_password(interaction, password=PASSWORD)
        copies = [_copy(interaction) for _ in range(4)]
        outcomes = race([partial(_identified, copy) for copy in copies])
        assert sorted(outcomes) == ["carol", *["session.identity_conflict"] * 3]
        assert User.objects.count() == 1

    def test_two_journeys_for_one_name_make_one_account(self, application: Application) -> None:
        journeys = []
        for _ in range(3):
            interaction = start_interaction(_pending(application), event="Register")
            set_username(interaction, username="carol")
            set_password(interaction, password=PASSWORD)
            journeys.append(interaction)
        outcomes = race([partial(_identified, journey) for journey in journeys])
        assert sorted(outcomes) == ["carol", *["user.username_already_in_use"] * 2]

    def test_submission_sent_twice_signs_in_once(self, application: Application, alice: User) -> None:
        interaction = start_interaction(_pending(application), event="SignIn")
        verification_id = verify_password(interaction, identifier=Identifier("username", "alice"), password=PASSWORD)
        identify(interaction, verification_id=verification_id)
        copies = [_copy(interaction) for _ in range(4)]
        outcomes = race([partial(submit, copy) for copy in copies])
        assert outcomes == [f"http://localhost:8000/oidc/auth/{interaction.request_id}"] * 4

    def test_steps_at_once_lose_nothing(self, application: Application) -> None:
        interaction = start_interaction(_pending(application), event="Register")
        first, second = _copy(interaction), _copy(interaction)
        race(
            [
                lambda: set_username(first, username="carol"),
                lambda: set_password(second, password=PASSWORD),
            ]
        )
        interaction.refresh_from_db()
        assert interaction.profile["username"] == "carol"
        assert "passwordEncrypted" in interaction.profile

    def test_event_changed_under_an_identification(self, application: Application, alice: User) -> None:
        """A page that still believes in a sign-in enters nobody into the registration that it has become."""
        interaction = start_interaction(_pending(application), event="SignIn")
        verification_id = verify_password(interaction, identifier=Identifier("username", "alice"), password=PASSWORD)
        stale = _copy(interaction)
        change_event(interaction, event="Register")
        with pytest.raises(AppError) as raised:
            identify(stale, verification_id=verification_id)
        assert raised.value.code == "session.invalid_interaction_type"

    def test_start_sent_twice_makes_one_journey(self, application: Application) -> None:
        pending = _pending(application)
        race([lambda: start_interaction(pending, event="SignIn")] * 3)
        assert Interaction.objects.count() == 1

    def test_identifier_form_sent_twice_leaves_the_code_that_arrived_last(
        self, application: Application, alice: User, every_method: None, outbox: Outbox
    ) -> None:
        """In 2 of 18 double clicks the page held one code's record and remembered the other's, so both were refused."""
        identifier = Identifier("email", "alice@example.com")
        for _ in range(6):
            pending = _pending(application)
            outbox.clear()

            def send(pending: AuthorizationRequest = pending) -> None:
                interaction = start_interaction(pending, event="SignIn")
                verification_id = send_code(interaction, identifier=identifier, event="SignIn")
                remember(interaction, identifier, verification_id=verification_id)

            assert race([send, send]) == [None, None]
            MessageSend.objects.all().delete()
            interaction = Interaction.objects.select_related("request").get(request=pending)
            memory = recall(interaction)
            assert memory is not None
            code = outbox[-1]["payload"]["code"]
            verify_code(interaction, identifier=identifier, verification_id=memory.verification_id, code=code)


def test_a_text_of_any_length_reaches_no_audit_entry(browser: Browser, alice: User) -> None:
    """240 verification ids of 987 kB made the audit log grow by 234 MB; an id has 21 characters."""
    browser.start()
    body = {"verificationId": "x" * 50_000}
    status, answer = browser.post("/identification", body)
    assert (status, answer["code"]) == (400, "guard.invalid_input")
    sizes = [len(dumps(entry.payload)) for entry in AuditLog.objects.all()]
    assert max(sizes) < 8192


def test_steps_are_counted_like_beginnings(browser: Browser, alice: User, settings: Any) -> None:
    """One journey, begun once, could write entries without end."""
    browser.start()
    settings.ANONYMOUS_LIMIT_PER_ADDRESS = "3/minute"
    rate_limits.forget()
    statuses = [browser.post("/identification", {"verificationId": "unknown"})[0] for _ in range(6)]
    assert statuses == [404, 404, 404, 429, 429, 429]
    assert AuditLog.objects.filter(key="Interaction.SignIn.Identifier.Submit").count() == 3
