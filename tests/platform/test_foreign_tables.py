"""A room names its own tables alone: others' are read through the SQL that their room offers, or by the ORM."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ROOMS = sorted(
    {config.name for config in apps.get_app_configs() if Path(config.path).parent == ROOT} | {"common", "config"}
)
OWNERS = {model._meta.db_table: model._meta.app_label for model in apps.get_models(include_auto_created=True)}
# What takes a model and reads or writes its table by hand.
BY_HAND = {"columns_of", "delete", "find", "insert", "refresh", "save"}


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def _words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for word in node.value.replace('"', " ").replace("(", " ").replace(")", " ").replace(";", " ").split():
                yield node.lineno, word.partition(".")[0].strip(",`")


def _room_of_models(tree: ast.Module) -> dict[str, str]:
    """The rooms of the models that a module imports, by name."""
    return {
        alias.asname or alias.name: node.module.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and ".models" in node.module
        for alias in node.names
    }


def _models_by_hand(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The models whose tables a module reads or writes by hand: those named first in a call of `rows`."""
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "tenants.database.rows"
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func
        is_direct = isinstance(called, ast.Name) and called.id in imported & BY_HAND
        is_of_module = (
            isinstance(called, ast.Attribute)
            and called.attr in BY_HAND
            and isinstance(called.value, ast.Name)
            and called.value.id == "rows"
        )
        named = node.args[0].func if isinstance(node.args[0], ast.Call) else node.args[0]
        if (is_direct or is_of_module) and isinstance(named, ast.Name):
            yield node.lineno, named.id


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_names_its_own_tables_alone(room: str) -> None:
    """`oidc` read nine tables of four other rooms, each in several places: none could change a column by itself."""
    foreign = []
    for path in sorted((ROOT / room).rglob("*.py")):
        tree, where = _tree(path), path.relative_to(ROOT)
        foreign += [f"{where}:{line} {word}" for line, word in _words(tree) if OWNERS.get(word, room) != room]
        rooms = _room_of_models(tree)
        foreign += [f"{where}:{line} {name}" for line, name in _models_by_hand(tree) if rooms.get(name, room) != room]
        foreign += [
            f"{where}:{node.lineno} db_table"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr == "db_table" and room != "tenants"
        ]
    assert foreign == []


def test_every_room_is_looked_at() -> None:
    assert {"access", "applications", "identity", "oidc", "organizations", "tenants"} <= set(ROOMS)
    assert OWNERS["identity_user"] == "identity"
    seen = dict.fromkeys(word for _, word in _words(_tree(ROOT / "identity" / "sql.py")))
    assert "identity_user" in seen
    assert {name for _, name in _models_by_hand(_tree(ROOT / "identity" / "selectors.py"))} == {
        "Factor",
        "SsoIdentity",
        "User",
    }
