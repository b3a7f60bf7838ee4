"""Nobody locks themselves out: the last way to sign in to an account stays."""

from common.actors import Actor
from common.errors import AppError
from identity.factor_types import FactorType
from identity.models import Factor, SsoIdentity, User


def assert_way_in_left(user: User, *, actor: Actor, without_target: str = "", without_connector: str = "") -> None:
    """Raise `user.last_sign_in_method_required` if users are about to remove what alone signs them in.

    An address or a number counts, as codes and new passwords go there; so does a username with a password, and a
    passkey. A developer may remove what they like. At most 2 statements.
    """
    if actor != Actor.user(user.id):
        return
    has_identifier = bool(user.primary_email or user.primary_phone or (user.username and user.has_password))
    has_social = any(target != without_target for target in user.identities)
    if has_identifier or has_social:
        return
    others = SsoIdentity.objects.filter(user=user).exclude(connector_id=without_connector)
    if not others.exists() and not Factor.objects.filter(user=user, type=FactorType.WEBAUTHN).exists():
        raise AppError("user.last_sign_in_method_required")
