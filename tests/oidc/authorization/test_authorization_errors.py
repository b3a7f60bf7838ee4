"""What the authorization endpoint refuses, and where it says so."""

from typing import Any

import pytest

from applications.models import Application
from identity.models import User
from oidc.models import AuthorizationRequest, Grant
from tests.oidc.authorization.browsing import SPA_REDIRECT, WEB_REDIRECT, Browser, answer_of
from tests.oidc.authorization.fixtures import MakeApplication

pytestmark = pytest.mark.django_db


def shown(response: Any) -> tuple[int, str, str]:
    """Status, error and code of a failure that is shown, not redirected."""
    assert "Location" not in response
    body = response.json()
    assert isinstance(body["message"], str)
    return response.status_code, body["error"], body["code"]


@pytest.mark.parametrize("client_id", ["nobody", "x" * 5000, "../etc", "a\u0000b"])
def test_an_unknown_client_is_shown_an_error(browser: Browser, client_id: str) -> None:
    status, error, _ = shown(browser.authorize(client_id))
    assert status == 400
    assert error == ("invalid_request" if "\u0000" in client_id else "invalid_client")


def test_another_tenants_client_is_unknown(browser: Browser, acme_spa: Application) -> None:
    assert shown(browser.authorize(acme_spa.id)) == (400, "invalid_client", "oidc.invalid_client")


def test_no_client_at_all(browser: Browser) -> None:
    assert shown(browser.client.get("/oidc/auth"))[1] == "invalid_request"


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://evil.example.com/callback",
        "https://spa.example.com.evil.com/callback",
        "https://spa.example.com@evil.com/callback",
        "https://spa.example.com:443@evil.com/callback",
        "https://evil.com#@spa.example.com/callback",
        "https://evil.com\\@spa.example.com/callback",
        "https://spa.example.com\\.evil.com/callback",
        "//spa.example.com/callback",
        "//evil.com",
        "/callback",
        "https:spa.example.com/callback",
        "https:///spa.example.com/callback",
        "http://spa.example.com/callback",
        "https://spa.example.com:8443/callback",
        "https://spa.example.com/callback/",
        "https://spa.example.com/callback/../evil",
        "https://spa.example.com/callback%00",
        "https://spa.example.com/callback#fragment",
        "https://spa.example.com/callback?next=//evil.com",
        "https://*.example.com/callback",
        "https://spa.example.com/*",
        "https://spa.example.com/callback\r\nSet-Cookie: a=b",
        "https://spa.example.com\t/callback",
        " https://spa.example.com/callback",
        "https://ｓpa.example.com.evil.com/callback",
        "javascript:alert(1)//https://spa.example.com/callback",
        "data:text/html,<script>",
    ],
)
@pytest.mark.parametrize("prompt", ["consent", "none"])
def test_nobody_is_redirected_to_an_unregistered_uri(
    browser: Browser, spa: Application, redirect_uri: str, prompt: str
) -> None:
    response = browser.authorize(spa.id, redirect_uri=redirect_uri, prompt=prompt)
    assert shown(response) == (400, "invalid_redirect_uri", "oidc.invalid_redirect_uri")
    assert not AuthorizationRequest.objects.exists()


def test_a_nul_byte_is_refused_before_anything_else(browser: Browser, spa: Application) -> None:
    assert shown(browser.authorize(spa.id, redirect_uri=SPA_REDIRECT + "\u0000"))[1] == "invalid_request"
    assert shown(browser.authorize(spa.id, state="\u0000"))[1] == "invalid_request"


@pytest.mark.parametrize(
    ("registered", "requested", "allowed"),
    [
        ("https://*.preview.example.com/cb", "https://a.preview.example.com/cb", True),
        ("https://*.preview.example.com/cb", "https://a.b.preview.example.com/cb", False),
        ("https://*.preview.example.com/cb", "https://evil.com/.preview.example.com/cb", False),
        ("https://*.preview.example.com/cb", "https://evil.com%2f.preview.example.com/cb", False),
        ("https://*.preview.example.com/cb", "https://evil.com?.preview.example.com/cb", False),
        ("https://app.example.com/cb/*", "https://app.example.com/cb/a/b", True),
        ("https://app.example.com/cb/*", "https://app.example.com/cb/../admin", False),
        ("https://app.example.com/cb/*", "https://app.example.com/cb/%2e%2e/admin", False),
    ],
)
def test_wildcards_admit_no_more_than_they_say(
    browser: Browser, make_application: MakeApplication, registered: str, requested: str, allowed: bool
) -> None:
    application = make_application(redirect_uris=(registered,))
    response = browser.authorize(application.id, redirect_uri=requested)
    assert response.status_code == (303 if allowed else 400)


