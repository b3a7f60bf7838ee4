"""What a user has decided about second factors and passkeys: `logtoConfig` on the wire."""

from typing import Any

from django.db import transaction

from common.actors import Actor
from common.shapes import Flag, Members, validate
from identity.models import User
from identity.services.users import lock_user, update_user

# What is absent has not been decided; a member that is shown anyway has a default.
_MFA = Members(
    {
        "enabled": Flag(),
        "skipped": Flag(default=False),
        "additionalBindingSuggestionSkipped": Flag(),
        "skipMfaOnSignIn": Flag(default=False),
    }
)
_PASSKEY_SIGN_IN = Members({"skipped": Flag(default=False)})
PREFERENCES = Members({"mfa": _MFA, "passkeySignIn": _PASSKEY_SIGN_IN})
_SHOWN = {"mfa": ("enabled", "skipped", "skipMfaOnSignIn"), "passkeySignIn": ("skipped",)}


def factor_preferences(user: User) -> dict[str, Any]:
    """Return what the user has decided, as it stands on the wire."""
    filled = PREFERENCES.fill(user.account_settings)
    return {
        group: {name: filled[group][name] for name in names if name in filled[group]} for group, names in _SHOWN.items()
    }


@transaction.atomic
def update_factor_preferences(user: User, changes: Any, *, actor: Actor) -> User:
    """Merge decisions into the user's, member by member, and publish `User.Data.Updated`.

    Concurrent changes of different members all take effect. Raises `guard.invalid_input` and `entity.not_found`.
    """
    read = validate(PREFERENCES, changes)
    lock_user(user)
    merged = {group: {**user.account_settings.get(group, {}), **values} for group, values in read.items()}
    return update_user(user, account_settings={**user.account_settings, **merged}, actor=actor)
