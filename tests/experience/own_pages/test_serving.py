"""A tenant's own pages answer where ours did: with what they need to know, and within bounds."""

import json
import logging
import re
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree

from applications.models import Application
from common.actors import SYSTEM
from common.errors import AppError
from experience.custom_ui import storage
from experience.services.settings import update_sign_in_experience
from oidc.models import AuthorizationRequest
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.experience.conftest import Browser
from tests.experience.own_pages.archives import INDEX
from tests.experience.own_pages.conftest import Use
from tests.experience.second_factors.conftest import Settings

pytestmark = pytest.mark.django_db

OWN = '<div id="app"></div>'
PAGES = [
    "/sign-in",
    "/sign-in/password",
    "/register",
    "/forgot-password",
    "/sign-in/verification-code",
    "/continue/username",
    "/mfa-verification/Totp",
    "/mfa-binding",
    "/single-sign-on/email",
    "/one-time-token",
    "/social/link/abc",
    "/identifier-sign-in",
    "/reset-password",
]


@pytest.fixture
def opened(client: Client, application: Application) -> Client:
    """A browser with a sign-in under way."""
    Browser(client).open(application)
    return client


def policy_of(response: Any) -> dict[str, list[str]]:
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


def known_to(html: str) -> dict[str, Any]:
    """What the page's script is told."""
    found = re.search(r"window\.logtoSsr = Object\.freeze\((.+)\);</script>", html)
    assert found, html
    return dict(json.loads(found[1]))


def test_every_page_of_a_sign_in_is_theirs(opened: Client, use_pages: Use) -> None:
    assert OWN not in opened.get("/sign-in").content.decode()
    use_pages()
    for path in PAGES:
        response = opened.get(path)
        assert response.status_code == 200, path
        assert OWN in response.content.decode(), path
        assert "no-store" in response.headers["Cache-Control"], path


def test_the_guard_stays(client: Client, use_pages: Use) -> None:
    use_pages()
    for path in [*PAGES, "/sign-in/a-step-of-their-own", "/callback-of-theirs"]:
        assert client.get(path)["Location"].startswith("/unknown-session"), path


def test_what_says_there_is_nothing_to_do_stays_ours(client: Client, use_pages: Use) -> None:
    use_pages()
    for path in ("/unknown-session?cookies=1", "/account-suspended", "/demo-app", "/"):
        response = client.get(path)
        assert response.status_code == 200, path
        assert OWN not in response.content.decode(), path


def test_a_screen_that_their_script_has_made_up(opened: Client, use_pages: Use) -> None:
    assert opened.get("/sign-in/welcome").status_code == 404
    use_pages()
    assert OWN in opened.get("/sign-in/welcome").content.decode()
    assert OWN in opened.get("/step-two").content.decode()
    assert opened.get("/wp-login.php").status_code == 404
    assert opened.get("/.env").status_code == 404


@pytest.mark.parametrize(
    "path", ["/api/nothing", "/oidc/nothing", "/.well-known/nothing", "/console/nothing", "/static/nothing.js"]
)
def test_other_rooms_keep_their_addresses(opened: Client, use_pages: Use, path: str) -> None:
    use_pages({path[1:].lstrip(".") + ("" if path.endswith(".js") else ".js"): "1"})
    response = opened.get(path)
    assert response.status_code in (302, 404)
    assert OWN not in response.content.decode()


def test_the_script_is_told_the_public_settings(
    opened: Client, application: Application, use_pages: Use, settings_of: Settings
) -> None:
    use_pages()
    settings_of(color={"primaryColor": "#123456", "isDarkModeEnabled": False, "darkPrimaryColor": "#fff"})
    said = known_to(opened.get("/sign-in").content.decode())
    public = opened.get(f"/api/.well-known/sign-in-exp?appId={application.id}").json()
    assert said["signInExperience"]["appId"] == application.id
    assert said["signInExperience"]["data"] == public
    assert said["signInExperience"]["data"]["color"]["primaryColor"] == "#123456"
    assert "emailBlocklistPolicy" not in said["signInExperience"]["data"]
    assert said["phrases"]["lng"] == "en"


