"""What the database refuses, as coded errors: the last net under the checks of the services."""

from django.db import DatabaseError, DataError, IntegrityError

from common.errors import AppError

_TOO_LONG = "22001"
_NOT_NULL = "23502"
_FOREIGN_KEY = "23503"
_UNIQUE = "23505"
_CHECK = "23514"

_CODES = {
    _NOT_NULL: "entity.create_failed",
    _FOREIGN_KEY: "entity.relation_foreign_key_not_found",
    _UNIQUE: "entity.unique_integrity_violation",
    _CHECK: "entity.db_constraint_violated",
}


def from_database_error(error: DatabaseError) -> AppError | None:
    """Return the coded error for a value or a relation that the database refuses; `None` for any other failure."""
    state = getattr(error.__cause__, "sqlstate", None)
    if isinstance(error, DataError):
        return AppError("entity.value_too_long" if state == _TOO_LONG else "request.invalid_input")
    if isinstance(error, IntegrityError) and state in _CODES:
        return AppError(_CODES[state])
    return None
