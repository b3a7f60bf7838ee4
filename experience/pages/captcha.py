"""The captcha on the pages where a journey begins, and the token that its form sends."""

import json
from typing import NamedTuple

from django.urls import reverse

from common.errors import AppError
from experience.captcha.base import MAX_CAPTCHA
from experience.captcha.provider import find_captcha
from experience.pages.page import Page

#: What the form calls the token.
FIELD = "captcha"


class CaptchaWidget(NamedTuple):
    """What the page's script is told. `source` is the provider's script, `challenge` one of ours, either one empty.

    `has_box`: the user has something to do before the form can be sent.
    """

    type: str
    site_key: str
    source: str
    challenge: str
    renewal: str
    has_box: bool


def captcha_widget(page: Page) -> CaptchaWidget | None:
    """Return the widget of a first page, and let the page's policy admit it; `None` if captchas are off."""
    active = find_captcha() if page.settings.requires_captcha else None
    if active is None:
        return None
    script, public = active.kind.script(active.config), active.public
    for directive, sources in script.admits.items():
        page.admit(directive, *sources)
    challenge = active.kind.challenge(active.config)
    return CaptchaWidget(
        type=active.kind.type,
        site_key=public.get("siteKey", ""),
        source=script.source,
        challenge=json.dumps(challenge) if challenge else "",
        renewal=reverse("captcha-challenge") if challenge else "",
        has_box=public.get("mode") == "checkbox",
    )


def captcha_token(page: Page) -> str | None:
    """Return the token that the form has sent, `None` if captchas are off; raises `session.captcha_required`."""
    if not page.settings.requires_captcha:
        return None
    page.asks_captcha = True
    token = page.request.POST.get(FIELD, "")
    if not token:
        raise AppError("session.captcha_required")
    if len(token) > MAX_CAPTCHA:
        raise AppError("session.captcha_failed")
    return token
