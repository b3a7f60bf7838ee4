"""Actions at their moment of a sign-in: what the tenant's scripts say, and what is written because of it.

No transaction may be under way where a script runs: it may wait for another service.
"""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from django.db import transaction

from common.actors import SYSTEM, Actor
from common.errors import AppError
from common.sandbox.running import LONGEST_MESSAGE, ScriptBusyError, ScriptError, printable
from events.history import record
from experience.actions.configuration import Action, ActionType, find_action
from experience.actions.events import first_factor_event, sign_in_event
from experience.actions.results import Migration, merged, read_migration, read_sign_in_result
from experience.actions.runner import run_script
from experience.models import Interaction
from experience.records import Identifier
from identity.models import User
from identity.passwords import hash_password, is_too_long
from identity.services.users import create_user, lock_user, set_password, set_password_expired, update_user
from identity.user_fields import UserChanges
from oidc.token.script_context import describe_user
from organizations.services.jit import provision_by_email

_SHORTEST_SECRET = 4


def has_post_first_factor(event: str) -> bool:
    """Whether an Action is asked about wrong passwords in this kind of journey. No statement when warm."""
    return event == Interaction.Event.SIGN_IN and find_action(ActionType.POST_FIRST_FACTOR) is not None


def run_post_first_factor(
    interaction: Interaction, *, identifier: Identifier, user: User | None, password: str
) -> Migration | None:
    """Ask the tenant's Action about a password that is not the account's; `None` if it does not vouch for it either.

    A script that fails vouches for nothing. Raises what `read_migration` does, and `request.rate_limited` (429) where
    it could not run. Nothing is written but the audit log: `apply_migration` is for when the attempt is known to be
    allowed.
    """
    action = find_action(ActionType.POST_FIRST_FACTOR)
    if action is None or is_too_long(password) or (user is not None and user.is_suspended):
        return None
    event = first_factor_event(identifier, user, password)
    run = _Run(ActionType.POST_FIRST_FACTOR, action, interaction, user_id=user.id if user else None, password=password)
    try:
        result = run.result_of(event)
    except ScriptBusyError as error:
        run.record(error)
        # Not as `TooManyRequestsError`, which does not count as an attempt: who keeps the scripts busy could guess on.
        raise _busy() from error
    except ScriptError as error:
        run.record(error)
        return None
    try:
        migration = read_migration(result, identifier=identifier, user=user)
    except AppError as error:
        run.record(error)
        raise
    run.record(outcome=migration.action if migration else None)
    return migration


def apply_migration(interaction: Interaction, migration: Migration, *, user: User | None, password: str) -> User:
    """Make the account, or change the one there is, and give it the password; returns it.

    Raises `user.*_already_in_use`, the codes of `identity.user_fields`, and for an account that has got another
    password since the script was asked `session.invalid_credentials`: what it said is about another state of things.
    """
    hashed = hash_password(password)
    with transaction.atomic():
        if user is None:
            origin = interaction.request.origin_of_user._asdict()
            user = create_user(**migration.changes, hashed_password=hashed, **origin, actor=SYSTEM)
            if user.primary_email:
                provision_by_email(user, actor=Actor.user(user.id))
            return user
        digest = user.password_encrypted
        lock_user(user)
        if user.password_encrypted != digest:
            raise AppError("session.invalid_credentials")
        if user.is_suspended:
            raise AppError("user.suspended")
        must_be_replaced = user.is_password_expired
        if migration.changes:
            update_user(user, actor=SYSTEM, **merged(migration.changes, user))
        set_password(user, hashed_password=hashed, actor=SYSTEM)
        if must_be_replaced:
            set_password_expired(user, is_expired=True, actor=SYSTEM)
    return user


def has_post_sign_in(event: str) -> bool:
    """Whether an Action takes part at the end of this kind of journey. No statement when warm."""
    return event == Interaction.Event.SIGN_IN and find_action(ActionType.POST_SIGN_IN) is not None


def run_post_sign_in(interaction: Interaction, user: User) -> UserChanges:
    """Return what the tenant's Action wants changed of a user who has signed in.

    Raises `session.verification_failed` for a result that is none, and if the script fails and errors are to block;
    `request.rate_limited` (429) if it could not run and errors are to block.
    """
    action = find_action(ActionType.POST_SIGN_IN)
    if action is None:
        return {}
    run = _Run(ActionType.POST_SIGN_IN, action, interaction, user_id=user.id)
    try:
        result = run.result_of(sign_in_event(describe_user(user.id)))
    except ScriptError as error:
        run.record(error, isSignInBlocked=action.blocks_on_error)
        if action.blocks_on_error:
            raise _busy() if isinstance(error, ScriptBusyError) else AppError("session.verification_failed") from error
        return {}
    try:
        changes = read_sign_in_result(result)
    except AppError as error:
        run.record(error)
        raise
    run.record(outcome="updateUser" if changes else None)
    return changes


def _busy() -> AppError:
    error = AppError("request.rate_limited")
    error.headers = {"Retry-After": "1"}
    return error


def apply_sign_in_changes(user: User, changes: UserChanges) -> None:
    """Change the user as an Action has answered; objects are merged. Raises as `update_user`."""
    if not changes:
        return
    with transaction.atomic():
        lock_user(user)
        update_user(user, actor=SYSTEM, **merged(changes, user))


class _Run:
    """One run of an Action, and its entry in the audit log, which holds no secret that the script was given."""

    def __init__(
        self, kind: ActionType, action: Action, interaction: Interaction, *, user_id: str | None, password: str = ""
    ) -> None:
        self._kind, self._action, self._interaction, self._user_id = kind, action, interaction, user_id
        values = [value for value in action.environment_variables.values() if len(value) >= _SHORTEST_SECRET]
        spellings = {form for secret in filter(None, (password, *values)) for form in _spellings(secret)}
        self._secrets = sorted(spellings, key=len, reverse=True)
        self._began = time.monotonic()

    def result_of(self, event: Mapping[str, Any]) -> Any:
        """Return what the script makes of the event; raises `ScriptError`."""
        action = self._action
        return run_script(
            action.script,
            event,
            action.environment_variables,
            action.allowed_hosts,
            is_for_anybody=self._kind == ActionType.POST_FIRST_FACTOR,
        ).value

    def record(self, error: ScriptError | AppError | None = None, **details: Any) -> None:
        """Write that it ran, how long it took in milliseconds, and how it ended."""
        told = self._masked(error) if isinstance(error, ScriptError) else error
        record(
            self._kind.log_key,
            user_id=self._user_id,
            application_id=self._interaction.request.client_id,
            error=told,
            interactionId=self._interaction.request_id,
            duration=int((time.monotonic() - self._began) * 1000),
            **{name: value for name, value in details.items() if value is not None},
        )

    def _masked(self, error: ScriptError) -> str:
        name, message = error.name, error.message
        for secret in self._secrets:
            name, message = name.replace(secret, "***"), message.replace(secret, "***")
        if self._secrets and len(error.message) >= LONGEST_MESSAGE:
            # The cut may have left the beginning of one.
            message = message[: max(0, len(message) - len(self._secrets[0]) + 1)]
        return f"{name}: {message}"


def _spellings(secret: str) -> Iterator[str]:
    """Yield a secret as it stands in a message: as it is, in JSON, in an address, and without line breaks."""
    yield secret
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield quote(secret, safe="!'()*", errors="replace")
    yield printable(secret)
