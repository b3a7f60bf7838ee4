"""Signing in with a social provider's account on the hosted pages, without JavaScript."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from common.actors import SYSTEM
from common.errors import AppError
from connectors import factories
from connectors.factories import Platform
from connectors.models import Connector, SsoConnector
from connectors.provider_sign_in import ProviderUser
from experience.models import Interaction
from identity.models import User
from identity.selectors import find_user_by_social_identity
from identity.services.users import create_user
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.experience.conftest import PASSWORD
from tests.experience.pages.conftest import Visitor
from tests.experience.pages.providers import come_back, press
from tests.experience.providers.fakes import Orbit, orbit_factory, social_connector
from tests.experience.second_factors.conftest import code_at

Settings = Callable[..., None]

TERMS = {"termsOfUseUrl": "https://example.com/terms"}


@pytest.fixture
def offered(connector: Connector, orbit: Orbit, settings_of: Settings) -> Connector:
    """The social connector on the first page; dana has a verified address at the provider. A username is enough."""
    orbit.accounts["dana"] = ProviderUser("dana", email="dana@example.com", name="Dana")
    settings_of(
        socialSignInConnectorTargets=["orbit"],
        socialSignIn={"skipRequiredIdentifiers": True},
    )
    return connector


@pytest.fixture
def dana(visitor: Visitor, offered: Connector) -> str:
    """The visitor is at the provider; returns the state with which they come back."""
    return press(visitor.open(), offered.id)["state"]


def owner(provider_id: str = "dana") -> User | None:
    return find_user_by_social_identity("orbit", provider_id)


def cancelled(*_: Any, **__: Any) -> None:
    raise AppError("connector.authorization_failed", data={"error": "access_denied"})


def test_a_new_account_is_made_and_signed_in_to_again(
    visitor: Visitor, offered: Connector, application: Application
) -> None:
    state = press(visitor.open(), offered.id)["state"]
    code = come_back(visitor, offered.id, code="dana", state=state).arrive()["code"]
    made = owner()
    assert code
    assert made is not None
    assert (made.name, made.primary_email) == ("Dana", "dana@example.com")
    again = Visitor(application).open()
    come_back(again, offered.id, code="dana", state=press(again, offered.id)["state"]).arrive()
    assert User.objects.count() == 1


def test_the_return_finds_the_request_of_its_own_window(
    visitor: Visitor, offered: Connector, application: Application
) -> None:
    """Two windows of one browser wait at the provider; each goes on with its own request."""
    first = press(visitor.open(), offered.id)["state"]
    second = press(visitor.open(), offered.id)["state"]
    assert first.partition(".")[0] != second.partition(".")[0]
    for state in (first, second):
        assert f"/oidc/auth/{state.partition('.')[0]}" in come_back(visitor, offered.id, code="dana", state=state).html


def test_what_a_provider_posts_comes_back_as_a_query(visitor: Visitor, offered: Connector, dana: str) -> None:
    """Another site's form brings no cookies: the browser is sent to the same address, where it does."""
    stranger = Client(enforce_csrf_checks=True, HTTP_HOST="localhost:8000")
    for path in (f"/callback/{offered.id}", f"/callback/social/{offered.id}", f"/account/callback/social/{offered.id}"):
        answer = stranger.post(path, {"code": "dana", "state": dana})
        assert (answer.status_code, answer["Location"]) == (303, f"{path}?code=dana&state={dana}")
        assert "no-store" in answer["Cache-Control"]
    assert stranger.post(f"/callback/{offered.id}", {"code": "x" * 7000}).status_code == 400
    assert stranger.get(f"/account/callback/social/{offered.id}").status_code == 405


@pytest.mark.parametrize("change", [str.upper, lambda state: state[:-1], lambda state: "", lambda state: f"{state}x"])
def test_a_state_that_is_not_the_journeys_leads_nowhere(
    visitor: Visitor,
    offered: Connector,
    orbit: Orbit,
    dana: str,
    change: Callable[[str], str],
) -> None:
    come_back(visitor, offered.id, code="dana", state=change(dana))
    assert owner() is None
    assert orbit.calls == 0
    assert visitor.path == "/unknown-session" or "Start again" in visitor.html


def test_another_browser_cannot_be_signed_in_with_ones_return(
    visitor: Visitor,
    offered: Connector,
    orbit: Orbit,
    dana: str,
    application: Application,
) -> None:
    """Mallory hands her own return to somebody else, to have them work in her account (login CSRF)."""
    victim = Visitor(application).open()
    press(victim, offered.id)
    come_back(victim, offered.id, code="dana", state=dana)
    assert orbit.calls == 0
    assert victim.path == "/unknown-session"


