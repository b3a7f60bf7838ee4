"""Several services in one transaction: one commit, one statement for their audit entries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction

from common.errors import AppError
from events.history import entries_undone_on_error, entries_written_together


@contextmanager
def one_transaction(*, before_commit: Callable[[], None] | None = None) -> Iterator[None]:
    """Run the block in a transaction of its own, which an `AppError` does not undo: it is raised after the commit.

    So a refusal leaves what the services before it have done, as if each had its own transaction. A service that may
    be refused after it has written something runs in a `part`; a refusal inside of `atomic(savepoint=False)` undoes
    everything. The block's audit entries are one statement, written after `before_commit`. Must not run inside of
    another transaction.
    """
    refusal = None
    with transaction.atomic(durable=True), entries_written_together():
        try:
            yield
        except AppError as error:
            if transaction.get_rollback():
                # A service without a savepoint was refused: nothing of the transaction can be kept.
                raise
            refusal = error
        if before_commit is not None:
            before_commit()
    if refusal is not None:
        raise refusal


@contextmanager
def part() -> Iterator[None]:
    """Run the block whole or not at all: in a transaction, or in a savepoint of the one under way."""
    with entries_undone_on_error(), transaction.atomic():
        yield
