"""What a kind of thing in a configuration does: one small file a kind, listed in `configuration.registry`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from django.db.models import Model

from common.actors import Actor
from common.shapes import Members
from configuration.errors import Path

Form = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """How much is read. `organizations` are the names that a file has; `None` stands for all, an empty set for none.

    What hangs on organizations (access rules) is read only if they are.
    """

    organizations: frozenset[str] | None = frozenset()

    @property
    def includes_organizations(self) -> bool:
        """Whether organizations are part of the configuration this time."""
        return self.organizations != frozenset()


@dataclass(frozen=True, slots=True)
class Item:
    """A thing that the tenant has.

    `identity` is its name in the file, `key` what stays the same if it is renamed, `form` what a file says of it:
    names instead of ids, `Secret`s instead of secrets. One that is `protected` is never deleted.
    """

    identity: str
    form: Form
    key: str
    row: Any = None
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What goes with every change: who makes it, and whether what a file does not name is deleted."""

    actor: Actor
    prune: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """What of a kind differs from most.

    `is_single`: there is one of it at most, and its section is that object. `identified_by`: the members that name one.
    `renames`: the name can change. `has_ids`: an item may have a fixed id. `merged`: objects whose absent members stay.
    `secrets_follow`: the member that names whose the secrets are. `may_be_clear`: secrets that a file may also say in
    clear. `exclusive`: the flag that one of them can have at most.
    """

    is_single: bool = False
    identified_by: tuple[str, ...] = ("name",)
    renames: bool = False
    has_ids: bool = False
    merged: frozenset[str] = frozenset()
    secrets_follow: str = ""
    may_be_clear: frozenset[Path] = frozenset()
    exclusive: str = ""
    max_items: int = 5000


class Kind(Protocol):
    """A kind of thing. `covers` are the models whose rows it reads and writes, `settings` the keys of its settings."""

    @property
    def section(self) -> str: ...
    @property
    def shape(self) -> Members: ...
    @property
    def options(self) -> Options: ...
    @property
    def covers(self) -> Sequence[type[Model]]: ...
    @property
    def settings(self) -> Sequence[str]: ...

    def read(self, reading: Reading) -> list[Item]:
        """Return all that the tenant has."""

    def secret_paths(self, form: Mapping[str, Any]) -> Iterable[Path]:
        """Return where in a form, of the file or of the tenant, secrets stand."""

    def create(self, form: Form, change: Change) -> None:
        """Make one through its services. Secrets are in clear."""

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        """Change one. `form` is whole, `names` are the members that differ; secrets are in clear."""

    def delete(self, item: Item, change: Change) -> None:
        """Delete one."""


@runtime_checkable
class OrderedKind(Kind, Protocol):
    """A kind whose things have an order."""

    def arrange(self, identities: Sequence[str], change: Change) -> None:
        """Put the named things first, in this order."""


@runtime_checkable
class AskingKind(Kind, Protocol):
    """A kind whose services ask somebody else about what is new."""

    def question(self, item: Item | None, form: Form) -> Callable[[], object] | None:
        """Return what asks now what the services will ask about a form, so that they find the answer remembered.

        `None` if there is nothing to ask. What it raises, the services raise again.
        """


@dataclass(frozen=True, slots=True)
class Section:
    """What a file says of a kind: forms in the order of the file, each with its path."""

    kind: Kind
    forms: list[tuple[Path, Form]] = field(default_factory=list)
    is_removed: bool = False


def identity_of(kind: Kind, form: Mapping[str, Any]) -> str:
    """Return what a form is called: its naming members, of several with a space between."""
    words = [str(form[name]) for name in kind.options.identified_by if form.get(name) is not None]
    return " ".join(words) or kind.section


class NoSecrets:
    """For kinds without secrets."""

    def secret_paths(self, form: Mapping[str, Any]) -> Iterable[Path]:
        return ()
