"""The changes that a file asks for are made, by the services of each kind and in the order of the kinds."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from common.actors import Actor
from common.errors import AppError
from configuration.errors import Path, Problem, invalid_file
from configuration.kinds.base import Change, Kind, OrderedKind, Section
from configuration.matching import Matches, Pair, complete, match
from configuration.plans import State
from configuration.registry import kinds
from configuration.secrets import in_clear
from configuration.wanted import ID, Wanted, steps


def make_changes(wanted: Wanted, state: State, *, actor: Actor) -> list[str]:
    """Make the tenant what a file says, in the caller's transaction; returns what stays as it is, in sentences.

    Raises `configuration.invalid_file` with the line of what is ambiguous, of a secret that something new needs, and of
    what a service refuses.
    """
    matches = {section.kind.section: match(section, state[section.kind.section]) for section in _sections(wanted)}
    notes: list[str] = []
    problems = [problem for found in matches.values() for problem in found.problems]
    for section in _sections(wanted):
        problems += _missing_secrets(section.kind, matches[section.kind.section], notes)
    if problems:
        raise _refusal(wanted, problems)
    for section in _sections(wanted):
        change = Change(actor, prune=section.kind.section in wanted.pruned)
        for pair in matches[section.kind.section].pairs:
            _make(wanted, section.kind, pair, change)
        _arrange(wanted, section, matches[section.kind.section], change)
    for section in reversed(_sections(wanted)):
        _delete_unnamed(wanted, section, matches[section.kind.section], actor, notes)
    return notes


def _sections(wanted: Wanted) -> list[Section]:
    """The file's sections, in the order of the kinds."""
    return [wanted.sections[kind.section] for kind in kinds() if kind.section in wanted.sections]


def _missing_secrets(kind: Kind, found: Matches, notes: list[str]) -> list[Problem]:
    """A secret that was not given stays if there is one; what is new has none."""
    problems = []
    for pair in found.pairs:
        form, _names, missing = complete(kind, pair)
        for path, reference in missing:
            if in_clear(_value(form, path)) is None:
                problems.append(Problem((*pair.path, *path), _("The secret %s was not given.") % reference))
            else:
                notes.append(
                    _("%(reference)s was not given: the secret of %(name)s stays.")
                    % {"reference": reference, "name": f"{kind.section} {pair.identity}"}
                )
    return problems


def _value(form: Any, path: Path) -> Any:
    for part in path:
        form = form[part]
    return form


def _make(wanted: Wanted, kind: Kind, pair: Pair, change: Change) -> None:
    form, names, _missing = complete(kind, pair)
    clear = in_clear(form)
    if pair.item is None:
        if fixed := pair.form.get(ID):
            clear[ID] = fixed
        _guarded(wanted, pair.path, lambda: kind.create(clear, change))
    elif names:
        item = pair.item
        _guarded(wanted, pair.path, lambda: kind.update(item, clear, names, change))


def _arrange(wanted: Wanted, section: Section, found: Matches, change: Change) -> None:
    kind = section.kind
    if isinstance(kind, OrderedKind) and found.pairs:
        identities = [pair.identity for pair in found.pairs]
        _guarded(wanted, (kind.section,), lambda: kind.arrange(identities, change))


def _delete_unnamed(wanted: Wanted, section: Section, found: Matches, actor: Actor, notes: list[str]) -> None:
    kind = section.kind
    unnamed = [item for item in found.unnamed if not item.protected]
    if kind.options.is_single and not section.is_removed:
        return
    if kind.section not in wanted.pruned:
        if unnamed:
            names = ", ".join(item.identity for item in unnamed[:10])
            notes.append(
                _("Not in the file, and kept: %(section)s %(names)s%(more)s. Prune to delete.")
                % {"section": kind.section, "names": names, "more": " …" if len(unnamed) > 10 else ""}
            )
        return
    change = Change(actor, prune=True)
    for item in unnamed:
        _guarded(wanted, (kind.section,), partial(kind.delete, item, change))


def _guarded(wanted: Wanted, path: Path, work: Callable[[], None]) -> None:
    """Run a service; what it refuses is said with its place in the file."""
    try:
        work()
    except AppError as error:
        if error.status >= 500:
            raise
        raise _refusal(wanted, _problems_of(error, path)) from error


def _problems_of(error: AppError, path: Path) -> list[Problem]:
    data: Any = error.data
    issues = data.get("issues") if isinstance(data, dict) else None
    if isinstance(issues, list) and issues:
        return [Problem((*path, *steps(row["path"])), row["message"], code=error.code) for row in issues]
    told = f"{error.message} {error.details}" if error.details else error.message
    return [Problem(path, f"{told} ({error.code})", code=error.code)]


def _refusal(wanted: Wanted, problems: list[Problem]) -> AppError:
    return invalid_file(
        problem if problem.line else problem._replace(line=wanted.document.line_of(problem.path))
        for problem in problems
    )
