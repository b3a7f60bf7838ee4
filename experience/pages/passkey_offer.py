"""The offer to sign in with a passkey, on the pages that ask who somebody is."""

import json
from typing import Any, NamedTuple

from experience.pages.page import Page
from experience.relying_party import relying_party_of
from experience.services.passkeys import preflight_options


class PasskeyOffer(NamedTuple):
    """What the browser is to ask for, where its answer goes, and how it is offered: by a button, by autofill."""

    options: str
    address: str
    has_button: bool
    autofills: bool


def passkey_offer(page: Page) -> PasskeyOffer | None:
    """Return the offer of a first page, the same for everybody; `None` if the tenant makes none. No statement."""
    offered = page.settings.passkey_sign_in
    if not offered.enabled or not (offered.show_button or offered.allow_autofill):
        return None
    return PasskeyOffer(
        json.dumps(passkey_options(page)), page.url("sign-in-passkey"), offered.show_button, offered.allow_autofill
    )


def passkey_options(page: Page) -> dict[str, Any]:
    """Return what to ask the browser for: any passkey that it has for this host."""
    return preflight_options(page.authorization_request, party=relying_party_of(page.request))
