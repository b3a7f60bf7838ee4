"""From a file to what is wanted: its sections, every form held against its kind's shape, secrets resolved."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from common.shapes import Text
from common.shapes.base import Shape, ShapeError
from configuration.document import Document
from configuration.errors import Path, Problem, invalid_file
from configuration.kinds.base import Form, Kind, Reading, Section
from configuration.kinds.shapes import CLIENT_ID
from configuration.registry import ALL_KINDS, kinds
from configuration.secrets import Resolver, resolve_secrets

FORMAT = 1
ID = "id"
RENAMED_FROM = "renamedFrom"

_NAME = Text(min_length=1, max_length=512)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a file asks for: its sections by name, and the names of sections of which the rest is deleted."""

    document: Document
    sections: dict[str, Section]
    pruned: frozenset[str]

    @property
    def reading(self) -> Reading:
        """How much of the tenant has to be read to compare it."""
        section = self.sections.get("organizations")
        if section is not None:
            if "organizations" in self.pruned:
                return Reading(organizations=None)
            names = {form.get(key) for _path, form in section.forms for key in ("name", RENAMED_FROM)}
            return Reading(organizations=frozenset(filter(None, names)))
        return Reading(organizations=frozenset(self._organizations_of_rules()))

    def _organizations_of_rules(self) -> Iterator[str]:
        applications = self.sections.get("applications")
        for _path, form in applications.forms if applications else ():
            rules = form.get("accessControl") or {}
            yield from rules.get("organizations", ())
            yield from rules.get("organizationRoles", {})


def read_wanted(document: Document, *, prune: bool, resolve: Resolver) -> Wanted:
    """Return what a file asks for. `prune` deletes what is not named, whatever the file says of it.

    Raises `configuration.invalid_file` with every place that has not its shape.
    """
    known = {kind.section: kind for kind in kinds()}
    content, problems = document.content, list(_frame_problems(document.content))
    sections: dict[str, Section] = {}
    for name, value in content.items():
        if name in known:
            sections[name] = _read_section(known[name], value, resolve, problems)
    pruned = frozenset() if problems else _pruned(content.get("prune", False), sections, prune)
    if problems:
        raise invalid_file([_located(document, problem) for problem in problems])
    return Wanted(document, sections, pruned)


def _located(document: Document, problem: Problem) -> Problem:
    return problem if problem.line else problem._replace(line=document.line_of(problem.path))


def _frame_problems(content: dict[str, Any]) -> Iterator[Problem]:
    """The members of the file that are no sections."""
    if content.get("version") != FORMAT or isinstance(content.get("version"), bool):
        yield Problem(("version",), _("The version of the format is 1."))
    names = {kind.section for kind in kinds()}
    reserved = {kind.section for kind in ALL_KINDS} - names
    for name in content.keys() - names - {"version", "prune"}:
        if name in reserved:
            yield Problem((name,), _("This section of tenant admin belongs to the installation."))
        else:
            yield Problem((name,), _("There is no such section."))
    prune = content.get("prune", False)
    names_sections = isinstance(prune, list) and all(isinstance(name, str) and name in names for name in prune)
    if not isinstance(prune, bool) and not (names_sections and content.keys() >= set(prune)):
        yield Problem(("prune",), _("Must be true, false, or a list of sections of this file."))


def _pruned(said: Any, sections: dict[str, Section], prune: bool) -> frozenset[str]:
    if prune or said is True:
        return frozenset(sections)
    return frozenset(said or ())


def _read_section(kind: Kind, value: Any, resolve: Resolver, problems: list[Problem]) -> Section:
    place: Path = (kind.section,)
    if kind.options.is_single:
        if value is None:
            return Section(kind, is_removed=True)
        form = _read_form(kind, value, place, resolve, problems)
        return Section(kind, [] if form is None else [(place, form)])
    if not isinstance(value, list) or len(value) > kind.options.max_items:
        message = _("Must be a list of at most %(max)s items.") % {"max": kind.options.max_items}
        problems.append(Problem(place, message))
        return Section(kind)
    forms: list[tuple[Path, Form]] = []
    for index, item in enumerate(value):
        path = (*place, index)
        form = _read_form(kind, item, path, resolve, problems)
        if form is not None:
            forms.append((path, form))
    problems += _exclusive_problems(kind, forms)
    return Section(kind, forms)


def _exclusive_problems(kind: Kind, forms: list[tuple[Path, Form]]) -> Iterator[Problem]:
    """Each would take the flag from the one before, and no apply would be the last that changes something."""
    flag = kind.options.exclusive
    having = [path for path, form in forms if flag and form.get(flag)]
    for path in having[1:]:
        yield Problem(path, _("Only one of this section can have “%(name)s”.") % {"name": flag})


def _read_form(kind: Kind, value: Any, place: Path, resolve: Resolver, problems: list[Problem]) -> Form | None:
    members: dict[str, Shape] = dict(kind.shape.members)
    if kind.options.has_ids:
        members[ID] = CLIENT_ID
    if kind.options.renames:
        members[RENAMED_FROM] = _NAME
    try:
        form: Form = replace(kind.shape, members=members).read(value)
    except ShapeError as error:
        problems += [Problem((*place, *steps(path)), message, code=code) for path, code, message in error.issues]
        return None
    paths, clear = kind.secret_paths(form), kind.options.may_be_clear
    resolved, faults = resolve_secrets(form, paths, resolve, may_be_clear=clear)
    problems += [fault._replace(path=(*place, *fault.path)) for fault in faults]
    result: Form = resolved
    return result


def steps(path: str) -> Path:
    """Return a path of the wire, which has dots, as steps."""
    return tuple(int(step) if step.isascii() and step.isdigit() else step for step in path.split(".") if step)
