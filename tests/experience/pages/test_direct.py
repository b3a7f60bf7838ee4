"""`/direct/…`: to the provider that the application names, or to a page of ours and nowhere else."""

from collections.abc import Callable
from urllib.parse import parse_qsl

import pytest

from connectors import selectors
from connectors.models import Connector, SsoConnector
from connectors.provider_sign_in import ProviderUser
from experience.models import Interaction
from identity.selectors import find_user_by_social_identity
from tests.experience.conftest import Browser
from tests.experience.pages.conftest import Visitor
from tests.experience.pages.providers import come_back
from tests.experience.providers.fakes import Orbit, social_connector, sso_connector

Settings = Callable[..., None]


@pytest.fixture
def google(orbit: Orbit, settings_of: Settings) -> Connector:
    """Google's connector on the first page; dana's credential is her name."""
    orbit.accounts["dana"] = ProviderUser("dana", email="dana@example.com")
    connector = social_connector("google")
    settings_of(socialSignInConnectorTargets=["google"], socialSignIn={"skipRequiredIdentifiers": True})
    return connector


def lead(visitor: Visitor, **extra: str) -> str:
    """Come from the application; returns the first address outside of this page, or the page's own next one."""
    answer = visitor.client.get(Browser(visitor.client).open(visitor.application, **extra))
    assert answer.status_code == 303
    return str(answer["Location"])


@pytest.mark.parametrize(
    ("extra", "path"),
    [
        ({"direct_sign_in": "social:nowhere"}, "/sign-in"),
        ({"direct_sign_in": "sso:nowhere", "first_screen": "register"}, "/register"),
        ({"direct_sign_in": "social:a/b", "first_screen": "reset_password"}, "/reset-password"),
        ({"google_one_tap_credential": "jwt"}, "/sign-in"),
    ],
)
def test_a_provider_that_is_not_set_up_leads_to_the_first_page(
    visitor: Visitor, extra: dict[str, str], path: str
) -> None:
    visitor.open(login_hint="alice@example.com", ui_locales="de", **extra)
    assert visitor.path == path
    query = dict(parse_qsl(visitor.response.request["QUERY_STRING"]))
    assert query.pop("request"), "the page is about this request, whatever another window begins"
    assert query == {"app_id": visitor.application.id, "ui_locales": "de", "login_hint": "alice@example.com"}


@pytest.mark.parametrize(
    "fallback",
    ["", "https://evil.example", "//evil.example", "/\\evil.example", "../oidc/session/end", "consent", "javascript:x"],
)
def test_the_fallback_is_a_first_page(visitor: Visitor, fallback: str) -> None:
    visitor.open()
    answer = visitor.client.get("/direct/social/nowhere", {"fallback": fallback})
    assert answer.status_code == 303
    assert answer["Location"].startswith(f"/sign-in?app_id={visitor.application.id}&request=")


def test_a_social_provider_is_gone_to_at_once(visitor: Visitor, google: Connector) -> None:
    location = lead(visitor, direct_sign_in="social:google")
    assert location.startswith("https://orbit.example/authorize?state=")
    state = location.partition("state=")[2]
    assert come_back(visitor, google.id, code="dana", state=state).arrive()["code"]
    for path in ("/direct/social/orbit", f"/direct/sso/{google.id}", "/direct/social", "/direct/magic/google"):
        visitor.open()
        assert visitor.client.get(path)["Location"].startswith("/sign-in?")


def test_a_social_provider_that_the_page_does_not_offer_is_none(
    visitor: Visitor, google: Connector, settings_of: Settings
) -> None:
    settings_of(socialSignInConnectorTargets=[])
    assert lead(visitor, direct_sign_in="social:google").startswith("/sign-in?")


def test_an_enterprise_is_gone_to_at_once(visitor: Visitor, acme_idp: SsoConnector, settings_of: Settings) -> None:
    named = f"sso:{acme_idp.id}"
    assert lead(visitor, direct_sign_in=named).startswith(f"https://echo.example/{acme_idp.id}")
    nobodys = sso_connector("Initech", [])
    assert lead(visitor, direct_sign_in=f"sso:{nobodys.id}").startswith("/sign-in?")
    settings_of(singleSignOnEnabled=False)
    assert lead(visitor, direct_sign_in=named).startswith("/sign-in?")


