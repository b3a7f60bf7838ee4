"""Cloudflare Turnstile (https://developers.cloudflare.com/turnstile/get-started/server-side-validation/)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from common.clock import now
from common.crypto import sha256_hex
from common.shapes import Choice, Members
from experience.captcha.base import Attempt, CaptchaRefusedError, CaptchaUnavailableError, Passed, Script
from experience.captcha.exchange import ask, codes_of
from experience.captcha.keys import Key

ORIGIN = "https://challenges.cloudflare.com"
SITEVERIFY = f"{ORIGIN}/turnstile/v0/siteverify"
# How long a token is valid, by Cloudflare's documentation.
_LIFETIME = timedelta(minutes=5)
# Cloudflare's published secrets for tests: they pass any token, and name another host than the page's.
_TEST_SECRETS = frozenset({"1x0000000000000000000000000000000AA"})
# These are about the keys or the provider, not about the token.
_OURS = frozenset({"missing-input-secret", "invalid-input-secret", "bad-request", "internal-error"})


class Turnstile:
    """A widget of Cloudflare's, mostly without a puzzle."""

    type = "Turnstile"
    shape = Members(
        {
            "type": Choice(choices=(type,), required=True),
            "siteKey": Key(required=True),
            "secretKey": Key(required=True),
        }
    )
    secrets = frozenset({"secretKey"})

    def completed(self, config: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
        return dict(config)

    def public(self, config: Mapping[str, Any]) -> dict[str, Any]:
        return {"siteKey": config["siteKey"]}

    def script(self, config: Mapping[str, Any]) -> Script:
        admits = {"script-src": (ORIGIN,), "frame-src": (ORIGIN,)}
        return Script(f"{ORIGIN}/turnstile/v0/api.js?render=explicit", admits)

    def challenge(self, config: Mapping[str, Any]) -> dict[str, Any] | None:
        return None

    def verify(self, config: Mapping[str, Any], attempt: Attempt) -> Passed:
        answer = _siteverify(config, attempt.token, ip=attempt.ip)
        if answer.get("success") is not True:
            raise CaptchaRefusedError(", ".join(codes_of(answer.get("error-codes"))) or "rejected")
        if config["secretKey"] not in _TEST_SECRETS:
            attempt.assert_made_here(host=answer.get("hostname"), action=answer.get("action"), needs_action=False)
        return Passed(sha256_hex(attempt.token), now() + _LIFETIME)

    def check(self, config: Mapping[str, Any]) -> None:
        # Without a token Cloudflare still says whether it knows the secret.
        _siteverify(config, "check")


def _siteverify(config: Mapping[str, Any], token: str, *, ip: str = "") -> dict[str, Any]:
    data = {"secret": config["secretKey"], "response": token, **({"remoteip": ip} if ip else {})}
    _status, answer = ask(SITEVERIFY, data=data)
    if ours := sorted(_OURS.intersection(codes_of(answer.get("error-codes")))):
        raise CaptchaUnavailableError(", ".join(ours))
    if not isinstance(answer.get("success"), bool):
        raise CaptchaUnavailableError("invalid_response")
    return answer
