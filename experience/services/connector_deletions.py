"""What the deletion of a connector means to the sign-in settings."""

from common.errors import AppError
from connectors.selectors import has_connector, list_social_targets
from events.history import Event, Subject, record
from experience.models import SignInExperience
from experience.services.settings import get_sign_in_experience
from experience.settings_rules import channels_of_forgot_password


def drop_target_of_deleted_connector(event: Event) -> None:
    """Take the target of a connector that is being deleted off the sign-in page, if no other connector has it."""
    target = event.data.get("target")
    if not target or event.subject is None or target in list_social_targets(without=event.subject.id):
        return
    row = SignInExperience.objects.select_for_update().first()
    if row is None or target not in row.social_sign_in_connector_targets:
        return
    before = row.social_sign_in_connector_targets
    row.social_sign_in_connector_targets = [held for held in before if held != target]
    row.save(update_fields=["social_sign_in_connector_targets"])
    record(
        "SignInExperience.Updated",
        actor=event.actor,
        subject=Subject("SignInExperience", str(row.pk)),
        before={"socialSignInConnectorTargets": before},
        after={"socialSignInConnectorTargets": row.social_sign_in_connector_targets},
    )


def keep_connector_for_expired_passwords(event: Event) -> None:
    """Refuse to delete the last connector by which users whose password has expired can choose a new one.

    Raises `sign_in_experiences.password_expiration_requires_forgot_password`. A connector that takes the place of
    another one carries the same messages.
    """
    channel, settings = event.data.get("channel"), get_sign_in_experience().wire
    if not channel or event.data.get("isReplaced") or not settings["passwordExpiration"].get("enabled"):
        return
    channels = channels_of_forgot_password(settings)
    if channel in channels and not any(has_connector(other) for other in channels if other != channel):
        raise AppError("sign_in_experiences.password_expiration_requires_forgot_password")
