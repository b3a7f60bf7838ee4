"""Captchas in the console: a kind is chosen, tested, switched on and deleted, by mouse and by keyboard."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver


def test_a_proof_of_work_is_set_up_tested_and_deleted(console: ConsoleDriver, read: Read) -> None:
    console.open("security/")
    console.follow("Captcha")
    console.follow("Proof of work")
    console.choose("Difficulty", "Low: a fifth of a second")
    console.press("Test")
    console.sees("A challenge was made, solved and verified.")
    console.switch("Ask for a captcha")
    console.save()
    assert read("captcha-provider")["config"] == {"type": "ProofOfWork", "difficulty": "low"}
    assert read("sign-in-exp")["captchaPolicy"] == {"enabled": True}
    console.press("Delete")
    console.sees("Captchas are off, and the keys are deleted.")
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        read("captcha-provider")
    assert read("sign-in-exp")["captchaPolicy"] == {"enabled": False}


def test_keys_of_a_provider_are_entered_and_kept(console: ConsoleDriver, read: Read) -> None:
    console.open("security/captcha/")
    console.follow("reCAPTCHA Enterprise")
    for label, value in (("Site key", "6Lc-site"), ("Secret key", "AIza-secret"), ("Project ID", "shop-1")):
        console.fill(label, value)
    console.choose("Kind of key", "Checkbox")
    console.save()
    kept = {"siteKey": "6Lc-site", "secretKey": "AIza-secret", "projectId": "shop-1"}
    google = {"type": "RecaptchaEnterprise", **kept, "mode": "checkbox", "domain": "www.google.com"}
    assert read("captcha-provider")["config"] == google
    # The secret is not shown, and stays.
    expect(console.field("Secret key")).to_have_value("")
    console.fill("Project ID", "shop-2")
    console.save()
    assert read("captcha-provider")["config"] == {**google, "projectId": "shop-2"}