def test_nothing_that_is_told_ends_the_script(opened: Client, use_pages: Use, settings_of: Settings) -> None:
    use_pages()
    settings_of(
        customCss="a::after { content: '</style><script>alert(1)</script><!--' }",
        customContent={"/x": "</script><img src=x onerror=alert(1)>\u2028\u2029&amp;"},
    )
    html = opened.get("/sign-in").content.decode()
    # Those of the page itself; within a style sheet `</script>` is text.
    parsed = etree.HTML(html)
    assert [len(parsed.findall(f".//{name}")) for name in ("script", "style", "img")] == [2, 1, 0]
    assert "\u2028" not in html
    assert "\u2029" not in html
    assert known_to(html)["signInExperience"]["data"]["customContent"]["/x"].startswith("</script>")


def test_scripts_of_the_page_run_and_no_others(opened: Client, use_pages: Use, settings_of: Settings) -> None:
    use_pages(index=INDEX.replace("</body>", "<SCRIPT>let a = 1</SCRIPT><scripted></scripted></body>"))
    settings_of(
        customUiCsp={
            "scriptSrc": ["https://challenges.cloudflare.com"],
            "connectSrc": ["https://api.example.com/v1", "wss://live.example.com"],
        }
    )
    response = opened.get("/sign-in")
    policy, html = policy_of(response), response.content.decode()
    nonce = re.search(r'<script nonce="([^"]+)"', html)
    assert nonce
    assert html.count(f'<script nonce="{nonce[1]}"') == 3
    assert "<scripted>" in html
    assert policy["script-src"] == ["'self'", f"'nonce-{nonce[1]}'", "https://challenges.cloudflare.com"]
    assert policy["connect-src"] == ["'self'", "https://api.example.com/v1", "wss://live.example.com"]
    assert policy["frame-src"] == ["https://challenges.cloudflare.com"]
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["default-src"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert nonce[1] not in opened.get("/sign-in").content.decode()


@pytest.mark.parametrize(
    "index",
    [
        r"""<script+>document.write("<script src='/x.js'><\/script>")</script><script+ src="/y.js"></script>""",
        "<script+>a('<script>')</script\n><script+\nsrc=/b.js></script ><script+/src=/c.js></script>",
        "<script+>a('</scripted><script>')</script><script+>let unclosed = '<script>'",
        "<script+ src=/a.js",
        "<!-- <script>a</script> --><script+>b('<!-- ')</script><script+>c</script><!-- <script>d</script>",
        "<!--><script+>a</script><!---><script+>b</script><!-- --!><script+>c</script>",
        "<!--[if !IE]><!--><script+>a</script><!--<![endif]-->",
    ],
)
def test_what_a_script_says_about_scripts_stays_as_it_is(opened: Client, use_pages: Use, index: str) -> None:
    """The tag that a page's script wrote got the nonce, too, whose quotes ended the script's string: nothing ran.

    `+` is where a nonce is to be.
    """
    use_pages(index=index.replace("<script+", "<script"))
    response = opened.get("/sign-in")
    nonce = policy_of(response)["script-src"][1].removeprefix("'nonce-").removesuffix("'")
    assert response.content.decode() == index.replace("<script+", f'<script nonce="{nonce}"')


def test_files_come_with_their_types_and_are_asked_for_again(client: Client, use_pages: Use) -> None:
    use_pages({"assets/app.js": "let a = 1;", "logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>", "x y.txt": "z"})
    response = client.get("/assets/app.js")
    assert response.content == b"let a = 1;"
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in response.headers
    again = client.get("/assets/app.js", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == response.headers["ETag"]
    assert client.head("/assets/app.js").status_code == 200
    assert client.post("/assets/app.js").status_code == 405
    drawing = client.get("/logo.svg")
    assert drawing.headers["Content-Type"] == "image/svg+xml"
    assert policy_of(drawing)["script-src"] == ["'self'"]
    assert client.get("/x%20y.txt").content == b"z"
    for path in ("/index.html", "/assets/", "/assets/../assets/app.js", "/ASSETS/app.js", "//assets/app.js"):
        assert client.get(path).status_code in (303, 404), path


def test_no_file_is_a_service_worker(client: Client, use_pages: Use) -> None:
    """Mallory's upload is found out and deleted: no worker of it goes on reading passwords in browsers that met it."""
    use_pages({"sw.js": "addEventListener('fetch', () => {})"})
    assert client.get("/sw.js").status_code == 200
    # Browsers say what they ask for (Service Workers, algorithm "Update").
    assert client.get("/sw.js", headers={"Service-Worker": "script"}).status_code == 404


def test_a_file_that_has_changed_is_another(client: Client, use_pages: Use) -> None:
    use_pages({"app.js": "1"})
    first = client.get("/app.js")
    use_pages({"app.js": "2"})
    assert client.get("/app.js", headers={"If-None-Match": first.headers["ETag"]}).content == b"2"


def test_one_tenants_pages_are_no_other_tenants(
    opened: Client, acme_client: Client, tenants: dict[str, Tenant], use_pages: Use
) -> None:
    asset = use_pages({"app.js": "1"})
    assert opened.get("/app.js").status_code == 200
    assert acme_client.get("/app.js").status_code == 404
    with enter_tenant("acme"):
        found = _refusal({"customUiAssets": {"id": asset.id, "createdAt": 1}})
    assert found == "guard.invalid_input"


def _refusal(changes: dict[str, Any]) -> str:
    with pytest.raises(AppError) as raised:
        update_sign_in_experience(changes, actor=SYSTEM)
    return raised.value.code


def test_a_tenant_without_pays_nothing(client: Client, use_pages: Use, opened: Client) -> None:
    def count(path: str) -> int:
        opened.get(path)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            opened.get(path)
        return len(asked)

    before = count("/sign-in"), count("/nothing.js")
    use_pages({"nothing.js": "1"})
    assert (count("/sign-in"), count("/nothing.js")) <= before


def test_there_is_a_way_out_of_broken_pages(opened: Client, use_pages: Use) -> None:
    use_pages(index="<p>broken</p>")
    assert b"broken" in opened.get("/sign-in").content
    hosted = opened.get("/sign-in?pages=hosted")
    assert b"<h1>Sign in</h1>" in hosted.content
    assert b"<h1>Create your account</h1>" in opened.get("/register").content


def test_the_way_out_is_for_one_sign_in(opened: Client, application: Application, use_pages: Use) -> None:
    use_pages(index="<p>broken</p>")
    opened.get("/sign-in?pages=hosted")
    Browser(opened).open(application)
    assert b"broken" in opened.get("/sign-in").content


def test_pages_that_cannot_be_read_leave_ours(opened: Client, use_pages: Use, caplog: pytest.LogCaptureFixture) -> None:
    asset = use_pages()
    digest = asset.files["index.html"]["digest"]
    default_storage.delete(f"custom-ui/default/{asset.id}/{digest}")
    storage._read_small.cache_clear()
    with caplog.at_level(logging.CRITICAL):
        response = opened.get("/sign-in")
    assert response.status_code == 200
    assert b"<h1>Sign in</h1>" in response.content


def test_a_form_that_was_open_when_the_pages_came_is_still_taken(opened: Client, use_pages: Use) -> None:
    use_pages()
    response = opened.post("/sign-in", {"identifier": "nobody", "password": "wrong"})
    assert response.status_code == 200
    assert OWN not in response.content.decode()


def test_a_step_up_and_a_provider_are_left_to_ours(opened: Client, use_pages: Use) -> None:
    use_pages()
    assert opened.get("/direct/social/nowhere?fallback=register")["Location"].startswith("/register")
    with patch("experience.pages.page.Page.is_hosted_always", True):
        assert OWN not in opened.get("/sign-in").content.decode()


def test_a_callback_is_for_who_has_made_the_state(opened: Client, use_pages: Use) -> None:
    use_pages()
    assert OWN in opened.get("/callback/abc?state=of-their-own.x&code=1").content.decode()
    ours = opened.get(f"/callback/abc?state={AuthorizationRequest.objects.get().id}.secret&code=1")
    assert OWN not in ours.content.decode()
