"""Passkeys as a way in: `/sign-in/passkey`, and the offer to have one, `/create-passkey`."""

from functools import partial

from django.http import HttpResponse
from django.utils.translation import gettext

from common.errors import AppError
from experience.models import Interaction
from experience.pages.entering import sign_in_with
from experience.pages.first_pages import first_page, leave
from experience.pages.forms import PageForm, PasskeyForm
from experience.pages.memory import has_agreed, recall
from experience.pages.outcomes import attempt
from experience.pages.page import Page, hosted_page
from experience.pages.passkey_offer import passkey_options
from experience.pages.passkey_step import render_passkey
from experience.pages.stage import Stage, setup_page
from experience.pages.step import Action, Link, ask_agreement
from experience.pages.ways import use_of
from experience.relying_party import relying_party_of
from experience.services.factor_setup import (
    check_new_passkey,
    skip_passkey,
    stage_passkey,
    start_webauthn_registration,
)
from experience.services.passkeys import check_passkey
from experience.services.second_factors import Challenge
from experience.services.steps import steps_together
from experience.services.submission import conclude
from experience.services.verification import Proof, keep_proof
from identity.factor_types import FactorType

Event = Interaction.Event


@hosted_page()
def sign_in_passkey(page: Page) -> HttpResponse:
    """`/sign-in/passkey`: sign in with a passkey, whoever's the browser has.

    It is offered after every identifier alike, and takes every passkey: who has an account, and one of them, is not
    told to who only knows an address.
    """
    if not page.settings.passkey_sign_in.enabled or not page.settings.allows_sign_in:
        return page.redirect("sign-in")
    form = PasskeyForm(page.request.POST if page.is_post else None)
    if not (page.interaction and has_agreed(page.interaction)):
        ask_agreement(page, form, registers=False)
    if form.is_valid() and (response := attempt(page, form, lambda: _sign_in(page, form))):
        return response
    has_identifier = page.interaction and page.interaction.event == Event.SIGN_IN and recall(page.interaction)
    back = page.url("verification-methods") if has_identifier else page.url(first_page(page, Event.SIGN_IN))
    return render_passkey(
        page,
        title=gettext("Sign in with a passkey"),
        form=form,
        submit=gettext("Use your passkey"),
        lead=use_of(FactorType.WEBAUTHN),
        challenge=lambda: Challenge("", passkey_options(page)),
        starts_itself="agreed" not in form.fields,
        links=[Link(gettext("Sign in another way"), back)],
    )


def _sign_in(page: Page, form: PageForm) -> HttpResponse:
    interaction = page.interaction
    if interaction is not None and (interaction.event != Event.SIGN_IN or interaction.user_id is not None):
        interaction = None

    def check(journey: Interaction) -> Proof:
        payload, party = form.cleaned_data["credential"], relying_party_of(page.request)
        try:
            return check_passkey(journey, verification_id=None, payload=payload, party=party)
        except AppError as error:
            # Authenticators keep passkeys that were removed here.
            raise AppError("user.user_not_exist") if error.code == "session.identifier_not_found" else error from None

    return sign_in_with(page, interaction, check)


@setup_page("user.passkey_preferred")
def create_passkey(page: Page, stage: Stage) -> HttpResponse:
    """`/create-passkey`: have a passkey for the next time, or not now."""
    party = relying_party_of(page.request)
    form = PasskeyForm.empty() if page.action else PasskeyForm(page.request.POST if page.is_post else None)
    if page.is_post and page.action == "skip":
        if response := attempt(page, form, lambda: _skip(page, stage)):
            return response
    elif page.is_post and form.is_valid():
        check = partial(
            check_new_passkey,
            stage.interaction,
            verification_id=form.cleaned_data["verification_id"],
            payload=form.cleaned_data["credential"],
            party=party,
        )
        if response := attempt(page, form, lambda: _stage(page, stage, check())):
            return response
    return render_passkey(
        page,
        title=gettext("Create a passkey"),
        form=form,
        submit=gettext("Create a passkey"),
        lead=gettext("Next time, sign in with your fingerprint, face or screen lock instead of a password."),
        challenge=lambda: start_webauthn_registration(stage.interaction, party=party),
        creates=True,
        actions=[Action("skip", gettext("Not now"))],
    )


def _stage(page: Page, stage: Stage, proof: Proof) -> HttpResponse:
    with steps_together():
        keep_proof(stage.interaction, proof)
        stage_passkey(stage.interaction, verification_id=proof.id)
        redirect_to = conclude(stage.interaction)
    return leave(page, redirect_to)


def _skip(page: Page, stage: Stage) -> HttpResponse:
    with steps_together():
        skip_passkey(stage.interaction)
        redirect_to = conclude(stage.interaction)
    return leave(page, redirect_to)
