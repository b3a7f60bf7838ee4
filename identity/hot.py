"""Hand-written SQL: reads of the token path, what every sign-in counts and notes, and writes of many rows at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django.db import connection

from tenants.context import current_tenant_id
from tenants.database.statements import fetch_one, write

_ROLE_NAMES = """
SELECT role.name FROM identity_userrole held
JOIN access_role role ON role.tenant_id = held.tenant_id AND role.id = held.role_id
WHERE held.tenant_id = %s AND held.user_id = %s ORDER BY role.name"""

_SCOPE_NAMES = """
SELECT DISTINCT scope.name FROM identity_userrole held
JOIN access_rolescope granted ON granted.tenant_id = held.tenant_id AND granted.role_id = held.role_id
JOIN access_scope scope ON scope.tenant_id = granted.tenant_id AND scope.id = granted.scope_id
WHERE held.tenant_id = %s AND held.user_id = %s AND scope.resource_id = %s ORDER BY scope.name"""

_NOTE_SIGN_IN = """
UPDATE identity_user SET last_sign_in_at = %(moment)s,
  application_id = CASE WHEN cimd_client_id IS NULL THEN coalesce(application_id, %(application)s)
    ELSE application_id END,
  cimd_client_id = CASE WHEN application_id IS NULL THEN coalesce(cimd_client_id, %(cimd_client)s)
    ELSE cimd_client_id END
WHERE tenant_id = %(tenant)s AND id = %(user)s"""

_ATTEMPTS = """
FROM identity_sentinelactivity
  WHERE tenant_id = %(tenant)s AND target_hash = %(target)s AND action = ANY(%(actions)s)"""

_READ_ATTEMPTS = f"""
SELECT (SELECT decision_expires_at {_ATTEMPTS} AND decision = 'Blocked' AND decision_expires_at > %(moment)s
    ORDER BY created_at DESC LIMIT 1),
  (SELECT count(*) {_ATTEMPTS} AND result = 'Failed' AND created_at > %(since)s AND decision <> 'Blocked')"""

_DELETE_ATTEMPTS = (
    "DELETE FROM identity_sentinelactivity WHERE tenant_id = %s AND created_at < %s AND decision_expires_at < %s",
    "DELETE FROM identity_messagesend WHERE tenant_id = %s AND created_at < %s",
    "DELETE FROM identity_verificationcode WHERE tenant_id = %s AND expires_at < %s",
    "DELETE FROM identity_onetimetoken WHERE tenant_id = %s AND expires_at < %s",
)

# One guess: a wrong one is counted, the right one consumes the code, and neither happens once the code is spent.
_GUESS = """
UPDATE identity_verificationcode
SET consumed_at = CASE WHEN code_hash = %s THEN %s END,
    try_count = try_count + CASE WHEN code_hash = %s THEN 0 ELSE 1 END
WHERE tenant_id = %s AND id = %s AND consumed_at IS NULL AND expires_at > %s AND try_count < %s
RETURNING consumed_at IS NOT NULL"""

_DROP_PENDING_CODES = """
DELETE FROM identity_verificationcode
WHERE tenant_id = %s AND template_type = %s AND verification_id = %s AND consumed_at IS NULL
  AND (%s <> '' OR (channel = %s AND recipient = %s))"""


def _column(query: str, *parameters: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query, [current_tenant_id(), *parameters])
        return [row[0] for row in cursor.fetchall()]


def role_names(user_id: str) -> list[str]:
    """Return the names of the user's global roles, in order. One statement."""
    return _column(_ROLE_NAMES, user_id)


def user_scope_names(user_id: str, resource_id: str) -> list[str]:
    """Return the names of the permissions on an API resource that the user's global roles grant. One statement."""
    return _column(_SCOPE_NAMES, user_id, resource_id)


def note_sign_in(user_id: str, *, moment: datetime, application_id: str | None, cimd_client_id: str | None) -> None:
    """Write when a user signed in last, and the first client they ever came through. One statement."""
    parameters = {
        "moment": moment,
        "application": application_id,
        "cimd_client": cimd_client_id,
        "tenant": current_tenant_id(),
        "user": user_id,
    }
    write(_NOTE_SIGN_IN, parameters)


def read_attempts(
    target_hash: str, actions: Sequence[str], *, moment: datetime, since: datetime
) -> tuple[datetime | None, int]:
    """Return until when a lockout is in force, if one is, and how many failures count since then. One statement."""
    parameters = {
        "tenant": current_tenant_id(),
        "target": target_hash,
        "actions": [str(action) for action in actions],
        "moment": moment,
        "since": since,
    }
    return cast(tuple[datetime | None, int], fetch_one(_READ_ATTEMPTS, parameters))


def guess_code(code_id: str, code_hash: str, *, max_tries: int, moment: datetime) -> bool | None:
    """Try a code: `True` consumed it, `False` was counted as wrong, `None` found it spent. One atomic statement."""
    parameters: list[Any] = [code_hash, moment, code_hash, current_tenant_id(), code_id, moment, max_tries]
    with connection.cursor() as cursor:
        cursor.execute(_GUESS, parameters)
        row = cursor.fetchone()
    return None if row is None else bool(row[0])


def drop_pending_codes(*, channel: str, recipient: str, template_type: str, verification_id: str) -> None:
    """Delete the unconsumed codes of one key: the verification record, or the recipient where there is none."""
    parameters = [current_tenant_id(), template_type, verification_id, verification_id, channel, recipient]
    with connection.cursor() as cursor:
        cursor.execute(_DROP_PENDING_CODES, parameters)


def delete_attempts_before(
    *, sentinel: datetime, sends: datetime, codes: datetime, tokens: datetime, moment: datetime
) -> None:
    """Delete the tenant's attempts, message counts, codes and one-time tokens that no decision depends on any more."""
    tenant_id = current_tenant_id()
    bounds: tuple[list[Any], ...] = ([sentinel, moment], [sends], [codes], [tokens])
    with connection.cursor() as cursor:
        for query, parameters in zip(_DELETE_ATTEMPTS, bounds, strict=True):
            cursor.execute(query, [tenant_id, *parameters])
