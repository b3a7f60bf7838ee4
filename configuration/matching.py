"""Which thing of the tenant a form of the file means: by its fixed id, its name, or the name that it had before."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from configuration.errors import Path, Problem
from configuration.kinds.base import Form, Item, Kind, Section, identity_of
from configuration.secrets import Secret, at, replaced
from configuration.wanted import ID, RENAMED_FROM


@dataclass(frozen=True, slots=True)
class Pair:
    """A form of the file, and what the tenant has of it; `None` if it is new."""

    path: Path
    identity: str
    form: Form
    item: Item | None


@dataclass(slots=True)
class Matches:
    """A section held against the tenant: pairs in the order of the file, and what the file does not name."""

    pairs: list[Pair]
    unnamed: list[Item]
    problems: list[Problem]


def match(section: Section, items: Sequence[Item]) -> Matches:
    """Return which is which. A name that two things have is a problem, unless the file has their ids."""
    kind = section.kind
    by_identity: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_identity[item.identity].append(item)
    result, used = Matches([], [], []), dict[str, Path]()
    by_key = {item.key: item for item in items}
    for path, form in section.forms:
        identity = identity_of(kind, form)
        try:
            found = _find(form, identity, by_identity, by_key)
        except LookupError as error:
            result.problems.append(Problem(path, str(error.args[0])))
            continue
        place = found.key if found else f"new {form.get(ID) or ''} {identity}"
        if place in used:
            result.problems.append(Problem(path, _("“%(name)s” stands here twice.") % {"name": identity[:128]}))
            continue
        used[place] = path
        result.pairs.append(Pair(path, identity, form, found))
    result.unnamed = [item for item in items if item.key not in used]
    return result


def _find(form: Form, identity: str, by_identity: Mapping[str, list[Item]], by_key: Mapping[str, Item]) -> Item | None:
    """Raises `LookupError` with the reason for what is ambiguous or contradicts itself."""
    if fixed := form.get(ID):
        named = by_identity.get(identity, [])
        if fixed not in by_key and len(named) == 1:
            raise LookupError(_("“%(name)s” has another id, and ids never change.") % {"name": identity[:128]})
        return by_key.get(fixed)
    for name in (identity, form.get(RENAMED_FROM)):
        found = by_identity.get(name or "", [])
        if len(found) > 1:
            raise LookupError(_("Several things are called “%(name)s”: say which by its id.") % {"name": name})
        if found:
            return found[0]
    return None


def complete(kind: Kind, pair: Pair) -> tuple[Form, frozenset[str], list[tuple[Path, str]]]:
    """Return a form whole, the members of it that differ from what is stored, and the secrets that were not given.

    What a form does not name stays as it is. A secret that is not known here stays too; one of a new thing, or of
    another provider than the stored one, is told as a problem by who calls.
    """
    given = {name: value for name, value in pair.form.items() if name not in (ID, RENAMED_FROM)}
    stored = pair.item.form if pair.item else {}
    for name in kind.options.merged & given.keys():
        if isinstance(given[name], dict) and isinstance(stored.get(name), dict):
            given[name] = {**stored[name], **given[name]}
    missing: list[tuple[Path, str]] = []
    owner = kind.options.secrets_follow
    secrets = stored if given.get(owner, stored.get(owner)) == stored.get(owner) else {}

    def fill(path: Path, value: Any) -> Any:
        if not isinstance(value, Secret) or value.value is not None:
            return value
        missing.append((path, value.reference))
        kept = at(secrets, path)
        return kept if isinstance(kept, Secret) else value

    filled: Form = replaced(given, list(_secrets(given)), fill)
    names = frozenset(name for name, value in filled.items() if not _is_same(value, stored.get(name), name in stored))
    return {**stored, **filled}, names, missing


def _is_same(given: Any, stored: Any, is_stored: bool) -> bool:
    return is_stored and _plain(given) == _plain(stored)


def _plain(value: Any) -> Any:
    """Secrets are the same if their values are, wherever they come from."""
    if isinstance(value, Secret):
        return ("secret", value.value)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _secrets(form: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(form, Secret):
        yield path
    members = form.items() if isinstance(form, dict) else enumerate(form) if isinstance(form, list) else ()
    for name, value in members:
        yield from _secrets(value, (*path, name))
