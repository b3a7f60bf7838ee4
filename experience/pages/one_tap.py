"""Google One Tap on first pages: Google's own prompt, whose credential is posted to the connector's callback."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.urls import reverse

from common.errors import AppError
from experience.pages.first_pages import first_event
from experience.pages.page import Page
from experience.pages.provider_buttons import list_web_connections
from experience.pages.provider_problems import refuse
from experience.pages.provider_users import enter
from experience.services.interaction import start_interaction
from experience.services.social import verify_pushed_credential

#: The target of Google's connector.
GOOGLE = "google"
# What Google's script loads, as its documentation has it.
_SOURCES = {
    "connect-src": "https://accounts.google.com/gsi/",
    "frame-src": "https://accounts.google.com/gsi/",
    "style-src": "https://accounts.google.com/gsi/style",
}


class OneTapOffer(NamedTuple):
    """What Google's script is told. It posts the credential to `address`, with the id of the authorization request."""

    client_id: str
    address: str
    request_id: str
    selects_itself: bool
    closes_outside: bool
    supports_itp: bool


def one_tap_offer(page: Page) -> OneTapOffer | None:
    """Return the prompt of a first page, and let the page's policy admit it; `None` if the tenant has it off."""
    connection = next((each for each in list_web_connections(page) if each.target == GOOGLE), None)
    chosen = connection.config.get("oneTap", {}) if connection else {}
    if connection is None or not chosen.get("isEnabled"):
        return None
    for directive, source in _SOURCES.items():
        page.admit(directive, source)
    pending = page.authorization_request
    return OneTapOffer(
        client_id=connection.config["clientId"],
        address=f"{pending.origin}{reverse('pages:callback', args=[connection.id])}",
        request_id=pending.id,
        selects_itself=chosen.get("autoSelect", False),
        closes_outside=chosen.get("closeOnTapOutside", True),
        supports_itp=chosen.get("itpSupport", True),
    )


def sign_in_with_credential(page: Page, connector_id: str, data: Mapping[str, Any]) -> HttpResponse:
    """Sign in with a credential that came to this browser, in a journey of its own."""
    interaction = start_interaction(page.authorization_request, event=first_event(page))
    try:
        verification_id = verify_pushed_credential(interaction, connector_id=connector_id, data=data)
    except AppError as error:
        return refuse(page, error)
    return enter(page, interaction, verification_id)
