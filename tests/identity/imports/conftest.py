"""Files of users, imported into tenant `default` by carol."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings

from common.actors import Actor
from identity.imports.jobs import create_user_import, start_user_import
from identity.imports.running import run_user_import
from identity.models import UserImport
from tenants.models import Tenant

CAROL = Actor.developer("carol")

Importing = Callable[..., UserImport]


@pytest.fixture(autouse=True)
def _files(settings: LazySettings, tmp_path: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }


@pytest.fixture
def imported(tenant: Tenant) -> Importing:
    """Import a file to its end, and return what became of it."""

    def run(
        content: bytes | str,
        *,
        dry_run: bool = False,
        source: str = "",
        secrets: dict[str, Any] | None = None,
        **options: Any,
    ) -> UserImport:
        data = content.encode() if isinstance(content, str) else content
        user_import = create_user_import(data, source=source, secrets=secrets, options=options, actor=CAROL)
        start_user_import(user_import, is_dry_run=dry_run, actor=CAROL)
        while run_user_import(user_import.id, seconds=60):
            pass
        user_import.refresh_from_db()
        return user_import

    return run


def counts(user_import: UserImport) -> tuple[int, int, int, int, int]:
    """Rows, and how many of them were created, updated, skipped, refused."""
    found = user_import
    return found.rows, found.created, found.updated, found.skipped, found.failed


def problems(user_import: UserImport) -> list[tuple[int, int, str, str]]:
    """Row, line, field and code of each problem."""
    return list(user_import.problems.order_by("id").values_list("row", "line", "field", "code"))
