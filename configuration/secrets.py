"""Secrets of a configuration: in a file they are references, `${env:NAME}` or `${file:/run/secrets/name}`.

A reference may stand only where a secret is expected, alone; a secret in clear is refused there. So a file can be
committed, and none of its texts can draw a secret into a place where it would be shown.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from configuration.errors import Path, Problem

_REFERENCE = re.compile(r"\$\{(env|file):([^{}\s]{1,512})\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_NO_NAME = re.compile(r"[^A-Z0-9]+")
MAX_SECRET_LENGTH = 65_536
MASK = "********"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret of a form. `value` is `None` if it is not known here; then what is stored stays."""

    value: str | None = field(repr=False)
    reference: str = ""

    def __str__(self) -> str:
        return MASK


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a secret comes from: `env` and its name, or `file` and its path."""

    scheme: str
    name: str


# Returns the value, `None` if there is none; raises `LookupError` with the reason for a reference that it refuses.
Resolver = Callable[[Reference], str | None]


def resolver_of(values: Mapping[str, str]) -> Resolver:
    """Return the resolver of a request: it knows the secrets that came with it, and reads nothing of the server."""

    def resolve(reference: Reference) -> str | None:
        if reference.scheme != "env":
            raise LookupError(_("Files are read by the command alone; use ${env:NAME} with a secret of that name."))
        return values.get(reference.name)

    return resolve


def read_reference(value: Any) -> Reference | None:
    """Return the reference that a text is, `None` if it is none."""
    found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    if found is None or (found[1] == "env" and not _NAME.fullmatch(found[2])):
        return None
    return Reference(found[1], found[2])


def reference_for(*words: str) -> str:
    """Return the reference that an export writes for a secret: `${env:CONNECTOR_SMTP_PASS}`."""
    name = "_".join(part for word in words if (part := _NO_NAME.sub("_", word.upper()).strip("_")))
    return f"${{env:{name[:128]}}}"


def at(form: Any, path: Path) -> Any:
    """Return a member at a path, `None` if there is none."""
    for part in path:
        if isinstance(part, int):
            form = form[part] if isinstance(form, list) and part < len(form) else None
        else:
            form = form.get(part) if isinstance(form, dict) else None
    return form


def replaced(form: Any, paths: Iterable[Path], change: Callable[[Path, Any], Any]) -> Any:
    """Return a form in which the values at some paths are others; those that are absent stay so."""
    wanted = set(paths)

    def visit(value: Any, path: Path) -> Any:
        if path in wanted:
            return change(path, value)
        if isinstance(value, dict):
            return {name: visit(item, (*path, name)) for name, item in value.items()}
        return [visit(item, (*path, place)) for place, item in enumerate(value)] if isinstance(value, list) else value

    return visit(form, ())


def with_secrets(form: Any, paths: Iterable[Path], *words: str) -> Any:
    """Return a stored form whose secrets are masked and know their reference; empty ones are no secrets."""
    prefixes = words

    def wrap(path: Path, value: Any) -> Any:
        text = value if isinstance(value, str) else None
        return Secret(text, reference_for(*prefixes, *map(str, path))) if text else value

    return replaced(form, paths, wrap)


def in_clear(form: Any) -> Any:
    """Return a form as services take it; nothing of it may be shown."""
    if isinstance(form, Secret):
        return form.value
    if isinstance(form, dict):
        return {name: in_clear(item) for name, item in form.items()}
    return [in_clear(item) for item in form] if isinstance(form, list) else form


def as_references(form: Any) -> Any:
    """Return a form as a file has it: secrets are references."""
    if isinstance(form, Secret):
        return form.reference
    if isinstance(form, dict):
        return {name: as_references(item) for name, item in form.items()}
    return [as_references(item) for item in form] if isinstance(form, list) else form


def resolve_secrets(
    form: Any, paths: Iterable[Path], resolve: Resolver, *, may_be_clear: frozenset[Path] = frozenset()
) -> tuple[Any, list[Problem]]:
    """Return a file's form with its secrets, and what is wrong with it."""
    wanted, problems = set(paths), list[Problem]()

    def visit(value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return {name: visit(item, (*path, name)) for name, item in value.items()}
        if isinstance(value, list):
            return [visit(item, (*path, place)) for place, item in enumerate(value)]
        reference = read_reference(value)
        if path not in wanted:
            if reference is not None:
                problems.append(Problem(path, _("A reference can stand only for a secret.")))
            return value
        if value in (None, ""):
            return value
        if reference is None and path in may_be_clear:
            return Secret(value)
        if reference is None:
            problems.append(Problem(path, _("A secret is a reference here, such as ${env:NAME}, and never in clear.")))
            return value
        return Secret(_resolved(reference, path, resolve, problems), value)

    return visit(form, ()), problems


def _resolved(reference: Reference, path: Path, resolve: Resolver, problems: list[Problem]) -> str | None:
    try:
        value = resolve(reference)
    except LookupError as error:
        problems.append(Problem(path, str(error.args[0])))
        return None
    if value is not None and (len(value) > MAX_SECRET_LENGTH or "\x00" in value):
        problems.append(Problem(path, _("This secret is too long or has null characters.")))
    return value
