"""What the consent page says about a client that nobody here has checked."""

from typing import NamedTuple
from urllib.parse import urlsplit

from django.utils.translation import gettext

from applications.registration.metadata import UNNAMED
from oidc.consent.question import Question


class UnverifiedClient(NamedTuple):
    """Such a client: the host that its address names, what it calls itself, and whether it is on the user's device.

    Only the host, empty if there is none, is more than the client's own word.
    """

    host: str
    name: str
    is_on_device: bool

    @property
    def title(self) -> str:
        """The page's title: never under a name that the client chose."""
        if self.host:
            return gettext("Let %(application)s use your account?") % {"application": self.host}
        return gettext("Let an unverified app use your account?")


def unverified_client_of(question: Question) -> UnverifiedClient | None:
    """Return what to say about the client that asks; `None` for one that a developer has registered."""
    client = question.client
    if not client.is_unverified:
        return None
    host = urlsplit(client.id).netloc if client.has_document else ""
    name = "" if client.name == UNNAMED else client.name
    return UnverifiedClient(host, name, not question.redirect_uri.startswith("https:"))