def test_the_only_redirect_uri_may_be_left_out(browser: Browser, spa: Application, alice: User) -> None:
    assert browser.signed_in(spa.id, alice, redirect_uri=None)["Location"].startswith(f"{SPA_REDIRECT}?code=")


def test_one_of_several_redirect_uris_must_be_named(browser: Browser, native: Application) -> None:
    assert shown(browser.authorize(native.id, redirect_uri=None))[1] == "invalid_request"


def test_a_native_client_may_use_any_loopback_port(browser: Browser, native: Application) -> None:
    assert browser.authorize(native.id, redirect_uri="http://127.0.0.1:51004/callback").status_code == 303
    assert shown(browser.authorize(native.id, redirect_uri="http://127.0.0.2:51004/callback"))[0] == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unauthorized_client"),
        ({"response_type": "id_token code"}, "unauthorized_client"),
        ({"response_type": "none"}, "unauthorized_client"),
        ({"response_mode": "web_message"}, "unsupported_response_mode"),
        ({"request": "a.b.c"}, "request_not_supported"),
        ({"request_uri": "https://spa.example.com/request"}, "request_uri_not_supported"),
        ({"prompt": "select_account"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"max_age": "٣"}, "invalid_request"),
        ({"max_age": "9" * 40}, "invalid_request"),
        ({"nonce": "n" * 256}, "invalid_request"),
        ({"id_token_hint": "not a token"}, "invalid_request"),
        ({"resource": "relative"}, "invalid_target"),
        ({"resource": "https://api.example.com#part"}, "invalid_target"),
        ({"resource": "https://unknown.example.com"}, "invalid_target"),
        ({"resource": ["urn:logto:resource:organizations", "https://unknown.example.com"]}, "invalid_target"),
        ({"state": ["one", "two"]}, "invalid_request"),
        ({"scope": ["openid", "profile"]}, "invalid_request"),
        ({"nonce": ["same", "same"]}, "invalid_request"),
    ],
)
def test_other_failures_go_to_the_client(
    browser: Browser, spa: Application, changes: dict[str, Any], error: str
) -> None:
    response = browser.authorize(spa.id, **changes)
    assert response["Location"].startswith(f"{SPA_REDIRECT}?error=")
    answer = answer_of(response)
    assert answer["error"] == error
    assert answer["error_description"]
    assert answer["iss"] == "http://localhost:8000/oidc"
    assert answer.get("state") == (None if "state" in changes else "opaque state")
    assert not AuthorizationRequest.objects.exists()


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_who_asks_and_where_to_answer_must_be_unambiguous(browser: Browser, spa: Application, name: str) -> None:
    sent = browser.request_of(spa.id)
    assert shown(browser.client.get("/oidc/auth", {**sent, name: [sent[name], "other"]}))[1] == "invalid_request"


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "application/json"])
def test_a_post_is_taken_like_a_get(browser: Browser, spa: Application, content_type: str) -> None:
    sent = browser.request_of(spa.id, max_age="60")
    if content_type == "application/json":
        response = browser.client.post("/oidc/auth", {**sent, "max_age": 60}, content_type=content_type)
    else:
        body = "&".join(f"{name}={value}" for name, value in sent.items()).replace(" ", "+")
        response = browser.client.post("/oidc/auth", body, content_type=content_type)
    assert response.status_code == 303
    assert response["Location"] == f"/sign-in?app_id={spa.id}"
    assert AuthorizationRequest.objects.get().parameters["max_age"] == "60"


