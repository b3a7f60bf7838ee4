"""Whoever has signed in at a provider: into the account that is theirs, to one that could be, or to a new one."""

from django.http import HttpResponse
from django.utils.translation import gettext

from common.errors import AppError
from experience.models import Interaction
from experience.pages.first_pages import first_page, leave
from experience.pages.memory import has_agreed
from experience.pages.outcomes import page_after
from experience.pages.page import Page
from experience.pages.provider_problems import refuse
from experience.pages.step import asks_agreement
from experience.provider_accounts import ProviderAccount, connector_of
from experience.records import VerificationRecord
from experience.services.identification import identify
from experience.services.interaction import change_event
from experience.services.steps import get_record, read_records, steps_together
from experience.services.submission import submit

Event = Interaction.Event


def find_proof(interaction: Interaction, connector_id: str) -> VerificationRecord | None:
    """Return the finished sign-in at a connector in a journey; `None` if there is none."""
    for record in read_records(interaction):
        account = ProviderAccount.find(record)
        if account is not None and account.connector_id == connector_id:
            return record
    return None


def enter(page: Page, interaction: Interaction, verification_id: str, *, links: bool = False) -> HttpResponse:
    """Sign in with the proof of a provider, or register; with `links` the account of the same address is linked.

    Whoever has to agree to the terms and came by a way without a box for them is asked first.
    """
    if interaction.event == Event.REGISTER:
        return register(page, interaction, verification_id)
    if asks_agreement(page, registers=False) and not has_agreed(interaction):
        return page.redirect("social-register", _connector_id(interaction, verification_id))
    try:
        with steps_together():
            identify(interaction, verification_id=verification_id, links_related_user=links)
            redirect_to = submit(interaction)
    except AppError as error:
        return _answer(page, interaction, verification_id, error)
    return leave(page, redirect_to)


def register(page: Page, interaction: Interaction, verification_id: str) -> HttpResponse:
    """Make an account for whom the provider vouches, once they have agreed to the terms if they must."""
    if not page.settings.allows_register:
        return _nobody(page)
    if asks_agreement(page, registers=True) and not has_agreed(interaction):
        return page.redirect("social-register", _connector_id(interaction, verification_id))
    try:
        with steps_together():
            change_event(interaction, event=Event.REGISTER)
            identify(interaction, verification_id=verification_id)
            redirect_to = submit(interaction)
    except AppError as error:
        return page_after(page, error) or refuse(page, error)
    return leave(page, redirect_to)


def _answer(page: Page, interaction: Interaction, verification_id: str, error: AppError) -> HttpResponse:
    """Return the page that follows if the proof has not signed its user in."""
    match error.code:
        case "user.identity_not_exist" if error.data and error.data.get("relatedUser"):
            if page.settings.wire["socialSignIn"].get("automaticAccountLinking"):
                return enter(page, interaction, verification_id, links=True)
            return page.redirect("social-link", _connector_id(interaction, verification_id))
        case "user.social_account_exists_in_profile":
            # The account of the address has another one of the provider: it stays, and this may get an own account.
            return page.redirect("social-link", _connector_id(interaction, verification_id))
        case "user.identity_not_exist" | "user.sso_identity_not_exist":
            return register(page, interaction, verification_id)
    return page_after(page, error) or refuse(page, error)


def _connector_id(interaction: Interaction, verification_id: str) -> str:
    return connector_of(get_record(interaction, verification_id))


def _nobody(page: Page) -> HttpResponse:
    return page.render(
        "message",
        {
            "title": gettext("No account found"),
            "message": gettext(
                "The account that you signed in with is not known here, and new accounts cannot be created."
            ),
            "link": page.url(first_page(page, Event.SIGN_IN)),
            "label": gettext("Sign in another way"),
        },
    )
