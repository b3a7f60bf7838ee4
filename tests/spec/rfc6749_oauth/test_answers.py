"""RFC 6749 section 5.2 and RFC 6750 section 3: what every answer of the provider carries, and in which language."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from common.errors import AppError, catalog
from common.oauth.rendering import to_oauth_error
from tenants.models import Tenant

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _ in settings.LANGUAGES if code != "en"]
# Of configuration, which developers alone meet.
OF_CONFIGURATION = {"oidc.key_required", "oidc.key_not_found", "oidc.only_previous_key_can_be_deleted"}


@pytest.mark.parametrize(
    "path",
    [".well-known/openid-configuration", "jwks", "token", "me", "auth", "auth/unknown", "nothing", "session/end"],
)
def test_headers(client: Client, tenant: Tenant, path: str) -> None:
    """Data has no policy for pages; a page brings one of its own."""
    answer = client.get(f"/oidc/{path}")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Cross-Origin-Opener-Policy" not in answer
    is_page = answer["Content-Type"].startswith("text/html")
    assert is_page is (path == "session/end")
    assert ("Content-Security-Policy" in answer) is is_page
    assert answer["X-Frame-Options"] == ("DENY" if is_page else "SAMEORIGIN")


def test_a_message_is_in_the_callers_language(client: Client, tenant: Tenant) -> None:
    answer = client.post("/oidc/token", {"client_id": "made-up"}, headers={"Accept-Language": "de"}).json()
    assert answer["message"] == "Die Anwendung ist ungültig."
    assert answer["error_description"] == "invalid client made-up"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language: str) -> None:
    codes = {code for code in catalog() if code.startswith("oidc.")} - OF_CONFIGURATION
    assert len(codes) > 25
    english = {code: AppError(code).message for code in codes}
    with translation.override(language):
        assert not [code for code in codes if AppError(code).message == english[code]]


def test_a_description_is_english_whatever_the_thread_spoke_before() -> None:
    with translation.override("de"):
        found = to_oauth_error(AppError("session.not_found"))
    assert found is not None
    assert found.description is not None
    assert found.description.isascii()
    assert found.description.startswith("The sign-in session")
