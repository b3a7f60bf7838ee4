"""Hand-written SQL: reads of the token path, and writes that touch many rows at once."""

from datetime import datetime
from typing import Any

from django.db import connection

from tenants.context import current_tenant_id

_ROLE_NAMES = """
SELECT role.name FROM identity_userrole held
JOIN access_role role ON role.tenant_id = held.tenant_id AND role.id = held.role_id
WHERE held.tenant_id = %s AND held.user_id = %s ORDER BY role.name"""

_SCOPE_NAMES = """
SELECT DISTINCT scope.name FROM identity_userrole held
JOIN access_rolescope granted ON granted.tenant_id = held.tenant_id AND granted.role_id = held.role_id
JOIN access_scope scope ON scope.tenant_id = granted.tenant_id AND scope.id = granted.scope_id
WHERE held.tenant_id = %s AND held.user_id = %s AND scope.resource_id = %s ORDER BY scope.name"""

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
