"""A few hundred rows at a time: read, decided about, and written with the position at which the next ones begin."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction

from common.constraints import violated_constraint
from common.errors import AppError
from identity.imports.candidates import Candidate, read_candidate
from identity.imports.decisions import Decision, claim_identifiers, decide
from identity.imports.errors import RowError, field_of
from identity.imports.layouts import RawRow
from identity.imports.references import References, find_references
from identity.imports.row import Row
from identity.imports.sources import Source
from identity.imports.updating import update_existing_user
from identity.imports.writing import check_references, write_new_users
from identity.models import UserImport, UserImportProblem
from identity.passwords import hash_password
from tenants.configuration import read_version
from tenants.context import current_tenant_id, enter_tenant
from tenants.rate_limits import TooManyRequestsError

BATCH_ROWS = 500
# Rows may be long: so many bytes of them are held at once.
BATCH_BYTES = 8_388_608
# Costly hashes between two commits: a crash repeats them.
BATCH_PLAIN_PASSWORDS = 100
# For a place in the queue of hashes, in seconds.
_PAUSE = 0.2
#: Of one import; beyond these they are counted.
MOST_PROBLEMS = 10_000


_REFUSALS = {
    "identity_user_pkey": RowError("user_import.id_in_use", field="id"),
    "sso_identity": RowError("user.identity_already_in_use", field="ssoIdentities"),
    "factor_lookup": RowError("user_import.user_exists", field="passkeys"),
}


@dataclass(slots=True)
class Batch:
    """Rows that have been read, and what was wrong with the others. Positions are where the next batch begins."""

    position: int
    line: int
    rows: int = 0
    skipped: int = 0
    plain_passwords: int = 0
    candidates: list[Candidate] = field(default_factory=list)
    refused: list[tuple[int, int, AppError]] = field(default_factory=list)

    def refuse(self, candidate: Candidate, error: AppError) -> None:
        """Note why a row is not taken."""
        self.refused.append((candidate.number, candidate.line, error))


@dataclass(slots=True)
class Outcome:
    """How many rows of a batch became what."""

    created: int = 0
    updated: int = 0
    skipped: int = 0


def read_batch(
    user_import: UserImport, raw_rows: Iterable[RawRow], source: Source, secrets: Mapping[str, Any]
) -> Batch:
    """Read the next rows of a file and check each by itself. 1 statement: the configuration's stamp holds for all."""
    tenant_id = current_tenant_id()
    with enter_tenant(tenant_id, version=read_version(tenant_id)):
        return _read(user_import, raw_rows, source, secrets)


def _read(user_import: UserImport, raw_rows: Iterable[RawRow], source: Source, secrets: Mapping[str, Any]) -> Batch:
    batch = Batch(user_import.position, user_import.line)
    for raw in _bounded(raw_rows, batch):
        batch.rows += 1
        number = user_import.rows + batch.rows
        try:
            candidate = _candidate(user_import, raw, number, source, secrets)
        except AppError as error:
            batch.refused.append((number, raw.line, error))
        except RecursionError:
            batch.refused.append((number, raw.line, RowError("user_import.malformed_row")))
        else:
            if candidate is None:
                batch.skipped += 1
            else:
                batch.candidates.append(candidate)
                batch.plain_passwords += candidate.record.plain_password is not None
        batch.position, batch.line = raw.end, raw.end_line
    return batch


def _bounded(raw_rows: Iterable[RawRow], batch: Batch) -> Iterator[RawRow]:
    begin = batch.position
    for raw in raw_rows:
        yield raw
        is_full = batch.rows >= BATCH_ROWS or batch.position - begin >= BATCH_BYTES
        if is_full or batch.plain_passwords >= BATCH_PLAIN_PASSWORDS:
            return


def _candidate(
    user_import: UserImport, raw: RawRow, number: int, source: Source, secrets: Mapping[str, Any]
) -> Candidate | None:
    if raw.values is None:
        raise raw.error or RowError("user_import.malformed_row")
    record = source.read(Row(raw.values), secrets)
    return None if record is None else read_candidate(number, raw.line, record, user_import.options)


def hash_plain_passwords(candidates: Iterable[Candidate]) -> None:
    """Hash what came in plain, as many at a time as this process may."""
    plain = [candidate for candidate in candidates if candidate.record.plain_password]
    if not plain:
        return
    contexts = [copy_context() for _ in plain]
    with ThreadPoolExecutor(max(1, settings.PASSWORD_HASH_CONCURRENCY or os.cpu_count() or 1)) as pool:
        for _done in pool.map(lambda context, candidate: context.run(_hash, candidate), contexts, plain):
            pass


