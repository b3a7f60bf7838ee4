"""Signing in at once with what has just been proved."""

from collections.abc import Callable

from django.http import HttpResponse

from experience.models import Interaction
from experience.pages.first_pages import leave
from experience.pages.page import Page
from experience.services.captcha import verify_captcha
from experience.services.identification import identify
from experience.services.interaction import new_interaction, start_interaction
from experience.services.steps import steps_together
from experience.services.submission import submit
from experience.services.verification import Proof, keep_proof


def sign_in_with(
    page: Page,
    interaction: Interaction | None,
    check: Callable[[Interaction], Proof],
    *,
    captcha_token: str | None = None,
) -> HttpResponse:
    """Sign in with the proof that `check` returns; the journey begins with it, where none is under way."""
    asked = page.authorization_request
    if captcha_token is not None:
        verify_captcha(captcha_token, pending=asked)
    proof = check(interaction or new_interaction(asked, event=Interaction.Event.SIGN_IN))
    with steps_together():
        interaction = interaction or start_interaction(
            asked, event=Interaction.Event.SIGN_IN, is_captcha_verified=captcha_token is not None
        )
        keep_proof(interaction, proof)
        identify(interaction, verification_id=proof.id)
        redirect_to = submit(interaction)
    return leave(page, redirect_to)
