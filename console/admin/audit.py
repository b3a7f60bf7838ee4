"""What developers do, in the tenant's own audit log."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from applications.models import Application
from console.access import actor_of
from events.services.audit import record_event
from identity.models import User


def record_developer_action(request: HttpRequest, action: str, entity: Model, **details: Any) -> None:
    """Write `Console.<action>`: who did it, and to what. Users and applications are found by their own filters too."""
    record_event(
        f"Console.{action}",
        user_id=entity.pk if isinstance(entity, User) else None,
        application_id=entity.pk if isinstance(entity, Application) else None,
        entity=entity._meta.model_name,
        entityId=str(entity.pk),
        developerId=actor_of(request).id,
        **details,
    )
