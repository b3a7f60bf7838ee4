"""How imports and exports of users are called so that something happens."""

from collections.abc import Callable
from typing import Any

from common.actors import SYSTEM, Actor
from identity.exports.streaming import export_users
from identity.imports.files import BytesFile
from identity.imports.jobs import (
    cancel_user_import,
    create_local_import,
    create_user_import,
    delete_user_import,
    resume_user_import,
    start_user_import,
)
from identity.models import UserImport

FILE = b"username\ndora\n"


def _stored() -> UserImport:
    return create_user_import(FILE, actor=SYSTEM)


def _running() -> UserImport:
    return start_user_import(_stored(), is_dry_run=True, actor=SYSTEM)


def recipes(actor: Actor) -> dict[Any, Callable[[Any], Any]]:
    """By service."""
    return {
        create_user_import: lambda w: create_user_import(FILE, actor=actor),
        create_local_import: lambda w: create_local_import(BytesFile(FILE), sha256="0" * 64, actor=actor),
        start_user_import: lambda w: start_user_import(_stored(), is_dry_run=True, actor=actor),
        cancel_user_import: lambda w: cancel_user_import(_running(), actor=actor),
        resume_user_import: lambda w: resume_user_import(cancel_user_import(_running(), actor=SYSTEM), actor=actor),
        delete_user_import: lambda w: delete_user_import(_stored(), actor=actor),
        export_users: lambda w: export_users(
            layout="ndjson", with_passwords=True, with_totp_secrets=False, actor=actor
        ),
    }
