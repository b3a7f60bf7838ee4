"""The buttons that lead to providers: on first pages those of the tenant's social connectors, in its order."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext

from connectors.enterprise.provider import SsoConnection
from connectors.factories import Platform
from connectors.selectors import SocialConnection
from experience.pages.logos import Logo, logo_of
from experience.pages.page import Page
from experience.public_connectors import list_social_buttons

#: What a form calls the button that was pressed.
FIELD = "connector"
# So many are seen at once.
_FIRST = 3


class ProviderButton(NamedTuple):
    """A way to a provider: the id of its connector, and what is on the button."""

    id: str
    label: str
    logo: Logo


class ProviderButtons(NamedTuple):
    """The buttons of a page: those that are seen at once, and those behind “More options”."""

    first: Sequence[ProviderButton]
    more: Sequence[ProviderButton] = ()


def list_web_connections(page: Page) -> list[SocialConnection]:
    """Return the social connectors that a browser can use, one for each provider, in the tenant's order.

    One for websites is better than one for everything; one for native apps needs the app.
    """
    chosen: dict[str, SocialConnection] = {}
    for connection in list_social_buttons(page.settings):
        platform = connection.factory.platform
        if platform == Platform.WEB or (platform == Platform.UNIVERSAL and connection.target not in chosen):
            chosen[connection.target] = connection
    return list(chosen.values())


def social_buttons(page: Page) -> ProviderButtons | None:
    """Return the social buttons of a first page, `None` if the tenant has none. No statement."""
    buttons = [_social_button(page, connection) for connection in list_web_connections(page)]
    return _drawn(page, ProviderButtons(buttons[:_FIRST], buttons[_FIRST:])) if buttons else None


def sso_buttons(page: Page, connections: Sequence[SsoConnection]) -> ProviderButtons:
    """Return the buttons of enterprises to choose from, all seen at once."""
    return _drawn(page, ProviderButtons([_sso_button(connection) for connection in connections]))


def pressed_button(page: Page) -> str:
    """Return the id of the connector whose button has sent the form, empty for any other button."""
    return page.request.POST.get(FIELD, "") if page.is_post else ""


def name_of_provider(page: Page, connection: SocialConnection) -> str:
    """Return what a social provider is called in the page's language."""
    names = connection.metadata.get("name") or {}
    return names.get(page.language) or names.get("en") or connection.factory.name


def _social_button(page: Page, connection: SocialConnection) -> ProviderButton:
    said, factory = connection.metadata, connection.factory
    logo = logo_of(
        said.get("logo") or factory.logo, said.get("logoDark") or ("" if said.get("logo") else factory.logo_dark)
    )
    return ProviderButton(connection.id, _label(name_of_provider(page, connection)), logo)


def _sso_button(connection: SsoConnection) -> ProviderButton:
    own, provider = connection.branding, connection.provider
    logo = logo_of(
        own.get("logo") or provider.logo, own.get("darkLogo") or ("" if own.get("logo") else provider.logo_dark)
    )
    return ProviderButton(connection.id, _label(connection.display_name), logo)


def _label(name: str) -> str:
    return gettext("Continue with %(provider)s") % {"provider": name}


def _drawn(page: Page, buttons: ProviderButtons) -> ProviderButtons:
    """Let the page's policy admit the logos."""
    origins = {origin for button in (*buttons.first, *buttons.more) for origin in button.logo.origins}
    page.admit("img-src", *sorted(origins))
    return buttons
