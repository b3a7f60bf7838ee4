"""Captchas in Chromium: a proof of work that nobody notices, and a provider's widget, by a server next to the tests."""

import json
import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

from applications.models import Application
from common.actors import SYSTEM
from experience.captcha import turnstile
from experience.services.captcha_provider import put_captcha_provider
from experience.services.settings import update_sign_in_experience
from identity.models import User
from tenants.context import enter_tenant
from tests.browser.conftest import PASSWORD
from tests.browser.test_journeys import enter_code, press, wait_for_home

# What Cloudflare's script offers a page: a box that a person ticks.
WIDGET = """
window.turnstile = {
  render(place, options) {
    const box = Object.assign(document.createElement("input"), { type: "checkbox", ariaLabel: "I am a person" });
    box.onchange = () => options.callback(`${options.sitekey}-${options.action}`);
    place.append(box);
    return "w1";
  },
  reset() { document.querySelector("[aria-label='I am a person']").checked = false; },
};
"""


def switch_on(config: dict[str, Any]) -> None:
    with enter_tenant("default"):
        put_captcha_provider(config, actor=SYSTEM)
        update_sign_in_experience({"captchaPolicy": {"enabled": True}}, actor=SYSTEM)


def ask_all_at_once() -> None:
    """Have the first page ask for the password, too."""
    with enter_tenant("default"):
        method = {"identifier": "username", "password": True, "verificationCode": False, "isPasswordPrimary": True}
        update_sign_in_experience(
            {
                "signUp": {"identifiers": ["username"], "password": True, "verify": False},
                "signIn": {"methods": [method]},
            },
            actor=SYSTEM,
        )


@pytest.fixture
def work(application: Application) -> None:
    """Users compute, but not for long."""
    switch_on({"type": "ProofOfWork", "difficulty": "low"})


