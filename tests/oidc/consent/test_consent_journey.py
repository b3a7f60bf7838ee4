"""From the application to the consent and back: asked once, reused in the session, never in silence."""

from typing import Any

import pytest

from applications.models import Application
from events.models import AuditLog
from identity.models import User
from oidc.models import AuthorizationRequest, Grant, Session
from organizations.models import Organization
from tests.oidc.authorization.browsing import SPA_REDIRECT, answer_of
from tests.oidc.consent.conftest import CONSENT, Visit
from tests.oidc.tokens.parties import API

pytestmark = pytest.mark.django_db


def test_the_user_is_asked_and_the_application_gets_what_they_allowed(visit: Visit, alice: User) -> None:
    tokens = visit.tokens(alice)
    assert set(tokens["scope"].split()) == {"openid", "profile", "offline_access"}
    assert visit.party.userinfo(tokens["access_token"]).json()["name"] == "Alice Archer"
    grant = Grant.objects.get()
    assert (grant.user_id, grant.application_id, set(grant.scopes)) == (
        alice.id,
        visit.application.id,
        {"openid", "profile", "offline_access"},
    )
    entry = AuditLog.objects.get(key="Interaction.Consent.Submit")
    assert (entry.user_id, entry.application_id, entry.payload["result"]) == (alice.id, visit.application.id, "Success")


def test_what_the_question_says(visit: Visit, alice: User) -> None:
    visit.ask(alice)
    assert visit.question == {
        "application": {"id": visit.application.id, "name": "Market"},
        "user": {
            "id": alice.id,
            "name": "Alice Archer",
            "avatar": None,
            "username": "alice",
            "primaryEmail": "alice@example.com",
            "primaryPhone": "12025550101",
        },
        "missingOIDCScope": ["profile"],
        "missingResourceScopes": [],
        "redirectUri": SPA_REDIRECT,
    }


def test_a_grant_is_reused_and_only_what_is_missing_is_asked(visit: Visit, partner: Application, alice: User) -> None:
    visit.tokens(alice, scope="openid profile", prompt="login consent")
    assert "code" in answer_of(visit.ask(scope="openid profile", prompt=None))
    assert visit.ask(scope="openid profile email", prompt=None)["Location"].startswith("/consent")
    assert visit.question["missingOIDCScope"] == ["email"]
    assert "code" in visit.allow()
    assert Grant.objects.count() == 1
    assert "code" in answer_of(visit.ask(scope="openid profile email", prompt="none"))


def test_asked_to_consent_again_the_page_comes_with_nothing_missing(visit: Visit, alice: User) -> None:
    visit.tokens(alice)
    assert visit.ask()["Location"].startswith("/consent")
    assert (visit.question["missingOIDCScope"], visit.question["missingResourceScopes"]) == ([], [])
    assert "code" in visit.allow()


def test_prompt_none_without_a_grant(visit: Visit, alice: User) -> None:
    visit.ask(alice)
    assert answer_of(visit.ask(prompt="none"))["error"] == "consent_required"


def test_another_session_asks_again(visit: Visit, alice: User, market: Application) -> None:
    visit.tokens(alice)
    assert Visit(market).ask(alice, prompt=None)["Location"].startswith("/consent")


def test_a_scope_beyond_the_configuration(visit: Visit, alice: User) -> None:
    answer = answer_of(visit.ask(alice, scope="openid email"))
    assert (answer["error"], answer["scope"]) == ("invalid_scope", "email")


def test_unknown_scopes_are_no_error(visit: Visit, alice: User) -> None:
    assert visit.tokens(alice, scope="openid read:everything")["scope"] == "openid"


def test_a_native_application_always_asks(visit: Visit, alice: User, market: Application) -> None:
    Application.objects.filter(id=market.id).update(type="Native")
    visit.tokens(alice, scope="openid")
    assert visit.ask(scope="openid", prompt=None)["Location"].startswith("/consent")
    assert answer_of(visit.ask(scope="openid", prompt="none"))["error"] == "interaction_required"


@pytest.mark.parametrize("extra", [{"prompt": "login"}, {"prompt": "login consent"}, {"max_age": "0"}])
def test_signing_in_again_is_asked_for_once(visit: Visit, alice: User, extra: dict[str, Any]) -> None:
    """The sign-in before the consent counts for the request after it."""
    visit.tokens(alice, **extra)


def test_giving_up(visit: Visit, alice: User) -> None:
    visit.ask(alice)
    answer = visit.browser.client.delete("/api/interaction")
    assert answer_of(visit.go_on(answer))["error"] == "oidc.aborted"
    assert Grant.objects.count() == 0


def test_a_permission_that_is_gone_before_the_answer(
    visit: Visit, partner: Application, alice: User, wayne: Organization
) -> None:
    visit.ask(alice, scope="openid email")
    partner.user_scopes.filter(scope="email").delete()
    answer = visit.post()
    assert (answer.status_code, answer.json()["code"]) == (400, "oidc.invalid_scope")