def test_a_link_waits_for_the_provider(visitor: Visitor) -> None:
    """Where both are asked for and the provider is unknown, the link is next."""
    visitor.open(direct_sign_in="social:nowhere", one_time_token="t", login_hint="alice@example.com")
    assert visitor.path == "/one-time-token/error"


def test_without_a_request_there_is_nowhere_to_go(visitor: Visitor) -> None:
    assert visitor.go("/direct/social/nowhere").path == "/unknown-session"


# --- Google One Tap --------------------------------------------------------------------------------------------------


def test_the_credential_of_an_application_signs_in(visitor: Visitor, google: Connector) -> None:
    assert visitor.open(google_one_tap_credential="dana").arrive()["code"]
    assert find_user_by_social_identity("google", "dana") is not None


def test_a_credential_that_is_worth_nothing_leaves_the_other_ways(visitor: Visitor, google: Connector) -> None:
    visitor.open(google_one_tap_credential="somebody")
    assert visitor.path == "/sign-in"
    assert "notice=provider-failed" in visitor.response.request["QUERY_STRING"]


@pytest.fixture
def one_tap(google: Connector, monkeypatch: pytest.MonkeyPatch) -> Connector:
    """Google's connector with the prompt on the first page."""
    config = {"clientId": "c", "oneTap": {"isEnabled": True, "closeOnTapOutside": False}}
    monkeypatch.setattr(selectors, "config_of", lambda row: config)
    return google


def post_credential(visitor: Visitor, connector: Connector, cookie: str = "t", **fields: str) -> Visitor:
    """Post as Google's script does."""
    visitor.client.cookies["g_csrf_token"] = cookie
    visitor.response = visitor.client.post(f"/callback/{connector.id}", fields, follow=True)
    return visitor


@pytest.mark.parametrize("path", ["/sign-in", "/register"])
def test_the_prompt_is_on_first_pages_alone(visitor: Visitor, one_tap: Connector, path: str) -> None:
    visitor.open().go(path)
    assert f'data-login_uri="http://localhost:8000/callback/{one_tap.id}"' in visitor.html
    assert 'data-cancel_on_tap_outside="false"' in visitor.html
    policy = visitor.response["Content-Security-Policy"]
    assert "frame-src https://accounts.google.com/gsi/" in policy
    assert "accounts.google.com" not in visitor.go("/forgot-password").response["Content-Security-Policy"]


def test_nothing_is_loaded_from_google_without_it(visitor: Visitor, google: Connector) -> None:
    visitor.open()
    assert "accounts.google.com" not in visitor.html + visitor.response["Content-Security-Policy"]


def test_the_credential_of_the_prompt_signs_in(visitor: Visitor, one_tap: Connector) -> None:
    visitor.open()
    request_id = visitor.context["one_tap"].request_id
    post_credential(visitor, one_tap, credential="dana", g_csrf_token="t", request=request_id)
    assert visitor.arrive()["code"]


@pytest.mark.parametrize("fields", [{"g_csrf_token": "other"}, {"g_csrf_token": ""}, {}])
def test_a_credential_of_another_site_signs_nobody_in(
    visitor: Visitor, one_tap: Connector, orbit: Orbit, fields: dict[str, str]
) -> None:
    """Mallory's site posts her credential into somebody else's browser (login CSRF)."""
    visitor.open()
    post_credential(visitor, one_tap, credential="dana", **fields)
    assert visitor.path == "/sign-in"
    assert orbit.calls == 0
    assert not Interaction.objects.exists()


def test_who_has_to_agree_at_each_sign_in_does_so_before_they_enter(
    visitor: Visitor, google: Connector, settings_of: Settings
) -> None:
    """No page with a box was on the way: neither a new account nor an existing one is entered without."""
    settings_of(termsOfUseUrl="https://example.com/terms", agreeToTermsPolicy="Manual")
    for is_new in (True, False):
        state = lead(visitor, direct_sign_in="social:google").partition("state=")[2]
        come_back(visitor, google.id, code="dana", state=state)
        assert visitor.path == f"/social/register/{google.id}"
        assert (find_user_by_social_identity("google", "dana") is None) is is_new
        assert visitor.send().error_codes == ["agreed: required"]
        assert visitor.send(agreed="on").arrive()["code"]
