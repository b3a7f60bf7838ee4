"""Locks that last until the transaction ends, by name, for counting rows that are not there yet."""

from django.db import connection

from tenants.context import current_tenant_id
from tenants.database.statements import fetch_value


def lock(*names: str) -> None:
    """Wait for, and hold until the transaction ends, the current tenant's lock with this name. One statement."""
    if not connection.in_atomic_block:
        raise RuntimeError("a lock lasts as long as its transaction, and there is none")
    fetch_value("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [_name(names)])


def lock_deletions() -> None:
    """Wait for, and hold until the transaction ends, the current tenant's turn to delete what many rows hang on.

    Deletions of a user, an application or an organization take the rows of tokens, grants and memberships in the order
    of their own index, so two of them at once would wait for each other. It is the first lock that they take.
    """
    lock("deletions")


def try_lock(*names: str) -> bool:
    """Take the current tenant's lock with this name until the transaction ends, or say that somebody else has it."""
    if not connection.in_atomic_block:
        raise RuntimeError("a lock lasts as long as its transaction, and there is none")
    return bool(fetch_value("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [_name(names)]))


def _name(names: tuple[str, ...]) -> str:
    return "\x1f".join((current_tenant_id(), *names))
