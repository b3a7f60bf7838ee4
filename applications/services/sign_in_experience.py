"""How an application presents itself to users is set here."""

from typing import Any, TypedDict, Unpack

from django.db import transaction

from applications.models import Application, ApplicationSignInExperience
from common.actors import Actor
from common.appearance import validated_look
from events.history import changed, record


class PresentationChanges(TypedDict, total=False):
    """What can be set; an absent key leaves what is there, JSON objects are replaced whole."""

    color: dict[str, Any]
    branding: dict[str, Any]
    custom_css: str | None
    display_name: str | None
    terms_of_use_url: str | None
    privacy_policy_url: str | None


@transaction.atomic
def set_application_sign_in_experience(
    application: Application, *, actor: Actor, **changes: Unpack[PresentationChanges]
) -> tuple[ApplicationSignInExperience, bool]:
    """Set how an application presents itself; returns the whole and whether it is its first.

    Raises `guard.invalid_input`.
    """
    # One at a time: two first ones at once would both be made.
    Application.objects.select_for_update(no_key=True).get(id=application.id)
    presentation = ApplicationSignInExperience.objects.filter(application=application).first()
    is_first = presentation is None
    if presentation is None:
        presentation = ApplicationSignInExperience(application=application)
    checked: PresentationChanges = validated_look(changes)
    before, after = changed(presentation, checked)
    for field, value in checked.items():
        setattr(presentation, field, value)
    presentation.save()
    record("Application.SignInExperience.Updated", actor=actor, subject=application, before=before, after=after)
    return presentation, is_first
