"""The codes of configuration as code, and the one way in which a file is refused: every place with its line."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.errors import AppError, declare

declare(
    {
        "configuration.invalid_file": (422, _("The configuration file is not valid.")),
        "configuration.busy": (
            409,
            _("This tenant's configuration is being planned or applied. Try again in a moment."),
        ),
        "configuration.tenant_changed": (409, _("The tenant has changed since the plan was made. Plan again.")),
    }
)

# A hostile file has a fault a line; nobody reads more than these.
MAX_ISSUES = 50
_MAX_TOLD = 200

Path = tuple[str | int, ...]


class Problem(NamedTuple):
    """What is wrong with a file, and where: its path, and the line if it is known."""

    path: Path
    message: str | Promise
    line: int | None = None
    code: str = "invalid"


def spelled(path: Path) -> str:
    """Return a path as people write it: `applications[2].oidcClientMetadata.redirectUris[0]`."""
    text = ""
    for part in path:
        step = f"[{part}]" if isinstance(part, int) else part
        text += f".{step}" if text and not step.startswith("[") else step
    return text[:_MAX_TOLD]


def invalid_file(problems: Iterable[Problem]) -> AppError:
    """Return `configuration.invalid_file`; its `data` has `issues`, each `{path, line, code, message}`."""
    rows: list[dict[str, Any]] = [
        {"path": spelled(path), "line": line, "code": code, "message": str(message)[: _MAX_TOLD * 5]}
        for path, message, line, code in list(problems)[:MAX_ISSUES]
    ]
    lines = "\n".join(_line_of(row) for row in rows)
    return AppError("configuration.invalid_file", data={"issues": rows}, details=lines)


def _line_of(row: dict[str, Any]) -> str:
    place = row["path"] or "file"
    return f"line {row['line']}, {place}: {row['message']}" if row["line"] else f"{place}: {row['message']}"
