"""`/direct/…`: to the provider that the application names, or to a page of ours and nowhere else."""

from urllib.parse import parse_qsl

import pytest

from experience import direct_sign_in
from experience.direct_sign_in import register_direct_sign_in
from oidc.models import AuthorizationRequest
from tests.experience.pages.conftest import Visitor


class Elsewhere:
    """A provider called `elsewhere`."""

    def find_location(self, pending: AuthorizationRequest, *, target: str) -> str | None:
        return f"https://elsewhere.example/start?for={pending.id}" if target == "elsewhere" else None


@pytest.fixture(autouse=True)
def _no_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct_sign_in, "_ways", {})


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


def test_a_provider_is_gone_to_at_once(visitor: Visitor) -> None:
    register_direct_sign_in("social", Elsewhere())
    visitor.open()
    pending = AuthorizationRequest.objects.get()
    answer = visitor.client.get("/direct/social/elsewhere")
    assert (answer.status_code, answer["Location"]) == (303, f"https://elsewhere.example/start?for={pending.id}")
    for path in ("/direct/social/nowhere", "/direct/sso/elsewhere", "/direct/social"):
        assert visitor.client.get(path)["Location"].startswith("/sign-in?")


def test_a_link_waits_for_the_provider(visitor: Visitor) -> None:
    """Where both are asked for and the provider is unknown, the link is next."""
    visitor.open(direct_sign_in="social:nowhere", one_time_token="t", login_hint="alice@example.com")
    assert visitor.path == "/one-time-token/error"


def test_without_a_request_there_is_nowhere_to_go(visitor: Visitor) -> None:
    assert visitor.go("/direct/social/nowhere").path == "/unknown-session"
