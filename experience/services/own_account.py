"""What signed-in users change about how they sign in, outside of a journey: their password and email address.

Whoever has a password gives it again: a browser left open is not enough to take an account over. Nothing here may run
inside of another transaction, because wrong guesses stay counted whatever happens next.
"""

from django.db import transaction

from common.actors import Actor
from common.errors import AppError
from common.networks import network_of
from common.request_context import request_origin
from connectors.messages import TemplateType
from connectors.selectors import has_connector
from experience.policies import assert_address_allowed
from experience.records import Identifier
from experience.services.settings import get_sign_in_experience
from experience.staged_profile import info_for_policy
from identity.models import User
from identity.passwords import assert_password_allowed, hash_password
from identity.selectors import user_info
from identity.services import codes
from identity.services.passwords import assert_not_same_password, verify_user_password
from identity.services.send_limits import Sender
from identity.services.sentinel import SentinelAction, guard
from identity.services.users import set_password, update_user
from oidc.sessions.sessions import end_other_sessions
from tenants.rate_limits import throttle_guesses

_CODE_TYPE = TemplateType.BIND_NEW_IDENTIFIER


def change_own_password(user: User, *, current: str, new: str, session_id: str, actor: Actor) -> User:
    """Replace the user's password, and sign the user out everywhere but in the session with this id.

    A user without a password gets a first one. Raises `session.invalid_credentials` for a wrong current password,
    `session.verification_blocked_too_many_attempts`, `password.rejected` and `user.same_password`.
    """
    assert_own_password(user, current)
    assert_password_allowed(new, get_sign_in_experience().password_policy, info_for_policy(user, {}))
    assert_not_same_password(user, new)
    hashed = hash_password(new)
    with transaction.atomic():
        set_password(user, hashed_password=hashed, actor=actor)
        end_other_sessions(user.id, keeping=session_id)
    return user


def can_change_own_email() -> bool:
    """Whether the tenant can send the code that a new email address is proved with."""
    return has_connector("email")


def send_own_email_code(user: User, *, email: str, current: str) -> None:
    """Send a code to the address that is to become the user's; whose it is now is said to who has the code.

    Raises what `assert_own_password` does, `user.invalid_email`, `session.email_blocklist.*`,
    `request.message_rate_limited` and `connector.not_found` (501).
    """
    assert_own_password(user, current)
    settings = get_sign_in_experience()
    assert_address_allowed(Identifier("email", email), settings)
    codes.send_verification_code(
        channel="email",
        recipient=email,
        template_type=_CODE_TYPE,
        verification_id=user.id,
        policy=settings.codes,
        context={"user": user_info(user), "application": {}, "organization": {}},
        sender=Sender(network_of(request_origin().ip), user.id),
    )


def change_own_email(user: User, *, email: str, code: str, actor: Actor) -> User:
    """Give the user the email address that a code of `send_own_email_code` proves.

    Raises `session.email_blocklist.*`, `verification_code.*`, `session.verification_blocked_too_many_attempts` and
    `user.email_already_in_use`.
    """
    settings = get_sign_in_experience()
    assert_address_allowed(Identifier("email", email), settings)
    with throttle_guesses(), guard(SentinelAction.VERIFICATION_CODE, user.id, settings.sentinel, user=user):
        codes.verify_code(
            channel="email",
            recipient=email,
            template_type=_CODE_TYPE,
            verification_id=user.id,
            code=code,
            policy=settings.codes,
        )
    return update_user(user, primary_email=email, actor=actor)


def assert_own_password(user: User, password: str) -> None:
    """Raise `session.invalid_credentials` unless the password is the user's; one without a password passes.

    Counted as a sign-in is: `session.verification_blocked_too_many_attempts`, and `TooManyRequestsError` by network.
    """
    if not user.has_password:
        return
    with (
        throttle_guesses(),
        guard(SentinelAction.PASSWORD, user.id, get_sign_in_experience().sentinel, user=user),
    ):
        if not verify_user_password(user, password):
            raise AppError("session.invalid_credentials")
