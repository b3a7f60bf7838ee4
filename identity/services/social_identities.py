"""Accounts at social providers that are linked to a user."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from common.actors import Actor
from common.errors import AppError
from connectors.provider_sign_in import ProviderUser
from identity.models import User
from identity.services.last_way_in import assert_way_in_left
from identity.services.users import lock_user, update_user


def identity_of(account: ProviderUser) -> dict[str, Any]:
    """Return a provider's account as it stands in a user's `identities`, under its target."""
    return {"userId": account.id, "details": account.as_wire()}


@transaction.atomic
def link_social_identity(user: User, *, target: str, account: ProviderUser, actor: Actor) -> User:
    """Link an account at a provider that has signed somebody in; publishes `User.Data.Updated`.

    Raises `user.social_account_exists_in_profile` for a user who has another one there,
    `user.identity_already_in_use` for an account of another user, and `entity.not_found`. Linking the same account
    again brings up to date what the provider says of it.
    """
    lock_user(user)
    held = user.identities.get(target)
    if held is not None and held["userId"] != account.id:
        raise AppError("user.social_account_exists_in_profile")
    return update_user(user, actor=actor, identities={**user.identities, target: identity_of(account)})


@transaction.atomic
def replace_social_identity(
    user: User, *, target: str, identity_id: str, details: Mapping[str, Any] | None = None, actor: Actor
) -> bool:
    """Link an account at a provider as a developer says, in the place of any other; return whether there was none.

    Raises `user.identity_already_in_use`, `entity.not_found` and `request.invalid_input`.
    """
    lock_user(user)
    is_new = target not in user.identities
    identity = {"userId": identity_id} | ({"details": dict(details)} if details is not None else {})
    update_user(user, actor=actor, identities={**user.identities, target: identity})
    return is_new


@transaction.atomic
def unlink_social_identity(user: User, *, target: str, actor: Actor) -> User:
    """Remove a linked account with the tokens stored for it; publishes `User.Data.Updated`.

    Raises `user.identity_not_exist`, and for users themselves `user.last_sign_in_method_required` if nothing else would
    sign them in again.
    """
    lock_user(user)
    if target not in user.identities:
        raise AppError("user.identity_not_exist")
    assert_way_in_left(user, actor=actor, without_target=target)
    return update_user(
        user, actor=actor, identities={name: held for name, held in user.identities.items() if name != target}
    )
