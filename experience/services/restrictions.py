"""The tenant's sign-in restrictions, held against the journey under way."""

from common.request_context import request_origin
from experience.adaptive.signals import read_signals
from experience.models import Interaction
from experience.restrictions import SignInRestrictedError
from experience.services.settings import get_sign_in_experience
from experience.staged_profile import PROFILE_NAMES
from identity.models import User
from tenants.context import current_tenant_id
from tenants.hosts import ADMIN_TENANT


def assert_sign_in_unrestricted(interaction: Interaction, user: User | None, *, is_last: bool = False) -> None:
    """Raise `session.sign_in_restricted` for whom the tenant lets nobody sign in as, or from where.

    By the request that asks, whose address and country may be others than those of the journey's beginning. An account
    without an email address may still get one in the journey, so that it is `is_last` that decides about it. No
    statement. Developers can always sign in: nobody could undo a mistake otherwise.
    """
    if current_tenant_id() == ADMIN_TENANT:
        return
    try:
        _assert_unrestricted(interaction, user, is_last=is_last)
    except SignInRestrictedError as error:
        error.user_id = user.id if user else None
        raise


def _assert_unrestricted(interaction: Interaction, user: User | None, *, is_last: bool) -> None:
    restrictions = get_sign_in_experience().restrictions
    country = read_signals().get("country") if restrictions.is_about_places else None
    restrictions.assert_place_allowed(ip=request_origin().ip, country=country)
    email = (user.primary_email if user else None) or interaction.profile.get(PROFILE_NAMES["email"])
    if email:
        restrictions.assert_email_allowed(email)
    elif is_last:
        restrictions.assert_email_not_needed()