def test_a_list_of_resources_is_split_in_a_query_alone(browser: Browser, spa: Application) -> None:
    sent = browser.request_of(spa.id, resource="urn:logto:resource:organizations,https://b.example.com")
    answer = answer_of(browser.client.post("/oidc/auth", sent, content_type="application/json"))
    assert answer["error"] == "invalid_target"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("{", "application/json"),
        ("[1]", "application/json"),
        ("client_id=%ff", "application/x-www-form-urlencoded"),
        ("client_id=x", "text/plain"),
        ("a=" + "x" * 60_000, "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_cannot_be_read(browser: Browser, body: str, content_type: str) -> None:
    status, error, _ = shown(browser.client.post("/oidc/auth", body, content_type=content_type))
    assert (status, error) == (413 if len(body) > 50_000 else 400, "invalid_request")


def test_nested_values_of_a_json_body_are_refused(browser: Browser, spa: Application) -> None:
    sent = {**browser.request_of(spa.id), "state": {"$ne": ""}}
    assert (
        answer_of(browser.client.post("/oidc/auth", sent, content_type="application/json"))["error"]
        == "invalid_request"
    )


@pytest.mark.parametrize("method", ["put", "patch", "delete", "head"])
def test_other_methods_are_no_route(browser: Browser, method: str) -> None:
    assert getattr(browser.client, method)("/oidc/auth").status_code == 404


def test_an_error_in_the_envelope_can_be_had_raw(browser: Browser) -> None:
    body = browser.client.get("/oidc/auth", {"client_id": "nobody", "parse_error": "false"}).json()
    assert body == {"error": "invalid_client", "error_description": "invalid client nobody"}


def test_prompt_none_answers_by_error(browser: Browser, spa: Application, native: Application, alice: User) -> None:
    assert answer_of(browser.authorize(spa.id, prompt="none"))["error"] == "login_required"
    browser.signed_in(spa.id, alice, scope="openid")
    assert "code" in answer_of(browser.authorize(spa.id, prompt="none", scope="openid"))
    assert answer_of(browser.authorize(spa.id, prompt="none", scope="openid email"))["error"] == "consent_required"
    redirect_uri = "com.example.app://callback"
    answer = answer_of(browser.authorize(native.id, prompt="none", scope="openid", redirect_uri=redirect_uri))
    assert answer["error"] == "interaction_required"
    assert "code" in answer_of(browser.authorize(native.id, prompt=None, scope="openid", redirect_uri=redirect_uri))
    answer = answer_of(browser.authorize(native.id, prompt="none", scope="openid", redirect_uri=redirect_uri))
    assert answer["error"] == "interaction_required", "granted or not: anyone on the device can claim to be the client"


def test_prompt_none_at_a_second_application_by_the_standard(
    browser: Browser, spa: Application, make_application: MakeApplication, alice: User
) -> None:
    """A second application of one's own, `prompt=none`, the user signed in: `consent_required`, though nobody is asked.

    With the profile `openid` it is a code (OpenID Connect Core section 3.1.2.6). Third parties still have to ask.
    """
    browser.signed_in(spa.id, alice, scope="openid")
    second = make_application(protocolProfile="openid")
    silent = {"prompt": "none", "scope": "openid email"}
    assert "code" in answer_of(browser.authorize(second.id, **silent))
    second.is_third_party = True
    second.save()
    Grant.objects.all().delete()
    assert answer_of(browser.authorize(second.id, prompt="none", scope="openid"))["error"] == "consent_required"


def test_a_confidential_client_needs_no_proof_key(browser: Browser, web: Application, alice: User) -> None:
    response = browser.signed_in(
        web.id, alice, redirect_uri=WEB_REDIRECT, code_challenge=None, code_challenge_method=None
    )
    assert "code" in answer_of(response)


def test_a_third_partys_application_is_not_granted_in_silence(browser: Browser, spa: Application, alice: User) -> None:
    spa.is_third_party = True
    spa.save()
    assert answer_of(browser.authorize(spa.id))["error"] == "invalid_scope", "not configured to ask for the profile"
    assert browser.signed_in(spa.id, alice, scope="openid")["Location"] == f"/consent?app_id={spa.id}"
    assert answer_of(browser.authorize(spa.id, scope="openid", prompt="none"))["error"] == "consent_required"


def test_access_control_is_asked(browser: Browser, spa: Application, alice: User) -> None:
    spa.app_level_access_control_enabled = True
    spa.save()
    assert answer_of(browser.signed_in(spa.id, alice))["error"] == "access_denied"


def test_form_post_and_fragment(browser: Browser, spa: Application, alice: User) -> None:
    browser.signed_in(spa.id, alice)
    fragment = browser.authorize(spa.id, response_mode="fragment")["Location"]
    assert fragment.startswith(f"{SPA_REDIRECT}#code=")
    refused = browser.authorize(spa.id, response_mode="fragment", response_type="id_token")["Location"]
    assert refused.startswith(f"{SPA_REDIRECT}#error=unauthorized_client")
    page = browser.authorize(spa.id, response_mode="form_post", state='"><script>alert(1)</script>')
    html = page.content.decode()
    assert page.status_code == 200
    assert f'<form method="post" action="{SPA_REDIRECT}"' in html
    assert 'name="code"' in html
    assert 'name="iss"' in html
    assert "<script>alert" not in html
    assert "<button" in html
    assert "script-src 'sha256-" in page["Content-Security-Policy"]


def test_a_flood_of_parameters_is_refused(browser: Browser) -> None:
    query = "&".join(f"a{number}=1" for number in range(1100))
    assert shown(browser.client.get(f"/oidc/auth?{query}"))[:2] == (400, "invalid_request")
    assert shown(browser.client.get(f"/oidc/session/end?{query}"))[:2] == (400, "invalid_request")
