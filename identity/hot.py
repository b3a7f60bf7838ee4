"""Hand-written SQL: what every sign-in counts and notes, and writes of many rows at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from tenants.context import current_tenant_id
from tenants.database.statements import fetch_one, fetch_value, write


class Attempts(NamedTuple):
    """Until when a lockout is in force, if one is, and how many failures count."""

    blocked_until: datetime | None
    failures: int


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
    ORDER BY created_at DESC LIMIT 1) AS blocked_until,
  (SELECT count(*) {_ATTEMPTS} AND result = 'Failed' AND created_at > %(since)s
    AND decision <> 'Blocked') AS failures"""

_DELETE_ATTEMPTS = (
    "DELETE FROM identity_sentinelactivity"
    " WHERE tenant_id = %(tenant)s AND created_at < %(sentinel)s AND decision_expires_at < %(moment)s",
    "DELETE FROM identity_messagesend WHERE tenant_id = %(tenant)s AND created_at < %(sends)s",
    "DELETE FROM identity_verificationcode WHERE tenant_id = %(tenant)s AND expires_at < %(codes)s",
    "DELETE FROM identity_onetimetoken WHERE tenant_id = %(tenant)s AND expires_at < %(tokens)s",
    "DELETE FROM identity_trusteddevice WHERE tenant_id = %(tenant)s AND expires_at < %(moment)s",
)

# One guess: a wrong one is counted, the right one consumes the code, and neither happens once the code is spent.
_GUESS = """
UPDATE identity_verificationcode
SET consumed_at = CASE WHEN code_hash = %(hash)s THEN %(moment)s END,
    try_count = try_count + CASE WHEN code_hash = %(hash)s THEN 0 ELSE 1 END
WHERE tenant_id = %(tenant)s AND id = %(code)s AND consumed_at IS NULL AND expires_at > %(moment)s
  AND try_count < %(max_tries)s
RETURNING consumed_at IS NOT NULL"""

# A set of backup codes holds, by the digest of each code, when it was used.
_SPEND_BACKUP_CODE = """
UPDATE identity_factor factor
SET details = jsonb_set(factor.details, ARRAY['codes', typed.hash], to_jsonb(%(moment)s::timestamptz)),
    last_used_at = %(moment)s
FROM unnest(%(hashes)s::text[]) AS typed (hash)
WHERE factor.tenant_id = %(tenant)s AND factor.id = %(factor)s
  AND factor.details -> 'codes' -> typed.hash = 'null'::jsonb
RETURNING factor.details"""

_DROP_PENDING_CODES = """
DELETE FROM identity_verificationcode
WHERE tenant_id = %(tenant)s AND template_type = %(template_type)s AND verification_id = %(verification)s
  AND consumed_at IS NULL AND (verification_id <> '' OR (channel = %(channel)s AND recipient = %(recipient)s))"""


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


def read_attempts(target_hash: str, actions: Sequence[str], *, moment: datetime, since: datetime) -> Attempts:
    """Return what has been tried `since`, and the lockout that is in force. One statement."""
    parameters = {
        "tenant": current_tenant_id(),
        "target": target_hash,
        "actions": [str(action) for action in actions],
        "moment": moment,
        "since": since,
    }
    return cast(Attempts, fetch_one(Attempts, _READ_ATTEMPTS, parameters))


def guess_code(code_id: str, code_hash: str, *, max_tries: int, moment: datetime) -> bool | None:
    """Try a code: `True` consumed it, `False` was counted as wrong, `None` found it spent. One atomic statement."""
    parameters = {
        "hash": code_hash,
        "moment": moment,
        "tenant": current_tenant_id(),
        "code": code_id,
        "max_tries": max_tries,
    }
    return cast(bool | None, fetch_value(_GUESS, parameters))


def spend_backup_code(factor_id: str, hashes: Sequence[str], *, moment: datetime) -> dict[str, Any] | None:
    """Mark the unused code that has one of these digests as used; `None` if none has. One atomic statement."""
    parameters = {"moment": moment, "hashes": list(hashes), "tenant": current_tenant_id(), "factor": factor_id}
    return cast(dict[str, Any] | None, fetch_value(_SPEND_BACKUP_CODE, parameters))


def drop_pending_codes(*, channel: str, recipient: str, template_type: str, verification_id: str) -> None:
    """Delete the unconsumed codes of one key: the verification record, or the recipient if there is none."""
    parameters = {
        "tenant": current_tenant_id(),
        "template_type": template_type,
        "verification": verification_id,
        "channel": channel,
        "recipient": recipient,
    }
    write(_DROP_PENDING_CODES, parameters)


def delete_attempts_before(
    *, sentinel: datetime, sends: datetime, codes: datetime, tokens: datetime, moment: datetime
) -> None:
    """Delete the tenant's attempts, message counts, codes, tokens and trusted devices that no decision depends on."""
    parameters = {
        "tenant": current_tenant_id(),
        "sentinel": sentinel,
        "sends": sends,
        "codes": codes,
        "tokens": tokens,
        "moment": moment,
    }
    for statement in _DELETE_ATTEMPTS:
        write(statement, parameters)
