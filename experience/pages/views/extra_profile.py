"""`/continue/extra-profile`: what else the tenant wants to know of a new user."""

from django.http import HttpResponse
from django.utils.translation import gettext

from experience.models import Interaction
from experience.pages.extra_profile_form import ExtraProfileForm
from experience.pages.first_pages import restart
from experience.pages.outcomes import attempt, finish
from experience.pages.page import Page, hosted_page
from experience.pages.step import render_step
from experience.profile_fields.answers import find_held_answers
from experience.services.extra_profile import list_asked_fields, stage_extra_profile


@hosted_page()
def extra_profile(page: Page) -> HttpResponse:
    """The fields in their order, filled in with what is known already."""
    interaction, fields = page.interaction, list_asked_fields()
    if interaction is None or interaction.event != Interaction.Event.REGISTER or not fields:
        return restart(page)
    held = find_held_answers(interaction.user, interaction.profile)
    form = ExtraProfileForm(page.request.POST if page.is_post else None, fields=fields, held=held)

    def save() -> HttpResponse:
        stage_extra_profile(interaction, form.values())
        return finish(page, interaction)

    if page.is_post and form.is_valid() and (response := attempt(page, form, save)):
        return response
    return render_step(
        page,
        title=gettext("Complete your profile"),
        form=form,
        lead=gettext("One more step to finish."),
        template="extra_profile",
    )
