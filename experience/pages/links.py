"""What the magic link of a request would do now: for whom, in which journey, and what it says about that."""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from common.errors import AppError
from experience.accounts import find_account
from experience.models import Interaction
from experience.pages.page import Page
from experience.policies import find_verified_token
from experience.records import Identifier
from experience.services.steps import read_records
from identity.services.one_time_tokens import check_one_time_token
from oidc.authorization.magic_link import find_link

Event = Interaction.Event


@dataclass(frozen=True, slots=True)
class LinkOffer:
    """A link that works. `proof` is the verification record once its token has been used in this very journey."""

    identifier: Identifier
    token: str
    event: str
    proof: str = ""

    @property
    def registers(self) -> bool:
        """Whether the link makes an account."""
        return self.event == Event.REGISTER

    @property
    def title(self) -> str:
        if self.registers:
            return gettext("Create your account")
        return gettext("Sign in") if self.event == Event.SIGN_IN else gettext("Reset your password")

    @property
    def lead(self) -> SafeString:
        """Whose account this is about: whoever sent the link may not be its owner."""
        sentences = {
            Event.SIGN_IN: gettext("You are signing in as {identity}. Continue only if this is your address."),
            Event.REGISTER: gettext(
                "You are creating an account for {identity}. Continue only if this is your address."
            ),
            Event.FORGOT_PASSWORD: gettext(
                "You are choosing a new password for {identity}. Continue only if this is your address."
            ),
        }
        return format_html(sentences[Event(self.event)], identity=self.identity)

    @property
    def button(self) -> str:
        if self.registers:
            return gettext("Create account")
        return gettext("Sign in") if self.event == Event.SIGN_IN else gettext("Continue")

    @property
    def identity(self) -> SafeString:
        return format_html("<strong><bdi>{}</bdi></strong>", self.identifier.value)


def read_offer(page: Page) -> LinkOffer:
    """Return what the link offers; nothing is used up.

    Raises `one_time_token.*`, `user.email_already_in_use` if it is for a new account alone and there is one, and
    `user.user_not_exist` if it is for an account that does not exist.
    """
    link = find_link(page.authorization_request)
    if link is None:
        raise AppError("one_time_token.token_not_found")
    identifier = Identifier("email", link.email)
    proof = find_verified_token(read_records(page.interaction)) if page.interaction else None
    if page.interaction and proof and proof.identifier == identifier:
        return LinkOffer(identifier, link.token, page.interaction.event, proof.id)
    only = check_one_time_token(link.token, email=link.email).context.get("interactionEvent")
    is_known = find_account(identifier) is not None
    event = only or (Event.SIGN_IN if is_known else Event.REGISTER)
    if is_known and event == Event.REGISTER:
        raise AppError("user.email_already_in_use")
    if not is_known and event != Event.REGISTER:
        raise AppError("user.user_not_exist")
    return LinkOffer(identifier, link.token, event)