def test_what_is_gained_after_the_answer_is_not_granted(
    visit: Visit, partner: Application, alice: User, wayne: Organization
) -> None:
    """Between the answer and the way back the user may gain permissions; they were not asked about them."""
    alice.user_roles.all().delete()
    visit.ask(alice, scope="openid read:things", resource=API)
    answer = visit.post()
    from access.models import Role
    from tests.oidc.tokens.parties import give_role

    give_role(alice, Role.objects.get(name="reader"))
    tokens = visit.redeem(answer_of(visit.go_on(answer))["code"])
    assert tokens["scope"] == "openid"


class TestHostile:
    """Nobody answers for somebody else, twice, or for more."""

    def test_without_a_session(self, visit: Visit, alice: User) -> None:
        visit.ask(alice)
        Session.objects.all().delete()
        assert visit.browser.client.get(CONSENT).json()["code"] == "session.not_found"
        assert visit.post().json()["code"] == "session.not_found"

    def test_in_another_session(self, visit: Visit, alice: User, bob: User) -> None:
        """Bob signs in next to the waiting consent of alice; neither page nor way back answers for him."""
        visit.ask(alice)
        waiting = AuthorizationRequest.objects.get()
        agreed = visit.post()
        Session.objects.all().update(user=bob)
        other = Session.objects.get()
        AuthorizationRequest.objects.update(session=None)
        assert visit.post().json()["code"] == "session.not_found"
        assert other.user_id == bob.id
        assert waiting.prompt == "consent"
        assert visit.go_on(agreed)["Location"].startswith("/consent"), "bob is asked himself"
        assert Grant.objects.count() == 0

    def test_in_another_browser(self, visit: Visit, alice: User, market: Application) -> None:
        visit.ask(alice)
        agreed = visit.post()
        thief = Visit(market)
        assert thief.browser.client.get(CONSENT).json()["code"] == "session.not_found"
        assert thief.go_on(agreed).json()["code"] == "session.not_found"

    def test_at_another_tenant(self, visit: Visit, alice: User) -> None:
        visit.ask(alice)
        answer = visit.browser.client.get(CONSENT, HTTP_HOST="acme.localhost:8000")
        assert answer.json()["code"] == "session.not_found"
        answer = visit.browser.client.post(CONSENT, {}, content_type=JSON_TYPE, HTTP_HOST="acme.localhost:8000")
        assert answer.json()["code"] == "session.not_found"

    def test_from_another_origin(self, visit: Visit, alice: User) -> None:
        """A page of a neighbouring host has the cookies of the site, and no say."""
        visit.ask(alice)
        for origin in ("http://acme.localhost:8000", "null", "http://["):
            answer = visit.post(origin=origin)
            assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden")
            answer = visit.browser.client.delete("/api/interaction", headers={"origin": origin})
            assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden")
        assert visit.post(origin="http://localhost:8000").status_code == 200

    def test_a_body_cannot_widen(self, visit: Visit, partner: Application, alice: User) -> None:
        visit.ask(alice, scope="openid profile")
        answer = visit.post(
            {"missingOIDCScope": ["email"], "scopes": ["email"], "resourceScopes": {API: ["read:things"]}}
        )
        assert visit.redeem(answer_of(visit.go_on(answer))["code"])["scope"] == "openid profile"

    def test_answering_twice_and_going_on_twice(self, visit: Visit, alice: User) -> None:
        visit.ask(alice)
        first, second = visit.post(), visit.post()
        assert first.json() == second.json()
        assert "code" in answer_of(visit.go_on(first))
        assert visit.go_on(second).json()["code"] == "session.not_found"
        assert visit.post().json()["code"] == "session.not_found"
        assert Grant.objects.count() == 1

    def test_a_sign_in_does_not_answer_a_consent(self, visit: Visit, alice: User) -> None:
        visit.ask(alice)
        answer = visit.browser.client.put("/api/experience", {"interactionEvent": "SignIn"}, content_type=JSON_TYPE)
        assert answer.json()["code"] == "session.not_found"

    def test_a_consent_does_not_answer_a_sign_in(self, visit: Visit, alice: User) -> None:
        visit.ask()
        assert visit.browser.client.get(CONSENT).json()["code"] == "session.not_found"
        assert visit.post().json()["code"] == "session.not_found"

    def test_going_on_without_an_answer_asks_again(self, visit: Visit, alice: User) -> None:
        visit.ask(alice)
        uid = AuthorizationRequest.objects.get().id
        assert visit.browser.client.get(f"/oidc/auth/{uid}")["Location"].startswith("/consent")
        assert Grant.objects.count() == 0

    def test_a_suspended_user_is_not_asked(self, visit: Visit, alice: User) -> None:
        visit.ask(alice)
        User.objects.update(is_suspended=True)
        assert visit.post().json()["code"] == "session.not_found"


JSON_TYPE = "application/json"
