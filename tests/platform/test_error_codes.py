"""Every error code can be raised, or stands in one list with the feature that will raise it.

A code that nothing raises misleads whoever reads the catalog, and its translations are work for nobody.
"""

import ast
import importlib
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings

from common.errors import catalog

# What features that are not there yet will raise; each goes from here together with its feature.
COMING = {
    "social and enterprise sign-in": {
        "user.identity_not_exists_in_current_user",
    },
    "the account center's factors and sessions": {"account_center.field_not_enabled"},
}


def _sources() -> Iterator[ast.AST]:
    for config in apps.get_app_configs():
        path = config.path
        if not path.startswith(str(settings.BASE_DIR)) or ".venv" in path:
            continue
        for file in (settings.BASE_DIR / config.name.replace(".", "/")).rglob("*.py"):
            yield ast.parse(file.read_text())


def _pattern(node: ast.JoinedStr) -> str | None:
    """The codes that a formatted string may be; only one that begins with a room's name and a dot counts."""
    first = node.values[0]
    if not (isinstance(first, ast.Constant) and re.match(r"[a-z_]+\.", str(first.value))):
        return None
    return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+" for part in node.values)


def _declared_keys(tree: ast.AST) -> set[int]:
    """The nodes that declare codes instead of raising them."""
    return {
        id(key)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "declare"
        for table in call.args
        if isinstance(table, ast.Dict)
        for key in table.keys
    }


def _raisable() -> tuple[set[str], list[str]]:
    codes, patterns = set(), []
    for tree in _sources():
        declared = _declared_keys(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and (pattern := _pattern(node)):
                patterns.append(pattern)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in declared:
                codes.add(node.value)
    return codes, patterns


@pytest.fixture(scope="module", autouse=True)
def _every_table() -> None:
    for config in apps.get_app_configs():
        for path in (settings.BASE_DIR / config.name.replace(".", "/")).rglob("*errors.py"):
            importlib.import_module(".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts))


def test_every_code_can_be_raised_or_is_announced() -> None:
    codes, patterns = _raisable()
    coming = {code for group in COMING.values() for code in group}
    dead = {
        code
        for code in catalog()
        if code not in codes | coming and not any(re.fullmatch(pattern, code) for pattern in patterns)
    }
    assert sorted(dead) == []


def test_what_is_announced_is_declared_and_not_raised_yet() -> None:
    codes, _ = _raisable()
    coming = {code for group in COMING.values() for code in group}
    assert coming <= catalog().keys()
    assert sorted(coming & codes) == []


def test_every_code_that_is_raised_is_declared() -> None:
    """Two were raised for months without a table: their answers had the code for a message."""
    raised = {
        str(call.args[0].value)
        for tree in _sources()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "AppError"
        if call.args and isinstance(call.args[0], ast.Constant)
    }
    assert sorted(raised - catalog().keys()) == []


# Of these rooms' codes each is reached by a test. The others are about consoles, devices and applications.
_REACHED = frozenset(
    {"action", "custom_profile_fields", "localization", "one_time_token", "password", "session"}
    | {"sign_in_experiences", "storage", "user", "verification_code"}
)


def _named_in_tests() -> tuple[set[str], list[str]]:
    """The strings of the tests, and what their formatted strings may be. A table may name the last part alone."""
    names, patterns = set(), []
    for file in (settings.BASE_DIR / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.JoinedStr) and (pattern := _pattern(node)):
                patterns.append(pattern)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.add(node.value)
    return names, patterns


def test_every_code_of_signing_in_is_reached_by_a_test() -> None:
    """A code that no test reaches may have lost the check that raises it, and nobody would notice."""
    names, patterns = _named_in_tests()
    coming = {code for group in COMING.values() for code in group}

    def is_named(code: str) -> bool:
        beginning, _, end = code.rpartition(".")
        formatted = [pattern for pattern in patterns if re.fullmatch(pattern, code)]
        # `session.{end}` says nothing of which ones, if the table does not.
        return code in names or any(pattern != rf"{re.escape(beginning)}\.\w+" or end in names for pattern in formatted)

    wanted = {code for code in catalog().keys() - coming if code.split(".")[0] in _REACHED}
    assert sorted(code for code in wanted if not is_named(code)) == []
