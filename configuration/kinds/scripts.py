"""Scripts: those that add claims to access tokens, and Actions. Their environment variables are secrets."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from common.actors import Actor
from common.sandbox import variables
from common.shapes import Choice, Members
from configuration.errors import Path
from configuration.kinds.base import Change, Form, Item, Options, Reading
from configuration.kinds.shapes import closed, form_shape
from configuration.secrets import with_secrets
from experience.actions.configuration import ActionType
from experience.actions.shapes import CONFIGURATION
from experience.services.action_settings import delete_action, list_actions, put_action
from oidc.custom_claims.configuration import TokenKind
from oidc.custom_claims.service import delete_custom_claims, list_custom_claims, put_custom_claims
from oidc.custom_claims.shapes import CONFIGURATIONS

# Name -> configuration, with everything in clear.
_List = Callable[[], list[tuple[str, dict[str, Any]]]]
_Put = Callable[[str, Form, Actor], None]
_Delete = Callable[[str, Actor], None]


class Scripts:
    """One script a token or a moment, which `identified_by` names; a configuration is replaced whole."""

    covers = ()

    def __init__(
        self,
        section: str,
        *,
        identified_by: str,
        choices: tuple[str, ...],
        shape: Members,
        settings: tuple[str, ...],
        list_all: _List,
        put: _Put,
        remove: _Delete,
    ) -> None:
        self.section, self.settings = section, settings
        self.options = Options(identified_by=(identified_by,))
        self.shape = form_shape({identified_by: Choice(choices=choices, required=True), **closed(shape).members})
        self._name, self._list_all, self._put, self._remove = identified_by, list_all, put, remove

    def secret_paths(self, form: Mapping[str, Any]) -> Iterable[Path]:
        given = form.get(variables.OPEN)
        return [(variables.OPEN, name) for name in given] if isinstance(given, dict) else ()

    def read(self, reading: Reading) -> list[Item]:
        items = []
        for name, value in self._list_all():
            form = {self._name: name, **{key: value[key] for key in self.shape.members if key in value}}
            words = ("script", name.rpartition(".")[2])
            items.append(Item(name, with_secrets(form, list(self.secret_paths(form)), *words), name))
        return items

    def create(self, form: Form, change: Change) -> None:
        value = {name: item for name, item in form.items() if name != self._name}
        self._put(form[self._name], value, change.actor)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        self.create(form, change)

    def delete(self, item: Item, change: Change) -> None:
        self._remove(item.identity, change.actor)


def _put_claims(name: str, value: Form, actor: Actor) -> None:
    put_custom_claims(TokenKind(name), value, actor=actor)


def _put_action(name: str, value: Form, actor: Actor) -> None:
    put_action(ActionType(name), value, actor=actor)


CUSTOM_CLAIMS = Scripts(
    "customClaims",
    identified_by="token",
    choices=tuple(kind.value for kind in TokenKind),
    # Of the two kinds' shapes the wider one; the service has each kind's own.
    shape=CONFIGURATIONS[TokenKind.ACCESS_TOKEN],
    settings=tuple(kind.setting.key for kind in TokenKind),
    list_all=lambda: [(kind.value, value) for kind, value in list_custom_claims()],
    put=_put_claims,
    remove=lambda name, actor: delete_custom_claims(TokenKind(name), actor=actor),
)
ACTIONS = Scripts(
    "actions",
    identified_by="moment",
    choices=tuple(kind.value for kind in ActionType),
    shape=CONFIGURATION,
    settings=tuple(kind.setting.key for kind in ActionType),
    list_all=lambda: [(kind.value, value) for kind, value in list_actions()],
    put=_put_action,
    remove=lambda name, actor: delete_action(ActionType(name), actor=actor),
)
