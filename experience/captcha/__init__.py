"""Captchas: one file a kind, and the table of them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from common.shapes import Choice, Members, validate
from experience.captcha.base import CaptchaKind
from experience.captcha.proof_of_work import ProofOfWork
from experience.captcha.recaptcha_enterprise import RecaptchaEnterprise
from experience.captcha.turnstile import Turnstile

KINDS: Mapping[str, CaptchaKind] = MappingProxyType(
    {kind.type: kind for kind in (ProofOfWork(), Turnstile(), RecaptchaEnterprise())}
)

_TYPE = Members({"type": Choice(choices=tuple(KINDS), required=True)})


def validated(config: Any) -> dict[str, Any]:
    """Return a configuration of any kind as its shape has it; raises `guard.invalid_input` with paths of the wire."""
    kind = KINDS[validate(_TYPE, config, path="config")["type"]]
    checked: dict[str, Any] = validate(kind.shape, config, path="config")
    return checked
