"""On to the page of a second factor; one whose code has to be sent first gets it on the way there."""

from contextlib import suppress

from django.http import HttpResponse

from common.errors import AppError
from experience.code_channels import CODE_CHANNELS
from experience.models import Interaction
from experience.pages.memory import recall_code, remember_code
from experience.pages.page import Page
from experience.records import CodeChannel
from experience.selectors import find_interaction
from experience.services.second_factors import send_mfa_code


def verify_with(page: Page, factor: str) -> HttpResponse:
    """Go on to a factor's page.

    A code is sent if a form has led here, and none was just now: opening an address sends nothing, whoever opens it.
    If it cannot be sent, the page says why to who asks there again.
    """
    channel = CODE_CHANNELS.get(factor)
    if not page.is_post or channel is None:
        return page.redirect("mfa-verification-factor", factor)
    if interaction := page.interaction or find_interaction(page.authorization_request):
        sent = recall_code(interaction, channel)
        if sent is None or not sent.seconds_to_resend:
            with suppress(AppError):
                send_second_factor(interaction, channel)
    return page.redirect("mfa-verification-factor", factor)


def send_second_factor(interaction: Interaction, channel: CodeChannel) -> None:
    """Send a code to the user's own address or number. Raises as `send_mfa_code`."""
    remember_code(interaction, channel, send_mfa_code(interaction, channel=channel))
