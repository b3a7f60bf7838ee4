"""Imports of users on the wire."""

from collections.abc import Iterable
from typing import Any, TypedDict

from rest_framework import serializers

from common.rest.fields import Choice, Text
from common.strict_json import parse_json
from identity.imports.selectors import problem_message
from identity.models import UserImport, UserImportProblem
from tenants.database.shapes import Member, Shape

USER_IMPORT = Shape(
    UserImport,
    "id",
    "file_name",
    "file_size",
    "source",
    "layout",
    "options",
    "status",
    "is_dry_run",
    Member("position", "bytesRead"),
    "rows",
    "created",
    "updated",
    "skipped",
    "failed",
    Member("dry_run_counts", "dryRun"),
    "error_code",
    "created_at",
    "updated_at",
    "started_at",
    "finished_at",
)


class _JsonParameter(Text):
    """A JSON object in a parameter."""

    default_error_messages = {"json": "Not a JSON object."}

    def to_internal_value(self, data: Any) -> Any:
        try:
            value = parse_json(super().to_internal_value(data))
        except ValueError:
            value = None
        if not isinstance(value, dict):
            self.fail("json")
        return value


class ImportQuery(serializers.Serializer[Any]):
    """What a creation says in its address."""

    source = Text(required=False, max_length=32)  # type: ignore[assignment]  # a member of that name
    fileName = Text(source="file_name", required=False, max_length=256)
    options = _JsonParameter(required=False, max_length=4096)


class ImportForm(serializers.Serializer[Any]):
    """What a creation says in its form, besides the file."""

    secrets = _JsonParameter(required=False, max_length=4096)


class ExportQuery(serializers.Serializer[Any]):
    """The form of an export."""

    format = Choice(choices=["ndjson", "csv"], default="ndjson")


class ImportProblem(TypedDict):
    """Why a row was not taken."""

    row: int
    line: int
    field: str | None
    code: str
    message: str


def problem_rows(problems: Iterable[UserImportProblem]) -> list[ImportProblem]:
    """Return problems with their messages in the caller's language."""
    return [
        {
            "row": problem.row,
            "line": problem.line,
            "field": problem.field or None,
            "code": problem.code,
            "message": problem_message(problem),
        }
        for problem in problems
    ]
