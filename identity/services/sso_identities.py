"""A user's accounts at the identity providers of enterprises."""

from typing import Any

from django.db import transaction

from common.actors import Actor
from common.constraints import constraint_errors
from connectors.provider_sign_in import ProviderUser
from identity.models import SsoIdentity, User
from identity.selectors import find_user_by_identifier, get_sso_identity
from identity.services.last_way_in import assert_way_in_left
from identity.services.users import announce_user, lock_user, update_user

_CHANGED = ("ssoIdentities",)


@transaction.atomic
def link_sso_identity(
    user: User, *, connector_id: str, issuer: str, account: ProviderUser, actor: Actor
) -> SsoIdentity:
    """Link an account of an enterprise's identity provider; publishes `User.Data.Updated`.

    Raises `user.identity_already_in_use` for an account of another user, and `entity.not_found`.
    """
    lock_user(user)
    with constraint_errors(sso_identity="user.identity_already_in_use"):
        identity = SsoIdentity.objects.create(
            user=user,
            connector_id=connector_id,
            issuer=issuer,
            identity_id=account.id,
            detail=account.as_wire(),
        )
    announce_user("User.Data.Updated", user, actor, changed=_CHANGED)
    return identity


@transaction.atomic
def sync_sso_identity(identity: SsoIdentity, *, account: ProviderUser, actor: Actor, follows_email: bool) -> None:
    """Keep what the identity provider says of its user now; publishes `User.Data.Updated` if that is news.

    With `follows_email` a user whose address was that of the account before gets the account's new one, unless another
    user has it.
    """
    said = account.as_wire()
    if said == identity.detail:
        return
    before = identity.detail.get("email")
    identity.detail = said
    identity.save(update_fields=["detail", "updated_at"])
    user = identity.user
    lock_user(user)
    if follows_email and account.email and _is_moved(user, before, account.email):
        update_user(user, actor=actor, primary_email=account.email)
    else:
        announce_user("User.Data.Updated", user, actor, changed=_CHANGED)


def _is_moved(user: User, before: Any, email: str) -> bool:
    """Whether the user has had the account's address, and nobody has its new one."""
    if not before or (user.primary_email or "").lower() != str(before).lower():
        return False
    return email.lower() != str(before).lower() and find_user_by_identifier("email", email) is None


@transaction.atomic
def unlink_sso_identity(user: User, *, connector_id: str, actor: Actor) -> None:
    """Remove a user's account at an enterprise's identity provider, with the tokens stored for it.

    Raises `user.enterprise_sso_identity_not_exists`, and for users themselves `user.last_sign_in_method_required`.
    """
    lock_user(user)
    identity = get_sso_identity(user, connector_id)
    assert_way_in_left(user, actor=actor, without_connector=connector_id)
    identity.delete()
    announce_user("User.Data.Updated", user, actor, changed=_CHANGED)
