"""`/mfa-verification`: proving a second factor, whichever the user has."""

from collections.abc import Callable
from functools import partial

from django.http import Http404, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from experience.code_channels import CODE_CHANNELS
from experience.pages.first_pages import leave
from experience.pages.forms import BackupCodeForm, CodeForm, PageForm, PasskeyForm, add_trust
from experience.pages.memory import recall_code
from experience.pages.outcomes import attempt
from experience.pages.page import Page
from experience.pages.passkey_step import render_passkey
from experience.pages.second_factor_codes import send_second_factor, verify_with
from experience.pages.stage import Stage, verification_page
from experience.pages.step import Action, Link, render_step
from experience.pages.ways import name_of, use_of, verification_ways
from experience.records import CodeChannel
from experience.relying_party import relying_party_of
from experience.services.factor_setup import trust_device
from experience.services.second_factors import (
    check_backup_code,
    check_mfa_code,
    check_totp,
    check_webauthn,
    start_webauthn_verification,
)
from experience.services.steps import steps_together
from experience.services.submission import conclude
from experience.services.trusted_devices import may_trust_devices
from experience.services.verification import Proof, keep_proof
from identity.factor_types import FactorType


@verification_page
def mfa_verification(page: Page, stage: Stage) -> HttpResponse:
    """`/mfa-verification`: the factors that the user has, to choose from."""
    chosen = page.request.POST.get("way", "")
    if page.is_post and chosen in stage.usable:
        return verify_with(page, chosen)
    return render_step(
        page,
        title=gettext("Confirm it is you"),
        form=None,
        lead=gettext("Choose how you will confirm it is you."),
        ways=verification_ways(page, stage.usable, stage.masked),
        template="ways",
    )


@verification_page
def mfa_verification_factor(page: Page, stage: Stage, factor: str) -> HttpResponse:
    """`/mfa-verification/<factor>`: one of them."""
    if factor not in _VIEWS:
        raise Http404
    if factor not in stage.usable:
        return page.redirect("mfa-verification")
    return _VIEWS[factor](page, stage)


def _totp(page: Page, stage: Stage) -> HttpResponse:
    form = _with_trust(page, stage, CodeForm(page.request.POST if page.is_post else None))
    if page.is_post and form.is_valid():
        check = partial(check_totp, stage.interaction, code=form.cleaned_data["code"])
        if response := attempt(page, form, lambda: _enter(page, stage, form, check)):
            return response
    return render_step(
        page,
        title=name_of(FactorType.TOTP),
        form=form,
        lead=use_of(FactorType.TOTP),
        links=_other_ways(page, stage),
    )


def _backup_code(page: Page, stage: Stage) -> HttpResponse:
    form = BackupCodeForm(page.request.POST if page.is_post else None)
    if page.is_post and form.is_valid():
        check = partial(check_backup_code, stage.interaction, code=form.cleaned_data["code"])
        if response := attempt(page, form, lambda: _enter(page, stage, form, check)):
            return response
    return render_step(
        page,
        title=gettext("Enter a backup code"),
        form=form,
        lead=gettext("Use one of the codes that you have saved. Each works once."),
        links=_other_ways(page, stage),
    )


def _sent_code(page: Page, stage: Stage, *, factor: str, channel: CodeChannel) -> HttpResponse:
    sent = recall_code(stage.interaction, channel)
    if sent is None:
        return _unsent_code_page(page, stage, factor, channel)
    is_entered = page.is_post and not page.action
    form = _with_trust(page, stage, CodeForm(page.request.POST) if is_entered else CodeForm.empty())
    if page.is_post and page.action == "resend":
        if response := attempt(page, form, lambda: _send(page, stage, factor, channel, notice="code-sent")):
            return response
    elif is_entered and form.is_valid():
        check = partial(
            check_mfa_code,
            stage.interaction,
            channel=channel,
            verification_id=sent.verification_id,
            code=form.cleaned_data["code"],
        )
        if response := attempt(page, form, lambda: _enter(page, stage, form, check)):
            return response
    return render_step(
        page,
        title=gettext("Check your phone") if channel == "phone" else gettext("Check your email"),
        form=form,
        lead=format_html(gettext("We sent a code to {identity}."), identity=_address(stage, factor)),
        links=_other_ways(page, stage),
        actions=[Action("resend", gettext("Send a new code"), wait=sent.seconds_to_resend)],
    )


def _unsent_code_page(page: Page, stage: Stage, factor: str, channel: CodeChannel) -> HttpResponse:
    form = PageForm.empty()
    if page.is_post and (response := attempt(page, form, lambda: _send(page, stage, factor, channel))):
        return response
    return render_step(
        page,
        title=gettext("Confirm it is you"),
        form=form,
        submit=gettext("Send code"),
        lead=format_html(gettext("We will send a code to {identity}."), identity=_address(stage, factor)),
        links=_other_ways(page, stage),
    )


def _address(stage: Stage, factor: str) -> SafeString:
    return format_html("<strong><bdi>{}</bdi></strong>", stage.masked[factor])


def _send(page: Page, stage: Stage, factor: str, channel: CodeChannel, *, notice: str = "") -> HttpResponse:
    send_second_factor(stage.interaction, channel)
    return page.redirect("mfa-verification-factor", factor, **({"notice": notice} if notice else {}))


def _passkey(page: Page, stage: Stage) -> HttpResponse:
    party = relying_party_of(page.request)
    form = _with_trust(page, stage, PasskeyForm(page.request.POST if page.is_post else None))
    if page.is_post and form.is_valid():
        check = partial(
            check_webauthn,
            stage.interaction,
            verification_id=form.cleaned_data["verification_id"],
            payload=form.cleaned_data["credential"],
            party=party,
        )
        if response := attempt(page, form, lambda: _enter(page, stage, form, check)):
            return response
    return render_passkey(
        page,
        title=gettext("Use your passkey"),
        form=form,
        submit=gettext("Use your passkey"),
        lead=use_of(FactorType.WEBAUTHN),
        challenge=lambda: start_webauthn_verification(stage.interaction, party=party),
        starts_itself=not form.fields.keys() & {"trust"},
        links=_other_ways(page, stage),
    )


_VIEWS: dict[str, Callable[[Page, Stage], HttpResponse]] = {
    FactorType.TOTP.value: _totp,
    FactorType.WEBAUTHN.value: _passkey,
    FactorType.BACKUP_CODE.value: _backup_code,
    **{name: partial(_sent_code, factor=name, channel=channel) for name, channel in CODE_CHANNELS.items()},
}


def _enter(page: Page, stage: Stage, form: PageForm, check: Callable[[], Proof]) -> HttpResponse:
    proof = check()
    with steps_together():
        keep_proof(stage.interaction, proof)
        if form.cleaned_data.get("trust"):
            trust_device(stage.interaction)
        redirect_to = conclude(stage.interaction)
    return leave(page, redirect_to)


def _with_trust(page: Page, stage: Stage, form: PageForm) -> PageForm:
    """Add the box for a trusted device if the tenant and every organization of the user's let them have one."""
    if "trust" not in form.fields and may_trust_devices(stage.user):
        add_trust(form, days=page.settings.trusted_device.days)
    return form


def _other_ways(page: Page, stage: Stage) -> list[Link]:
    if len(stage.usable) < 2:
        return []
    return [Link(gettext("Try another way"), page.url("mfa-verification"))]
