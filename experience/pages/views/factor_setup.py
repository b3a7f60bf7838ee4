"""`/mfa-onboarding`, `/mfa-binding`: setting up a second factor, where the tenant's policy asks for one."""

from collections.abc import Callable
from functools import partial

from django.http import Http404, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext

from common.errors import AppError
from experience.code_channels import CODE_CHANNELS
from experience.models import Interaction
from experience.pages.first_pages import leave
from experience.pages.forms import CodeForm, IdentifierForm, PageForm, PasskeyForm
from experience.pages.identifier_input import shown_identifier
from experience.pages.memory import Memory, recall, remember
from experience.pages.outcomes import attempt
from experience.pages.page import Page
from experience.pages.passkey_step import render_passkey
from experience.pages.stage import Stage, setup_page
from experience.pages.step import Action, Link, browser_region, render_step
from experience.pages.ways import setup_of, setup_ways
from experience.records import CODE_RECORDS, CodeChannel
from experience.relying_party import relying_party_of
from experience.services.factor_setup import (
    accept_mfa,
    check_new_passkey,
    check_new_totp,
    new_totp_secret,
    pending_totp_secret,
    skip_mfa,
    skip_suggestion,
    stage_factor,
    start_webauthn_registration,
)
from experience.services.steps import steps_together
from experience.services.submission import conclude
from experience.services.verification import Proof, check_code, keep_proof, send_code
from identity.factor_types import FactorType

_SUGGESTION = "user.suggest_mfa"
_PROMPTS = ("user.missing_mfa", "session.mfa.suggest_additional_mfa")


@setup_page(_SUGGESTION)
def mfa_onboarding(page: Page, stage: Stage) -> HttpResponse:
    """`/mfa-onboarding`: what two-step sign-in is; the user wants it, or does without."""
    form = PageForm.empty()
    if page.is_post:
        choose = skip_mfa if page.action == "skip" else accept_mfa
        if response := attempt(page, form, lambda: _go_on(page, stage, choose)):
            return response
    return render_step(
        page,
        title=gettext("Set up two-step sign-in"),
        form=form,
        submit=gettext("Set up"),
        lead=gettext("A second step keeps others out of your account, even if they know your password."),
        actions=[Action("skip", gettext("Skip for now"))],
    )


@setup_page(*_PROMPTS)
def mfa_binding(page: Page, stage: Stage) -> HttpResponse:
    """`/mfa-binding`: the factors that can be set up; a single one has its own page."""
    form = PageForm.empty()
    if response := _skipped(page, stage, form):
        return response
    if len(stage.addable) == 1:
        return page.redirect("mfa-binding-factor", stage.addable[0])
    if stage.is_suggestion:
        title = gettext("Add another way to confirm it is you")
        lead = gettext("If you lose one, you can still sign in with the other.")
    else:
        title = gettext("Set up two-step sign-in")
        lead = gettext("Choose how you will confirm it is you.")
    return render_step(
        page,
        title=title,
        form=form,
        lead=lead,
        ways=setup_ways(page, stage.addable),
        actions=_actions(stage),
        template="ways",
    )


@setup_page(*_PROMPTS)
def mfa_binding_factor(page: Page, stage: Stage, factor: str) -> HttpResponse:
    """`/mfa-binding/<factor>`: set one of them up, but backup codes: see `backup_codes`."""
    if factor not in _VIEWS:
        raise Http404
    if factor not in stage.addable:
        return page.redirect("mfa-binding")
    form = PageForm.empty()
    return _skipped(page, stage, form) or _VIEWS[factor](page, stage)


def _totp(page: Page, stage: Stage) -> HttpResponse:
    host = relying_party_of(page.request).rp_id
    setup = pending_totp_secret(stage.interaction, issuer=host) or new_totp_secret(stage.interaction, issuer=host)
    form = CodeForm(page.request.POST if page.is_post and not page.action else None)
    if form.is_valid():
        check = partial(
            check_new_totp,
            stage.interaction,
            verification_id=setup.verification_id,
            code=form.cleaned_data["code"],
        )
        if response := attempt(page, form, lambda: _bind(page, stage, FactorType.TOTP, check)):
            return response
    return render_step(
        page,
        title=gettext("Set up your authenticator app"),
        form=form,
        lead=gettext("Scan the QR code with the app, then enter the six digits that it shows."),
        links=_other_ways(page, stage),
        actions=_actions(stage),
        template="totp",
        setup=setup,
        secret=" ".join(setup.secret[start : start + 4] for start in range(0, len(setup.secret), 4)),
    )


def _passkey(page: Page, stage: Stage) -> HttpResponse:
    party = relying_party_of(page.request)
    form = PasskeyForm(page.request.POST if page.is_post and not page.action else None)
    if form.is_valid():
        check = partial(
            check_new_passkey,
            stage.interaction,
            verification_id=form.cleaned_data["verification_id"],
            payload=form.cleaned_data["credential"],
            party=party,
        )
        if response := attempt(page, form, lambda: _bind(page, stage, FactorType.WEBAUTHN, check)):
            return response
    return render_passkey(
        page,
        title=gettext("Create a passkey"),
        form=form,
        submit=gettext("Create a passkey"),
        lead=setup_of(FactorType.WEBAUTHN),
        challenge=lambda: start_webauthn_registration(stage.interaction, party=party),
        creates=True,
        links=_other_ways(page, stage),
        actions=_actions(stage),
    )


