"""Addresses of a user that messages do not reach: a warning on the user's page, and a button that clears it."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from connectors.address_events import describe_problem
from connectors.factories import find_factory
from console.access import actor_of
from console.admin.display import moment
from console.admin.object_actions import ObjectAction
from identity.models import User
from identity.selectors import list_delivery_problems
from identity.services.delivery_problems import clear_delivery_problem


def describe_delivery_problems(user: User) -> list[dict[str, Any]]:
    """Return the warnings for the user's card."""
    warnings = []
    for channel, problem in list_delivery_problems(user).items():
        what, why = describe_problem(problem.kind, problem.reason)
        factory = find_factory(problem.factory_id)
        warnings.append(
            {
                "address": user.primary_email if channel == "email" else user.primary_phone,
                "what": what,
                "why": why,
                "when": moment(problem.occurred_at),
                "provider": factory.name if factory else problem.factory_id,
            }
        )
    return warnings


def _clear(request: HttpRequest, user: User) -> str:
    for channel in list_delivery_problems(user):
        clear_delivery_problem(user, channel=channel, actor=actor_of(request))
    return str(_("The warning was cleared."))


def _has_problems(user: User) -> bool:
    return bool(list_delivery_problems(user))


CLEAR_DELIVERY_PROBLEMS = ObjectAction(
    "clear-delivery-problems",
    _("Clear delivery warning"),
    _clear,
    icon="mark_email_read",
    is_offered=_has_problems,
)
