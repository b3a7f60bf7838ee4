"""Proofs that are good once: client assertions and DPoP proofs."""

from datetime import datetime

from common.crypto import sha256_hex
from tenants.context import current_tenant_id
from tenants.database.statements import write

_INSERT = "INSERT INTO oidc_usedproof (id, tenant_id, expires_at) VALUES (%s, %s, %s) ON CONFLICT (id) DO NOTHING"


def use_once(kind: str, *, owner: str, jti: str, expires_at: datetime) -> bool:
    """Note a proof's `jti` as used and return whether this was the first time. One statement.

    `owner` is whose it is: two clients, or two keys, may draw the same one. Of several at the same moment one is first;
    the note is kept until `expires_at`, when the proof is refused for its age.
    """
    tenant_id = current_tenant_id()
    # None of the three before it holds a line break.
    digest = sha256_hex("\n".join((tenant_id, kind, owner, jti)))
    return write(_INSERT, [digest, tenant_id, expires_at]) == 1
