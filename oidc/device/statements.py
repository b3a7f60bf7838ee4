"""The hand-written SQL of devices that poll: each function is one statement."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tenants.context import current_tenant_id
from tenants.database.statements import NewRow, fetch_one, write_rows


class Poll(NamedTuple):
    """What a device finds when it asks, and when it asked before."""

    status: str
    grant_id: str | None
    expires_at: datetime
    consumed_at: datetime | None
    interval: int
    asked_before_at: datetime | None


def poll_device_grant(digest: str, *, client_id: str, moment: datetime) -> Poll | None:
    """Note that a device asks, and return its request; `None` if there is none of this client.

    The row is locked meanwhile: of two that ask at once, one finds that the other has asked before.
    """
    return fetch_one(
        Poll,
        """
UPDATE oidc_devicegrant t SET last_checked = greatest(t.last_checked, %(moment)s)
FROM (SELECT id, last_checked FROM oidc_devicegrant
  WHERE device_code = %(digest)s AND tenant_id = %(tenant)s AND application_id = %(client)s FOR NO KEY UPDATE) before
WHERE t.id = before.id AND t.tenant_id = %(tenant)s
RETURNING t.status, t.grant_id, t.expires AS expires_at, t.consumed_at, t.interval,
  before.last_checked AS asked_before_at""",
        {"moment": moment, "digest": digest, "tenant": current_tenant_id(), "client": client_id},
    )


_USE = """
done AS (UPDATE oidc_devicegrant SET consumed_at = %s WHERE id = %s AND tenant_id = %s AND consumed_at IS NULL
  RETURNING consumed_at),
fit AS (SELECT FROM done)"""


def redeem_device_grant(device_id: str, *, moment: datetime, rows: Sequence[NewRow]) -> bool:
    """Mark a request as redeemed and write the rows that follow; false, and nothing done, where somebody was first."""
    parameters = [moment, device_id, current_tenant_id()]
    return write_rows(rows, when=_USE, parameters=parameters, result="consumed_at") is not None
