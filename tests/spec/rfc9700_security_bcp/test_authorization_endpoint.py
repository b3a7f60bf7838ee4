"""RFC 9700, OAuth 2.0 Security Best Current Practice: where codes go, and what may be asked for."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from applications.models import Application
from common.actors import SYSTEM
from identity.models import User
from identity.services.users import create_user
from tenants.models import Tenant
from tests.oidc.authorization.browsing import SPA_REDIRECT, WEB_REDIRECT, Browser, answer_of, query_of
from tests.oidc.authorization.fixtures import MakeApplication
from tests.spec.rfc9700_security_bcp.calls import DOCUMENT, code_of, error_of, redeem

pytestmark = pytest.mark.django_db


class TestRedirectUris:
    """Sections 2.1 and 4.1.3."""

    @pytest.mark.parametrize(
        "uri",
        [
            SPA_REDIRECT + "/",
            SPA_REDIRECT + "x",
            SPA_REDIRECT + "?x=1",
            SPA_REDIRECT + "#x",
            SPA_REDIRECT.upper(),
            SPA_REDIRECT.replace("https", "http"),
            SPA_REDIRECT.replace("spa.example.com", "spa.example.com:8443"),
            SPA_REDIRECT.replace("spa.example.com", "sub.spa.example.com"),
            SPA_REDIRECT.replace("spa.example.com", "spa.example.com.evil.example"),
            SPA_REDIRECT.replace("spa.example.com", "evil.example/?spa.example.com"),
            SPA_REDIRECT.replace("spa.example.com", "spa.example.com@evil.example"),
            SPA_REDIRECT.replace("callback", "x/../callback"),
            SPA_REDIRECT.replace("callback", "%63allback"),
            "https://spa.example.com",
        ],
    )
    def test_2_1_redirect_uris_are_compared_exactly(self, browser: Browser, spa: Application, uri: str) -> None:
        answer = browser.authorize(spa.id, redirect_uri=uri)
        assert (answer.status_code, error_of(answer)) == (400, "invalid_redirect_uri")
        assert "Location" not in answer.headers

    def test_2_1_the_port_of_a_loopback_uri_is_the_only_exception(self, browser: Browser, native: Application) -> None:
        answer = browser.authorize(native.id, redirect_uri="http://127.0.0.1:51004/callback")
        assert answer["Location"].startswith("/sign-in")

    def test_4_1_3_one_applications_uri_is_not_anothers(
        self, browser: Browser, spa: Application, web: Application
    ) -> None:
        for application, uri in ((spa, WEB_REDIRECT), (web, SPA_REDIRECT)):
            assert error_of(browser.authorize(application.id, redirect_uri=uri)) == "invalid_redirect_uri"

    def test_4_1_3_the_code_is_bound_to_the_redirect_uri(
        self, browser: Browser, make_application: MakeApplication, alice: User
    ) -> None:
        other = "https://spa.example.com/other"
        application = make_application(redirect_uris=(SPA_REDIRECT, other))
        code = code_of(browser.signed_in(application.id, alice))
        for uri in (other, "https://evil.example/", None):
            assert redeem(browser, application.id, code, redirect_uri=uri).status_code == 400
        assert redeem(browser, application.id, code).status_code == 200

    @pytest.mark.parametrize("prompt", ["none", "login", "consent", "nonsense"])
    @pytest.mark.parametrize("changes", [{}, {"scope": ""}, {"response_type": "token"}, {"code_challenge": "x"}])
    def test_4_11_2_no_error_is_redirected_to_an_unregistered_uri(
        self, browser: Browser, spa: Application, prompt: str, changes: dict[str, str]
    ) -> None:
        answer = browser.authorize(spa.id, redirect_uri="https://evil.example/", prompt=prompt, **changes)
        assert answer.status_code == 400
        assert "Location" not in answer.headers

    def test_4_11_2_signing_out_leads_nowhere_unregistered(self, browser: Browser, spa: Application) -> None:
        query = {"client_id": spa.id, "post_logout_redirect_uri": "https://evil.example/"}
        answer = browser.client.get("/oidc/session/end", query)
        assert answer.status_code == 400
        assert "Location" not in answer.headers


class TestFlows:
    """Sections 2.1.1, 2.1.2 and 2.4."""

    @pytest.mark.parametrize(
        "response_type", ["token", "id_token", "id_token token", "code token", "code id_token", "code id_token token"]
    )
    def test_2_1_2_no_tokens_in_the_authorization_response(
        self, browser: Browser, spa: Application, web: Application, response_type: str
    ) -> None:
        for application, uri in ((spa, SPA_REDIRECT), (web, WEB_REDIRECT)):
            response = browser.authorize(application.id, redirect_uri=uri, response_type=response_type, nonce="n")
            assert answer_of(response)["error"] in ("unsupported_response_type", "unauthorized_client")
            assert "access_token" not in response["Location"]

    def test_2_1_2_the_metadata_offers_none(self, browser: Browser, spa: Application) -> None:
        document = browser.client.get(DOCUMENT).json()
        assert document["response_types_supported"] == ["code"]
        assert not {"implicit", "password"} & set(document["grant_types_supported"])

    def test_2_4_there_is_no_password_grant(self, browser: Browser, spa: Application) -> None:
        body = {"grant_type": "password", "client_id": spa.id, "username": "alice", "password": "x"}
        answer = browser.client.post("/oidc/token", body)
        assert (answer.status_code, error_of(answer)) == (400, "unsupported_grant_type")

    def test_2_1_1_public_clients_must_use_pkce(self, browser: Browser, spa: Application) -> None:
        bare = browser.authorize(spa.id, code_challenge=None, code_challenge_method=None)
        assert answer_of(bare)["error"] == "invalid_request"

    def test_2_1_1_the_challenge_does_not_expose_the_verifier(self, browser: Browser, spa: Application) -> None:
        assert answer_of(browser.authorize(spa.id, code_challenge_method="plain"))["error"] == "invalid_request"
        assert answer_of(browser.authorize(spa.id, code_challenge_method=None))["error"] == "invalid_request"

    def test_2_1_1_the_metadata_says_that_pkce_is_supported(self, browser: Browser, spa: Application) -> None:
        assert browser.client.get(DOCUMENT).json()["code_challenge_methods_supported"] == ["S256"]

    def test_4_17_no_answer_is_posted_to_another_window(self, browser: Browser, spa: Application) -> None:
        answer = answer_of(browser.authorize(spa.id, response_mode="web_message"))
        assert answer["error"] == "unsupported_response_mode"


class TestMixUp:
    """Section 4.4.2.1: the client can tell who answers."""

    def test_every_answer_has_the_issuer(self, browser: Browser, spa: Application, alice: User) -> None:
        issuer = browser.client.get(DOCUMENT).json()["issuer"]
        for response in (browser.authorize(spa.id, prompt="none"), browser.signed_in(spa.id, alice)):
            assert query_of(response)["iss"] == [issuer]

    def test_every_tenant_is_an_issuer_of_its_own(
        self, browser: Browser, spa: Application, acme_spa: Application
    ) -> None:
        answers = (
            answer_of(browser.authorize(spa.id, prompt="none")),
            answer_of(Browser("acme").authorize(acme_spa.id, prompt="none")),
        )
        assert len({answer["iss"] for answer in answers}) == 2


class TestForgery:
    """Section 4.7: requests and answers that an attacker has started."""

    def test_4_7_1_state_comes_back_byte_for_byte(self, browser: Browser, spa: Application, alice: User) -> None:
        state = "a b+c%20&d=é/?#"
        assert answer_of(browser.signed_in(spa.id, alice, state=state))["state"] == state

    def test_a_sign_in_goes_on_in_the_browser_that_began_it_alone(
        self, browser: Browser, spa: Application, alice: User
    ) -> None:
        browser.authorize(spa.id)
        pending = browser.pending()
        assert pending is not None
        victim = Browser().client.get(f"/oidc/auth/{pending.id}")
        assert victim.status_code == 400
        assert "_session" not in victim.cookies
        assert code_of(browser.sign_in(alice))


class TestPages:
    """Sections 4.2.4, 4.12 and 4.16: what the pages and redirects give away, and what they let happen."""

    @pytest.fixture
    def pages(self, browser: Browser, spa: Application) -> list[Any]:
        """Pages that a user meets on the way, and the answers in between."""
        location = browser.authorize(spa.id)["Location"]
        form = browser.authorize(spa.id, prompt="none", response_mode="form_post")
        browser.client.get("/oidc/device")
        return [
            browser.client.get(location),
            browser.client.get(f"/register?app_id={spa.id}"),
            browser.client.get("/device"),
            browser.client.get("/oidc/session/end"),
            browser.client.get("/oidc/session/end/success"),
            form,
        ]

    def test_4_16_nobody_may_frame_them(self, pages: list[Any]) -> None:
        for page in pages:
            assert page.status_code == 200, page
            assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
            assert page["X-Frame-Options"] in ("DENY", "SAMEORIGIN")

    def test_4_2_4_their_address_is_not_told_to_other_sites(self, pages: list[Any]) -> None:
        for page in pages:
            assert page["Referrer-Policy"] in ("no-referrer", "same-origin", "strict-origin-when-cross-origin")

    def test_4_2_4_they_hold_nothing_of_other_sites(self, pages: list[Any]) -> None:
        for page in pages:
            policy = page["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "http:" not in policy
            assert "*" not in policy
            assert "unsafe" not in policy

    def test_4_2_4_the_pages_address_holds_no_credential(self, browser: Browser, spa: Application) -> None:
        location = browser.authorize(spa.id, state="secret-state", nonce="secret-nonce")["Location"]
        assert "secret" not in location
        assert SPA_REDIRECT not in location

    def test_4_3_1_no_browser_keeps_an_answer(self, browser: Browser, spa: Application, alice: User) -> None:
        response = browser.signed_in(spa.id, alice)
        assert "no-store" in response["Cache-Control"]
        posted = browser.authorize(spa.id, response_mode="form_post")
        assert "no-store" in posted["Cache-Control"]

    @pytest.mark.parametrize("body", ["form", "json"])
    def test_4_12_a_post_is_redirected_with_303(self, browser: Browser, spa: Application, body: str) -> None:
        """307 and 308 would have the browser post again, credentials included."""
        sent = browser.request_of(spa.id)
        kind: dict[str, Any] = {"content_type": "application/json"} if body == "json" else {}
        for changes in ({}, {"prompt": "none"}):
            assert browser.client.post("/oidc/auth", {**sent, **changes}, **kind).status_code == 303

    def test_4_12_a_password_is_never_posted_on(self, browser: Browser, spa: Application, tenant: Tenant) -> None:
        """From the form to the application, each step is a GET."""
        create_user(username="dave", password="correct horse 51", actor=SYSTEM)
        path = browser.authorize(spa.id)["Location"]
        answer = browser.client.post(path, {"identifier": "dave", "password": "correct horse 51"}, follow=True)
        assert {status for _, status in answer.redirect_chain} <= {302, 303}
        (onward,) = re.findall(r'<meta http-equiv="refresh" content="0;url=([^"]+)">', answer.content.decode())
        assert code_of(browser.client.get(urlsplit(onward).path))

    def test_4_12_so_is_the_confirmation_of_signing_out(self, browser: Browser, spa: Application, alice: User) -> None:
        browser.signed_in(spa.id, alice)
        page = browser.client.get("/oidc/session/end").content.decode()
        xsrf = page.split('name="xsrf" value="')[1].split('"')[0]
        answer = browser.client.post("/oidc/session/end/confirm", {"xsrf": xsrf, "logout": "yes"})
        assert answer.status_code == 303
        assert urlsplit(answer["Location"]).path == "/oidc/session/end/success"
