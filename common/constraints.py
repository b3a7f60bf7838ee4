"""Database constraints as coded errors: the only race-free way to say that something exists already."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from common.errors import AppError


def violated_constraint(error: BaseException) -> str:
    """Return the name of the constraint that a database error is about; empty if the server names none."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


@contextmanager
def constraint_errors(**codes: str) -> Iterator[None]:
    """Run the block in a savepoint; a violated constraint named in `codes` becomes an `AppError` with that code."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        code = codes.get(violated_constraint(error))
        if code is None:
            raise
        raise AppError(code) from error
