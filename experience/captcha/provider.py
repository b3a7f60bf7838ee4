"""The captcha provider of the tenant, opened. Every first page and every token asks for it, so it is cached."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.crypto import unseal
from experience.captcha import KINDS
from experience.captcha.base import CaptchaKind
from experience.models import CaptchaProvider
from tenants.configuration import cached

SEAL_CONTEXT = "captcha-provider"


@dataclass(frozen=True, slots=True)
class ActiveCaptcha:
    """A kind of captcha with the tenant's configuration of it, secrets and all."""

    kind: CaptchaKind
    config: Mapping[str, Any]

    @property
    def public(self) -> dict[str, Any]:
        """`captchaConfig` on the wire."""
        return {"type": self.kind.type, **self.kind.public(self.config)}


def config_of(row: CaptchaProvider) -> dict[str, Any]:
    """Return everything that is stored of a configuration, in clear."""
    config: dict[str, Any] = json.loads(unseal(row.sealed_config, context=SEAL_CONTEXT))
    return config


def represent_config(row: CaptchaProvider) -> dict[str, Any]:
    """Return a configuration as the tenant has given it."""
    config = config_of(row)
    return {name: value for name, value in config.items() if name in KINDS[config["type"]].shape.members}


def find_captcha() -> ActiveCaptcha | None:
    """Return what verifies the tenant's captchas, whether or not they are switched on; cached."""

    def load() -> ActiveCaptcha | None:
        row = CaptchaProvider.objects.first()
        if row is None:
            return None
        config = config_of(row)
        return ActiveCaptcha(KINDS[config["type"]], config)

    return cached("captcha", "", load)