def _hash(candidate: Candidate) -> None:
    while candidate.password is None:
        try:
            candidate.password = hash_password(candidate.record.plain_password or "")
        except TooManyRequestsError:
            # Whoever signs in goes first: nobody waits for this one.
            time.sleep(_PAUSE)


def write_batch(user_import: UserImport, batch: Batch) -> Outcome:
    """Decide about the rows of a batch and, unless it is a dry run, write them. In the caller's transaction."""
    outcome = Outcome(skipped=batch.skipped)
    duplicates = claim_identifiers(user_import, batch.candidates)
    for candidate in batch.candidates:
        if candidate.number in duplicates:
            batch.refuse(candidate, duplicates[candidate.number])
    candidates = [candidate for candidate in batch.candidates if candidate.number not in duplicates]
    decisions, references = _decide(user_import, candidates)
    if user_import.is_dry_run:
        for decision in decisions:
            _count(decision, batch, outcome)
        return outcome
    new = [decision for decision in decisions if decision.action == "create"]
    others = [decision for decision in decisions if decision.action != "create"]
    try:
        with transaction.atomic():
            write_new_users(user_import, new, references.default_role_ids)
    except DatabaseError:
        # Somebody else was faster with one of them, or one is of a kind that no column holds: each by itself.
        others += _one_by_one(user_import, [decision.candidate for decision in new], batch, outcome)
    else:
        outcome.created += len(new)
    for decision in others:
        _count(_update(user_import, decision) if decision.action == "update" else decision, batch, outcome)
    return outcome


def _decide(user_import: UserImport, candidates: Sequence[Candidate]) -> tuple[list[Decision], References]:
    unknown = user_import.options["unknownReferences"]
    references = find_references((candidate.record for candidate in candidates), unknown=unknown)
    return decide(candidates, references, user_import.options, source=user_import.source), references


def _one_by_one(
    user_import: UserImport, candidates: Sequence[Candidate], batch: Batch, outcome: Outcome
) -> list[Decision]:
    """Write rows each by itself; returns those that turn out to be about a user who exists."""
    left = []
    for candidate in candidates:
        [decision], references = _decide(user_import, [candidate])
        if decision.action != "create":
            left.append(decision)
            continue
        refused = _attempt(lambda: write_new_users(user_import, [decision], references.default_role_ids))  # noqa: B023  # called at once
        if refused is None:
            outcome.created += 1
        else:
            batch.refuse(candidate, refused)
    return left


def _update(user_import: UserImport, decision: Decision) -> Decision:
    def update() -> None:
        update_existing_user(user_import, decision)
        check_references()

    refused = _attempt(update)
    return decision if refused is None else Decision(decision.candidate, "refuse", decision.existing, refused)


def _attempt(write: Callable[[], None]) -> AppError | None:
    """Run a write in a savepoint and return why it is refused."""
    try:
        with transaction.atomic():
            write()
    except AppError as error:
        return error
    except DatabaseError as error:
        return _REFUSALS.get(violated_constraint(error)) or RowError("user_import.concurrent_change")
    return None


def _count(decision: Decision, batch: Batch, outcome: Outcome) -> None:
    match decision.action:
        case "create":
            outcome.created += 1
        case "update":
            outcome.updated += 1
        case "skip":
            outcome.skipped += 1
        case "refuse":
            batch.refuse(decision.candidate, decision.error or RowError("user_import.malformed_row"))


def problems_of(user_import: UserImport, batch: Batch) -> list[UserImportProblem]:
    """Return what is kept of the rows that were refused, in the file's order; not stored yet."""
    room = max(0, MOST_PROBLEMS - user_import.failed)
    return [
        UserImportProblem(
            user_import=user_import,
            row=number,
            line=line,
            field=field_of(error)[:64],
            code=error.code,
            parameters={name: _storable(value) for name, value in (error.params or {}).items()},
        )
        for number, line, error in sorted(batch.refused, key=lambda refused: refused[0])[:room]
    ]


def _storable(value: Any) -> Any:
    """What a refusal quotes of a row may have signs that no column holds."""
    return "".join(filter(str.isprintable, value)) if isinstance(value, str) else value
