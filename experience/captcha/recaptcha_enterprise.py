"""Google reCAPTCHA Enterprise (https://cloud.google.com/recaptcha/docs/create-assessment-website)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from common.clock import now
from common.crypto import sha256_hex
from common.shapes import Choice, Members
from connectors.oauth.calls import provider_text
from experience.captcha.base import (
    ACTION,
    Attempt,
    CaptchaRefusedError,
    CaptchaUnavailableError,
    Passed,
    Script,
)
from experience.captcha.exchange import ask
from experience.captcha.keys import Key

API = "https://recaptchaenterprise.googleapis.com/v1"
#: Where browsers may load Google's script from: `recaptcha.net` is for countries that do not reach `google.com`.
DOMAINS = ("www.google.com", "google.com", "www.recaptcha.net", "recaptcha.net")
CHECKBOX = "checkbox"
MODES = ("invisible", CHECKBOX)
_ASSETS = ("https://www.gstatic.com/recaptcha/", "https://www.gstatic.cn/recaptcha/")
_FRAMES = "https://recaptcha.google.com/recaptcha/"
_LEAST_SCORE = 0.5
# How long a token is valid, by Google's documentation.
_LIFETIME = timedelta(minutes=2)
_OK = 200


class RecaptchaEnterprise:
    """Google's, by a score that nobody sees or by a box to tick."""

    type = "RecaptchaEnterprise"
    shape = Members(
        {
            "type": Choice(choices=(type,), required=True),
            "siteKey": Key(required=True),
            "secretKey": Key(required=True),
            "projectId": Key(required=True, max_length=128),
            "domain": Choice(choices=DOMAINS),
            "mode": Choice(choices=MODES),
        }
    )
    secrets = frozenset({"secretKey"})

    def completed(self, config: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
        return dict(config)

    def public(self, config: Mapping[str, Any]) -> dict[str, Any]:
        return {name: config[name] for name in ("siteKey", "domain", "mode") if name in config}

    def script(self, config: Mapping[str, Any]) -> Script:
        origin = f"https://{config.get('domain', DOMAINS[0])}/recaptcha/"
        admits = {"script-src": (origin, *_ASSETS), "frame-src": (origin, _FRAMES), "connect-src": (origin,)}
        render = "explicit" if config.get("mode") == CHECKBOX else quote(config["siteKey"], safe="")
        return Script(f"{origin}enterprise.js?render={render}", admits)

    def challenge(self, config: Mapping[str, Any]) -> dict[str, Any] | None:
        return None

    def verify(self, config: Mapping[str, Any], attempt: Attempt) -> Passed:
        assessment = _assess(config, attempt)
        token = assessment.get("tokenProperties")
        if not isinstance(token, dict) or token.get("valid") is not True:
            reason = provider_text(token.get("invalidReason")) if isinstance(token, dict) else ""
            raise CaptchaRefusedError(reason.lower() or "rejected")
        has_box = config.get("mode") == CHECKBOX
        attempt.assert_made_here(host=token.get("hostname"), action=token.get("action"), needs_action=not has_box)
        if not (has_box or _score_of(assessment) >= _LEAST_SCORE):
            raise CaptchaRefusedError("low-score")
        return Passed(sha256_hex(attempt.token), now() + _LIFETIME)

    def check(self, config: Mapping[str, Any]) -> None:
        # A token that is none is assessed as such, if project and keys are known.
        _assess(config, Attempt("check", frozenset()))


def _assess(config: Mapping[str, Any], attempt: Attempt) -> dict[str, Any]:
    event = {
        "token": attempt.token,
        "siteKey": config["siteKey"],
        "expectedAction": ACTION,
        **({"userIpAddress": attempt.ip} if attempt.ip else {}),
        **({"userAgent": attempt.user_agent} if attempt.user_agent else {}),
    }
    url = f"{API}/projects/{quote(config['projectId'], safe='')}/assessments"
    status, answer = ask(url, body={"event": event}, headers={"X-Goog-Api-Key": config["secretKey"]})
    if status != _OK:
        error = answer.get("error")
        said = provider_text(error.get("message")) if isinstance(error, dict) else ""
        raise CaptchaUnavailableError(said or f"status {status}")
    return answer


def _score_of(assessment: Mapping[str, Any]) -> float:
    analysis = assessment.get("riskAnalysis")
    score = analysis.get("score") if isinstance(analysis, dict) else None
    return float(score) if isinstance(score, int | float) and not isinstance(score, bool) else 0.0