def test_a_return_is_for_the_connector_that_began(
    visitor: Visitor,
    offered: Connector,
    dana: str,
    orbit: Orbit,
) -> None:
    other = social_connector("google")
    come_back(visitor, other.id, code="dana", state=dana)
    assert orbit.calls == 0
    assert "Start again" in visitor.html


def test_a_used_return_is_harmless(visitor: Visitor, offered: Connector, dana: str, orbit: Orbit) -> None:
    """Reloaded or gone back to, it leads on from where it has led; the provider is asked once."""
    come_back(visitor, offered.id, code="dana", state=dana)
    come_back(visitor, offered.id, code="dana", state=dana)
    assert orbit.calls == 1
    assert visitor.arrive()["code"]
    assert come_back(visitor, offered.id, code="dana", state=dana).path == "/unknown-session"


def test_who_turns_back_finds_the_first_page(
    visitor: Visitor,
    offered: Connector,
    dana: str,
    orbit: Orbit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(orbit, "finish", cancelled)
    come_back(visitor, offered.id, error="access_denied", state=dana)
    assert visitor.path == "/sign-in"
    assert "notice=provider-cancelled" in visitor.response.request["QUERY_STRING"]
    assert 'role="status"' in visitor.html
    monkeypatch.undo()
    come_back(visitor, offered.id, error="access_denied", state=dana)
    assert "Start again" in visitor.html


@pytest.mark.parametrize(
    ("code", "notice"),
    [
        ("connector.social_auth_code_invalid", "provider-failed"),
        ("connector.authorization_failed", "provider-failed"),
        ("connector.timed_out", "provider-unavailable"),
        ("connector.general", "provider-unavailable"),
    ],
)
def test_a_provider_that_fails_leaves_the_other_ways(
    visitor: Visitor,
    offered: Connector,
    orbit: Orbit,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    notice: str,
) -> None:
    """Whether it fails before or after the user was there."""

    def fail(*_: Any, **__: Any) -> None:
        raise AppError(code)

    state = press(visitor.open(), offered.id)["state"]
    monkeypatch.setattr(orbit, "finish", fail)
    come_back(visitor, offered.id, code="dana", state=state)
    assert (visitor.path, f"notice={notice}" in visitor.response.request["QUERY_STRING"]) == ("/sign-in", True)
    monkeypatch.setattr(orbit, "start", fail)
    visitor.send(connector=offered.id)
    assert (visitor.path, f"notice={notice}" in visitor.response.request["QUERY_STRING"]) == ("/sign-in", True)
    assert visitor.send(identifier="alice", password=PASSWORD).arrive()["code"]


def test_an_account_of_the_same_address_is_linked_if_its_user_wishes(
    visitor: Visitor, offered: Connector, dana: str
) -> None:
    user = create_user(username="dana", primary_email="dana@example.com", actor=SYSTEM)
    come_back(visitor, offered.id, code="dana", state=dana)
    assert visitor.path == f"/social/link/{offered.id}"
    assert "dana@example.com" in visitor.html
    assert owner() is None
    assert visitor.send().arrive()["code"]
    assert owner() == user


def test_an_account_of_the_same_address_may_stay_alone(visitor: Visitor, offered: Connector, dana: str) -> None:
    user = create_user(username="dana", primary_email="dana@example.com", actor=SYSTEM)
    come_back(visitor, offered.id, code="dana", state=dana)
    assert visitor.send(action="create").arrive()["code"]
    made = owner()
    assert made is not None
    assert made != user
    assert made.primary_email is None


def test_an_account_of_the_same_address_is_linked_at_once_if_the_tenant_wishes(
    visitor: Visitor, offered: Connector, settings_of: Settings
) -> None:
    settings_of(socialSignIn={"automaticAccountLinking": True})
    user = create_user(username="dana", primary_email="dana@example.com", actor=SYSTEM)
    state = press(visitor.open(), offered.id)["state"]
    assert come_back(visitor, offered.id, code="dana", state=state).arrive()["code"]
    assert owner() == user


@pytest.mark.parametrize("automatically", [True, False])
def test_an_account_with_another_one_of_the_provider_keeps_it(
    visitor: Visitor, offered: Connector, settings_of: Settings, automatically: bool
) -> None:
    settings_of(socialSignIn={"automaticAccountLinking": automatically, "skipRequiredIdentifiers": True})
    details = {"userId": "dana-at-work", "details": {"id": "dana-at-work"}}
    user = create_user(username="dana", primary_email="dana@example.com", identities={"orbit": details}, actor=SYSTEM)
    state = press(visitor.open(), offered.id)["state"]
    come_back(visitor, offered.id, code="dana", state=state)
    assert visitor.path == f"/social/link/{offered.id}"
    assert visitor.send(action="create").arrive()["code"]
    assert owner("dana-at-work") == user
    assert owner("dana") not in (None, user)


def test_nobody_new_where_nobody_may_sign_up(
    visitor: Visitor, offered: Connector, settings_of: Settings, alice: User
) -> None:
    settings_of(signInMode="SignIn")
    state = press(visitor.open(), offered.id)["state"]
    come_back(visitor, offered.id, code="dana", state=state)
    assert visitor.response.status_code == 200
    assert "No account found" in visitor.html
    assert User.objects.count() == 1


def test_who_may_only_sign_up_does(visitor: Visitor, offered: Connector, settings_of: Settings) -> None:
    settings_of(signInMode="Register")
    state = press(visitor.open(), offered.id)["state"]
    assert visitor.path == "/register"
    assert come_back(visitor, offered.id, code="dana", state=state).arrive()["code"]
    assert owner() is not None


def test_who_has_an_account_where_only_new_ones_are_made_is_told_so(
    visitor: Visitor, offered: Connector, settings_of: Settings
) -> None:
    create_user(username="dana", identities={"orbit": {"userId": "dana", "details": {"id": "dana"}}}, actor=SYSTEM)
    settings_of(signInMode="Register")
    state = press(visitor.open(), offered.id)["state"]
    come_back(visitor, offered.id, code="dana", state=state)
    assert "This social account is linked to another account." in visitor.html
    assert f"/register?app_id={visitor.application.id}" in visitor.html


def test_a_second_factor_of_the_account_is_asked_for_before_it_is_linked(
    visitor: Visitor, offered: Connector, orbit: Orbit, noon: None, most_factors: None, totp_secret: str, alice: User
) -> None:
    """Whoever has the address at the provider may not be who has the account."""
    orbit.accounts["alice"] = ProviderUser("alice", email=alice.primary_email)
    state = press(visitor.open(), offered.id)["state"]
    come_back(visitor, offered.id, code="alice", state=state).send()
    assert visitor.path == "/mfa-verification/Totp"
    assert owner("alice") is None
    visitor.send(code=code_at(totp_secret))
    assert owner("alice") == alice


def test_what_signing_up_asks_for_is_asked(visitor: Visitor, offered: Connector, settings_of: Settings) -> None:
    settings_of(socialSignIn={})
    state = press(visitor.open(), offered.id)["state"]
    come_back(visitor, offered.id, code="dana", state=state)
    assert visitor.path == "/continue/username"
    assert owner() is None
    assert visitor.send(identifier="dana").arrive()["code"]
    made = owner()
    assert made is not None
    assert made.username == "dana"


def test_a_suspended_user_stays_out(visitor: Visitor, offered: Connector, dana: str) -> None:
    details = {"userId": "dana", "details": {"id": "dana"}}
    user = create_user(username="dana", identities={"orbit": details}, actor=SYSTEM)
    User.objects.filter(id=user.id).update(is_suspended=True)
    assert come_back(visitor, offered.id, code="dana", state=dana).path == "/account-suspended"


def test_an_address_of_an_enterprise_leads_there(
    visitor: Visitor,
    offered: Connector,
    orbit: Orbit,
    acme_idp: SsoConnector,
    dana: str,
) -> None:
    """Whoever leaves the enterprise must not come back by a private account with its address."""
    orbit.accounts["dana"] = ProviderUser("dana", email="dana@acme.com")
    visitor.response = visitor.client.get(f"/callback/{offered.id}", {"code": "dana", "state": dana})
    assert visitor.response["Location"].startswith(f"https://echo.example/{acme_idp.id}")
    assert owner() is None


def test_another_tenants_connector_is_unknown(
    visitor: Visitor, offered: Connector, dana: str, orbit: Orbit, tenants: dict[str, Tenant]
) -> None:
    with enter_tenant("acme"):
        theirs = social_connector()
    come_back(visitor, theirs.id, code="dana", state=dana)
    assert "Start again" in visitor.html
    for path in (f"/social/link/{theirs.id}", f"/social/register/{theirs.id}", f"/direct/sso/{theirs.id}"):
        assert visitor.go(path).path == "/sign-in"
    assert visitor.send(connector=theirs.id).path == "/sign-in"
    assert orbit.calls == 0


# --- The terms -------------------------------------------------------------------------------------------------------


def test_the_terms_count_for_every_button_of_the_page(
    visitor: Visitor, offered: Connector, settings_of: Settings
) -> None:
    settings_of(**TERMS, agreeToTermsPolicy="Manual")
    visitor.open().send(connector=offered.id)
    assert visitor.path == "/sign-in"
    assert visitor.context["form"].errors.keys() == {"agreed"}
    state = press(visitor, offered.id, agreed="on")["state"]
    assert come_back(visitor, offered.id, code="dana", state=state).arrive()["code"]


def test_who_registers_agrees_first(visitor: Visitor, offered: Connector, settings_of: Settings) -> None:
    settings_of(**TERMS, agreeToTermsPolicy="ManualRegistrationOnly")
    state = press(visitor.open(), offered.id)["state"]
    come_back(visitor, offered.id, code="dana", state=state)
    assert visitor.path == f"/social/register/{offered.id}"
    assert visitor.send().context["form"].errors.keys() == {"agreed"}
    assert owner() is None
    assert visitor.send(agreed="on").arrive()["code"]
    assert owner() is not None


# --- The buttons -----------------------------------------------------------------------------------------------------


def labels(visitor: Visitor) -> tuple[list[str], list[str]]:
    """The buttons that are seen at once, and those behind “More options”."""
    providers = visitor.context["providers"]
    return [button.label for button in providers.first], [button.label for button in providers.more]


@pytest.fixture
def many(orbit: Orbit, settings_of: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:

    targets = ["pear", "orbit", "fig", "google", "kiwi"]
    for target in targets:
        monkeypatch.setitem(factories._factories, f"{target}-universal", orbit_factory(orbit, target=target))
        social_connector(target)
    settings_of(socialSignInConnectorTargets=targets)
    return targets


@pytest.mark.parametrize("path", ["/sign-in", "/register"])
def test_the_first_three_are_seen_and_the_others_one_step_away(visitor: Visitor, many: list[str], path: str) -> None:
    visitor.open().go(path)
    assert labels(visitor) == (
        ["Continue with Pear", "Continue with Orbit", "Continue with Fig"],
        ["Continue with Google", "Continue with Kiwi"],
    )
    assert visitor.html.count('name="connector"') == 5
    assert "<details>" in visitor.html


@pytest.mark.parametrize("path", ["/identifier-sign-in", "/identifier-register", "/forgot-password"])
def test_other_pages_ask_for_what_they_are_for(visitor: Visitor, many: list[str], path: str) -> None:
    visitor.open().go(path)
    assert 'name="connector"' not in visitor.html


def test_a_native_connector_is_for_apps(
    visitor: Visitor,
    offered: Connector,
    orbit: Orbit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:

    for platform in (Platform.NATIVE, Platform.WEB):
        factory = replace(orbit_factory(orbit), id=f"orbit-{platform.lower()}", platform=platform)
        monkeypatch.setitem(factories._factories, factory.id, factory)
        Connector.objects.create(factory_id=factory.id, sealed_config=offered.sealed_config)
    visitor.open()
    web = Connector.objects.get(factory_id="orbit-web")
    assert [button.id for button in visitor.context["providers"].first] == [web.id]


def test_a_tenant_without_other_ways_has_the_buttons_alone(
    visitor: Visitor, offered: Connector, settings_of: Settings
) -> None:
    settings_of(signIn={"methods": []}, signUp={"identifiers": [], "password": False, "verify": False})
    visitor.open()
    assert 'class="input"' not in visitor.html
    assert 'class="button"' not in visitor.html
    assert visitor.go("/register").html.count('name="connector"') == 1
    assert visitor.send().path == "/register"
    state = press(visitor, offered.id)["state"]
    assert come_back(visitor, offered.id, code="dana", state=state).arrive()["code"]


def test_a_connector_that_is_not_offered_cannot_be_pressed(
    visitor: Visitor,
    offered: Connector,
    orbit: Orbit,
    settings_of: Settings,
) -> None:
    settings_of(socialSignInConnectorTargets=[])
    visitor.open().send(connector=offered.id)
    assert visitor.path == "/sign-in"
    assert not Interaction.objects.exists()


def test_the_policy_admits_a_logo_of_the_tenants_own(visitor: Visitor, offered: Connector) -> None:

    Connector.objects.filter(id=offered.id).update(
        metadata={"logo": "https://cdn.example/o.png", "name": {"en": "Orb"}}
    )
    visitor.open()
    assert labels(visitor)[0] == ["Continue with Orb"]
    policy = visitor.response["Content-Security-Policy"]
    [images] = [part for part in policy.split(";") if part.strip().startswith("img-src")]
    assert "https://cdn.example" in images.split()
    assert 'src="https://cdn.example/o.png"' in visitor.html


def test_an_installations_own_logo_is_in_the_page(
    visitor: Visitor,
    offered: Connector,
    orbit: Orbit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:

    factory = replace(
        orbit_factory(orbit), logo="connectors/logos/github.svg", logo_dark="connectors/logos/github-dark.svg"
    )
    monkeypatch.setitem(factories._factories, factory.id, factory)
    visitor.open()
    assert 'src="data:image/svg+xml,%3Csvg%20' in visitor.html
    assert 'srcset="data:image/svg+xml,%3Csvg%20' in visitor.html