def _address(page: Page, stage: Stage, *, factor: str, channel: CodeChannel) -> HttpResponse:
    """An address or a number, then the code that was sent to it."""
    memory = _code_sent_to(stage, channel)
    if memory is not None and page.action != "change" and "identifier" not in page.request.POST:
        return _address_code(page, stage, factor, memory)
    data = page.request.POST if page.is_post and not page.action else None
    form = IdentifierForm(data, kinds=(channel,), region=browser_region(page))
    if form.is_valid():

        def send() -> HttpResponse:
            identifier = form.identifier
            verification_id = send_code(stage.interaction, identifier=identifier, event=stage.interaction.event)
            remember(stage.interaction, identifier, verification_id=verification_id)
            return page.redirect("mfa-binding-factor", factor)

        if response := attempt(page, form, send):
            return response
    return render_step(
        page,
        title=gettext("Add your phone number") if channel == "phone" else gettext("Add your email address"),
        form=form,
        submit=gettext("Send code"),
        lead=setup_of(factor),
        links=_other_ways(page, stage),
        actions=_actions(stage),
    )


def _code_sent_to(stage: Stage, channel: CodeChannel) -> Memory | None:
    """Return what is known of the code that waits to be entered here."""
    memory = recall(stage.interaction)
    waiting = {
        stored["id"]
        for stored in stage.interaction.records
        if stored["type"] == CODE_RECORDS[channel] and not stored["verified"]
    }
    return memory if memory and memory.verification_id in waiting else None


def _address_code(page: Page, stage: Stage, factor: str, memory: Memory) -> HttpResponse:
    form = CodeForm(page.request.POST) if page.is_post and not page.action else CodeForm.empty()
    if page.is_post and page.action == "resend":
        if response := attempt(page, form, lambda: _resend(page, stage, factor, memory)):
            return response
    elif page.is_post and form.is_valid():
        check = partial(
            check_code,
            stage.interaction,
            identifier=memory.identifier,
            verification_id=memory.verification_id,
            code=form.cleaned_data["code"],
        )
        if response := attempt(page, form, lambda: _bind_address(page, stage, factor, check)):
            return response
    address = format_html("<strong><bdi>{}</bdi></strong>", shown_identifier(memory.identifier))
    return render_step(
        page,
        title=gettext("Check your phone") if memory.identifier.kind == "phone" else gettext("Check your email"),
        form=form,
        lead=format_html(gettext("We sent a code to {identity}."), identity=address),
        links=_other_ways(page, stage),
        actions=[
            Action("resend", gettext("Send a new code"), wait=memory.seconds_to_resend),
            Action("change", gettext("Use another one")),
            *_actions(stage),
        ],
    )


def _resend(page: Page, stage: Stage, factor: str, memory: Memory) -> HttpResponse:
    interaction = stage.interaction
    verification_id = send_code(interaction, identifier=memory.identifier, event=interaction.event)
    remember(interaction, memory.identifier, verification_id=verification_id)
    return page.redirect("mfa-binding-factor", factor, notice="code-sent")


_VIEWS: dict[str, Callable[[Page, Stage], HttpResponse]] = {
    FactorType.TOTP.value: _totp,
    FactorType.WEBAUTHN.value: _passkey,
    **{name: partial(_address, factor=name, channel=channel) for name, channel in CODE_CHANNELS.items()},
}


def _bind(page: Page, stage: Stage, factor: str, check: Callable[[], Proof]) -> HttpResponse:
    proof = check()
    with steps_together():
        keep_proof(stage.interaction, proof)
        stage_factor(stage.interaction, factor=factor, verification_id=proof.id)
        redirect_to = conclude(stage.interaction)
    return leave(page, redirect_to)


def _bind_address(page: Page, stage: Stage, factor: str, check: Callable[[], Proof]) -> HttpResponse:
    try:
        return _bind(page, stage, factor, check)
    except AppError as error:
        if error.code != f"user.{CODE_CHANNELS[factor]}_already_in_use":
            raise
        # Its code is used up: another address is asked for.
        return page.redirect("mfa-binding-factor", factor, notice=error.code)


def _go_on(page: Page, stage: Stage, choose: Callable[[Interaction], None]) -> HttpResponse:
    with steps_together():
        choose(stage.interaction)
        redirect_to = conclude(stage.interaction)
    return leave(page, redirect_to)


def _skipped(page: Page, stage: Stage, form: PageForm) -> HttpResponse | None:
    """Go on without a (further) factor if that is the button that was pressed, and may be."""
    if not page.is_post or page.action != "skip" or not stage.is_skippable:
        return None
    choose = skip_suggestion if stage.is_suggestion else skip_mfa
    return attempt(page, form, lambda: _go_on(page, stage, choose))


def _actions(stage: Stage) -> list[Action]:
    return [Action("skip", gettext("Skip for now"))] if stage.is_skippable else []


def _other_ways(page: Page, stage: Stage) -> list[Link]:
    return [Link(gettext("Try another way"), page.url("mfa-binding"))] if len(stage.addable) > 1 else []
