"""`/mfa-binding/BackupCode`: codes for the day on which the other factors are lost, shown once."""

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.utils.translation import gettext

from experience.pages.first_pages import leave
from experience.pages.forms import PageForm
from experience.pages.outcomes import attempt
from experience.pages.page import Page
from experience.pages.stage import Stage, setup_page
from experience.pages.step import render_step
from experience.records import RecordType
from experience.relying_party import relying_party_of
from experience.services.factor_setup import new_backup_codes, stage_factor
from experience.services.steps import read_records, steps_together
from experience.services.submission import conclude
from identity.factor_types import FactorType
from identity.factors.webauthn.service import passkey_user_name


@setup_page("session.mfa.backup_code_required")
def backup_codes(page: Page, stage: Stage) -> HttpResponse:
    """Show codes, once; then the user says that they are kept.

    They are in the answer to a form alone. Every form names the codes that there were when it was drawn: one that is
    sent again, as by reloading, makes no others, so codes that have been written down meanwhile stay good.
    """
    made, form = _made_codes(stage), PageForm.empty()
    is_current = page.is_post and page.request.POST.get("made", "") == made
    response = None
    if is_current and page.action == "show":
        response = attempt(page, form, lambda: _show(page, stage, form))
    elif is_current and page.action == "saved" and made:
        response = attempt(page, form, lambda: _keep(page, stage, made))
    if response:
        return response
    if made:
        lead = gettext("Your codes were shown once. If you have not saved them, get new ones.")
    else:
        lead = gettext("If you lose your other ways to confirm it is you, these codes let you in. Each works once.")
    return _draw(page, form, lead, made=made)


def _made_codes(stage: Stage) -> str:
    """Return the id of the codes that this journey has shown, empty if there are none."""
    own = [record for record in read_records(stage.interaction) if record.user_id == stage.user.id]
    made = [record.id for record in own if record.type == RecordType.BACKUP_CODE and record.is_binding]
    return made[-1] if made else ""


def _show(page: Page, stage: Stage, form: PageForm) -> HttpResponse:
    made = new_backup_codes(stage.interaction)
    # The file says what it is for: people have several.
    text = "\n".join([relying_party_of(page.request).rp_id, passkey_user_name(stage.user), "", *made.codes, ""])
    return _draw(
        page,
        form,
        gettext("Keep them in a safe place. They are shown only now, and each works once."),
        made=made.verification_id,
        codes=made.codes,
        file=f"data:text/plain;charset=utf-8,{quote(text)}",
    )


def _keep(page: Page, stage: Stage, made: str) -> HttpResponse:
    with steps_together():
        stage_factor(stage.interaction, factor=FactorType.BACKUP_CODE, verification_id=made)
        redirect_to = conclude(stage.interaction)
    return leave(page, redirect_to)


def _draw(page: Page, form: PageForm, lead: str, *, made: str, **more: Any) -> HttpResponse:
    return render_step(
        page,
        title=gettext("Save your backup codes"),
        form=form,
        submit=gettext("I have saved the codes") if made else gettext("Show codes"),
        lead=lead,
        template="backup_codes",
        made=made,
        **more,
    )
