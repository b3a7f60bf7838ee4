"""Social connectors that are gone leave the sign-in page."""

from connectors.selectors import list_social_targets
from events.history import Event, Subject, record
from experience.models import SignInExperience


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
