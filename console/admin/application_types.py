"""What the console says about each type of application."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.models.application import ApplicationType


@dataclass(frozen=True, slots=True)
class TypeCard:
    """A type of application as it is offered."""

    type: str
    name: str | Promise
    text: str | Promise
    examples: str
    icon: str


CARDS = (
    TypeCard(
        ApplicationType.TRADITIONAL,
        _("Traditional web"),
        _("Renders its pages on a server, which keeps a secret."),
        "Next.js, Express, Django, Rails, Spring Boot",
        "web",
    ),
    TypeCard(
        ApplicationType.SPA,
        _("Single-page app"),
        _("Runs in the browser and talks to your API."),
        "React, Vue, Angular, Svelte",
        "web_asset",
    ),
    TypeCard(
        ApplicationType.NATIVE,
        _("Native app"),
        _("Runs on a phone, a desktop or a command line."),
        "iOS, Android, Flutter, Electron",
        "smartphone",
    ),
    TypeCard(
        ApplicationType.MACHINE_TO_MACHINE,
        _("Machine-to-machine"),
        _("A service without a user: it gets tokens in its own name."),
        "Backends, jobs, the Management API",
        "dns",
    ),
    TypeCard(
        ApplicationType.SAML,
        _("SAML application"),
        _("A service that signs users in by SAML 2.0, with Gatehouse as its identity provider."),
        "Salesforce, Jira, AWS, Grafana, Moodle",
        "badge",
    ),
)


def find_card(type: str | None) -> TypeCard | None:
    """Return the card of a type that can be created here."""
    return next((card for card in CARDS if card.type == type), None)