class _Cloudflare(BaseHTTPRequestHandler):
    """Serves the script, and says yes to the token that it makes."""

    def do_GET(self) -> None:
        self._answer("text/javascript", WIDGET)

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        is_good = sent == {"secret": ["s3"], "response": ["k1-interaction"], "remoteip": ["127.0.0.1"]}
        codes = [] if is_good else ["invalid-input-response"]
        answer = {"success": is_good, "error-codes": codes, "hostname": "localhost", "action": "interaction"}
        self._answer("application/json", json.dumps(answer))

    def _answer(self, kind: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged."""


@pytest.fixture
def cloudflare(application: Application, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Cloudflare)
    Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setattr(turnstile, "ORIGIN", origin)
    monkeypatch.setattr(turnstile, "SITEVERIFY", f"{origin}/siteverify")
    switch_on({"type": "Turnstile", "siteKey": "k1", "secretKey": "s3"})
    yield
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("work")
def test_zoe_signs_up_with_a_code_and_comes_back_with_her_password(
    new_page: Callable[..., Any], authorize: Callable[..., str], read_code: Callable[[str], str], home: str
) -> None:
    """Nothing to solve, nothing to see, and no request leaves the installation."""
    page, elsewhere = new_page(), []
    page.on("request", lambda asked: elsewhere.append(asked.url) if not asked.url.startswith(home) else None)
    page.goto(authorize(first_screen="register"))
    page.get_by_label("Email address").fill("zoe@example.com")
    page.keyboard.press("Enter")
    enter_code(page, read_code, "zoe@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Continue")
    wait_for_home(page)
    assert not [url for url in elsewhere if "127.0.0.1" not in url and "[::1]" not in url]

    page.goto(authorize(prompt="login"))
    page.get_by_label("Email address or username").fill("zoe@example.com")
    press(page, "Continue")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
    wait_for_home(page)


@pytest.mark.usefixtures("work")
def test_alice_signs_in_on_one_page_after_a_wrong_password(
    new_page: Callable[..., Any], authorize: Callable[..., str], alice: User
) -> None:
    """Each try has a token of its own: the page makes it without being asked."""
    ask_all_at_once()
    page = new_page()
    page.goto(authorize())
    for password in ("wrong", PASSWORD):
        page.get_by_label("Username").fill("alice")
        page.get_by_label("Password", exact=True).fill(password)
        page.keyboard.press("Enter")
        if password == "wrong":
            expect(page.get_by_role("alert")).to_be_visible()
    wait_for_home(page)


@pytest.mark.usefixtures("work")
def test_an_impatient_alice_sends_her_form_once(
    new_page: Callable[..., Any], authorize: Callable[..., str], alice: User
) -> None:
    """Her first form signed her in, but she saw the answer to her second one: that its token was spent.

    She clicks on a page whose last picture is still loading. Once it is there the page is shown, which had every form
    count as not sent.
    """
    ask_all_at_once()
    page, sent = new_page(), []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    page.goto(authorize())
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).evaluate(
        """(button) => {
          const again = () => { dispatchEvent(new PageTransitionEvent("pageshow")); button.click(); button.click(); };
          button.form.addEventListener("submit", () => setTimeout(again, 20), { once: true });
          button.click();
          button.click();
        }"""
    )
    wait_for_home(page)
    assert len(sent) == 1


@pytest.mark.usefixtures("work")
def test_who_comes_back_to_the_page_gets_another_challenge(
    new_page: Callable[..., Any], authorize: Callable[..., str], alice: User
) -> None:
    page = new_page()
    page.goto(authorize())
    page.get_by_label("Email address or username").fill("alice@example.com")
    press(page, "Continue")
    page.get_by_label("Password", exact=True).wait_for()
    page.go_back()
    page.get_by_label("Email address or username").fill("alice@example.com")
    press(page, "Continue")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
    wait_for_home(page)


@pytest.mark.usefixtures("work")
def test_a_challenge_that_cannot_be_solved_is_told_and_nothing_typed_is_lost(
    new_page: Callable[..., Any], authorize: Callable[..., str], alice: User
) -> None:
    page = new_page()
    page.add_init_script("crypto.subtle.deriveBits = () => Promise.reject(new Error('no'))")
    page.goto(authorize())
    field = page.get_by_label("Email address or username")
    field.fill("alice@example.com")
    press(page, "Continue")
    expect(page.get_by_role("status")).to_have_text("We could not confirm that you are not a robot. Try again.")
    expect(field).to_have_value("alice@example.com")
    expect(page.get_by_role("button", name="Continue")).to_be_enabled()


@pytest.mark.usefixtures("work")
def test_without_javascript_the_page_says_what_to_do(
    new_page: Callable[..., Any], authorize: Callable[..., str], alice: User
) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(authorize())
    expect(page.locator("noscript p")).to_contain_text("Turn it on in your browser and reload the page.")
    page.get_by_label("Email address or username").fill("alice@example.com")
    press(page, "Continue")
    expect(page.get_by_role("alert").filter(has_text=re.compile("Confirm that you are not"))).to_be_visible()
    expect(page.get_by_label("Email address or username")).to_have_value("alice@example.com")


@pytest.mark.usefixtures("work")
def test_the_first_screen_stays_light(new_page: Callable[..., Any], authorize: Callable[..., str]) -> None:
    page = new_page()
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())) if answer.status < 300 else None)
    page.goto(authorize(), wait_until="networkidle")
    assert len(sizes) <= 4
    assert sum(sizes) <= 33_000, sizes


@pytest.mark.usefixtures("cloudflare")
def test_a_providers_widget_is_waited_for(
    new_page: Callable[..., Any], authorize: Callable[..., str], alice: User
) -> None:
    """The policy admits its script; whoever sends the form first is asked to use the widget, and goes on after it."""
    page = new_page()
    page.goto(authorize())
    page.get_by_label("Email address or username").fill("alice@example.com")
    press(page, "Continue")
    expect(page.get_by_role("status")).to_be_visible()
    # Used, the widget is gone with its page: nobody could see it checked.
    page.get_by_label("I am a person").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
    wait_for_home(page)
