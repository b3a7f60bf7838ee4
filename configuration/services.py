"""A tenant's configuration as a file: exported, planned, applied.

A plan is a trial: the file is applied by the same services, compared with what was there, and taken back. So it shows
what will be stored, refuses what the services refuse, and a second apply plans nothing.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import transaction

from common.actors import Actor
from common.errors import AppError
from configuration.applying import make_changes
from configuration.asking import ask_ahead
from configuration.document import read_document
from configuration.kinds.base import Item, OrderedKind, Reading
from configuration.plans import Plan, State, compare_states, versions_of
from configuration.registry import kinds
from configuration.secrets import Resolver, as_references
from configuration.wanted import FORMAT, ID, Wanted, read_wanted
from configuration.writing import to_yaml
from events.history import Subject, entries_written_together, record
from identity.locks import lock_deletions, try_lock
from tenants.context import current_tenant_id, enter_tenant
from tenants.database.conflicts import run_again_on_conflict
from tenants.models import Tenant

APPLIED = "Tenant.Configuration.Applied"
_MAX_TOLD = 100


class _TakeBackError(Exception):
    """Ends a transaction of which nothing is to stay."""


def export_configuration(*, with_organizations: bool = False, with_ids: bool = False) -> dict[str, Any]:
    """Return the tenant's configuration as a file has it; secrets are references, never in clear.

    `with_ids` fixes the ids of applications; without it those alone have theirs whose name another one has too.
    Raises `configuration.invalid_file` if there are more organizations than a file may have.
    """
    state = read_state(Reading(organizations=None if with_organizations else frozenset()))
    content: dict[str, Any] = {"version": FORMAT}
    for kind in kinds():
        items = state[kind.section]
        if kind.section == "organizations" and not with_organizations:
            continue
        if kind.options.is_single:
            content[kind.section] = as_references(items[0].form) if items else None
            continue
        names = Counter(item.identity for item in items)
        content[kind.section] = [
            {
                **({ID: item.key} if _has_id(with_ids, kind.options.has_ids, names, item) else {}),
                **as_references(item.form),
            }
            for item in items
        ]
    return content


def export_text(*, with_organizations: bool = False, with_ids: bool = False) -> str:
    """Return the tenant's configuration as YAML; the same text as long as nothing changes."""
    return to_yaml(export_configuration(with_organizations=with_organizations, with_ids=with_ids))


def plan_configuration(text: str, *, prune: bool = False, resolve: Resolver, actor: Actor) -> Plan:
    """Return what applying a file would change. Nothing of it stays.

    Raises `configuration.invalid_file`, with the line of every fault, and `configuration.busy`.
    """
    wanted = _read(text, prune=prune, resolve=resolve)
    return _run(wanted, actor=actor, finish=lambda _plan: _take_back())


def apply_configuration(
    text: str, *, prune: bool = False, resolve: Resolver, version: str | None = None, actor: Actor
) -> Plan:
    """Make the tenant what a file says, all of it or nothing, and return what was changed.

    With `version`, that of a plan, it applies to the state that was planned for alone. One at a time for a tenant:
    nobody changes its configuration meanwhile. Records `Tenant.Configuration.Applied` with what changed, next to the
    services' own entries. Raises `configuration.invalid_file`, `configuration.busy` and `configuration.tenant_changed`.
    """
    wanted = _read(text, prune=prune, resolve=resolve)

    def finish(plan: Plan) -> None:
        if not plan.steps:
            _take_back()
        record(
            APPLIED,
            actor=actor,
            subject=Subject("Tenant", current_tenant_id(), Tenant.objects.get(id=current_tenant_id()).name),
            summary=plan.summary,
            changed=[f"{step.action} {step.section}: {step.identity}"[:_MAX_TOLD] for step in plan.steps[:_MAX_TOLD]],
        )

    return _run(wanted, actor=actor, finish=finish, version=version)


def read_state(reading: Reading) -> State:
    """Return everything that a configuration says of the current tenant, by section."""
    return {kind.section: _in_order(kind.read(reading), isinstance(kind, OrderedKind)) for kind in kinds()}


def _in_order(items: list[Item], is_ordered: bool) -> list[Item]:
    return items if is_ordered else sorted(items, key=lambda item: (item.identity, item.key))


def _has_id(with_ids: bool, has_ids: bool, names: Counter[str], item: Item) -> bool:
    return has_ids and (with_ids or names[item.identity] > 1)


def _read(text: str, *, prune: bool, resolve: Resolver) -> Wanted:
    return read_wanted(read_document(text), prune=prune, resolve=resolve)


def _take_back() -> None:
    raise _TakeBackError


def _run(wanted: Wanted, *, actor: Actor, finish: Callable[[Plan], None], version: str | None = None) -> Plan:
    made: list[Plan] = []
    ask_ahead(wanted)

    def work() -> None:
        made.clear()
        # The tenant is entered again without the request's stamp: what this process caches meanwhile belongs to the
        # transaction's own stamp, and no other request is served from what may be taken back.
        with enter_tenant(current_tenant_id()), transaction.atomic(), entries_written_together():
            # Who comes second is told so: a plan takes seconds, and the threads that waited would be missed elsewhere.
            if not try_lock("configuration"):
                raise AppError("configuration.busy")
            if wanted.pruned:
                lock_deletions()
            # Whatever changes configuration waits for this row: the trigger that raises the tenant's stamp needs it.
            Tenant.objects.select_for_update(no_key=True).only("id").get(id=current_tenant_id())
            before = read_state(wanted.reading)
            versions = versions_of(before)
            if version is not None and version not in versions:
                raise AppError("configuration.tenant_changed")
            notes = make_changes(wanted, before, actor=actor)
            steps = compare_states(kinds(), before, read_state(wanted.reading))
            made.append(Plan(steps, versions[0], notes))
            finish(made[0])

    with suppress(_TakeBackError):
        run_again_on_conflict(work)
    return made[0]
