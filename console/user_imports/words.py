"""An import in words and figures, as its page and its script have them."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.errors import AppError
from identity.imports.preview import PreviewedRow
from identity.imports.records import ImportedUser
from identity.imports.sources import SOURCES
from identity.models import UserImport

Status = UserImport.Status
_STATES = {
    Status.UPLOADED: (gettext_lazy("Uploaded"), ""),
    Status.CHECKING: (gettext_lazy("Checking"), ""),
    Status.CHECKED: (gettext_lazy("Checked"), "good"),
    Status.IMPORTING: (gettext_lazy("Importing"), ""),
    Status.COMPLETED: (gettext_lazy("Completed"), "good"),
    Status.CANCELED: (gettext_lazy("Canceled"), ""),
    Status.FAILED: (gettext_lazy("Failed"), "danger"),
}


def describe_import(user_import: UserImport) -> dict[str, Any]:
    """Return what pages show of an import."""
    state, tone = _STATES[Status(user_import.status)]
    is_stored = user_import.chunk_count > 0
    status = user_import.status
    return {
        "id": user_import.id,
        "name": user_import.file_name or user_import.id,
        "source": SOURCES[user_import.source].title if user_import.source in SOURCES else user_import.source,
        "created_at": user_import.created_at,
        "size": user_import.file_size,
        "state": state,
        "tone": tone,
        "is_active": user_import.is_active,
        "is_dry_run": user_import.is_dry_run,
        "percent": _percent(user_import),
        "rows": user_import.rows,
        "created": user_import.created,
        "updated": user_import.updated,
        "skipped": user_import.skipped,
        "failed": user_import.failed,
        "error": AppError(user_import.error_code).message if user_import.error_code else "",
        "may_check": is_stored and status in (Status.UPLOADED, Status.CHECKED),
        "may_start": is_stored and status in (Status.UPLOADED, Status.CHECKED),
        "may_resume": is_stored and status in (Status.CANCELED, Status.FAILED),
        "may_delete": not user_import.is_active,
        "is_started": user_import.started_at is not None,
    }


def describe_progress(user_import: UserImport) -> dict[str, Any]:
    """Return what the page's script asks for again and again."""
    shown = describe_import(user_import)
    return {
        "isActive": shown["is_active"],
        "percent": shown["percent"],
        "text": progress_text(user_import),
        **{name: shown[name] for name in ("rows", "created", "updated", "skipped", "failed")},
    }


def progress_text(user_import: UserImport) -> str:
    """Return how far it has come, as a sentence."""
    rows = user_import.rows
    return ngettext("%(percent)s %% · %(rows)s row", "%(percent)s %% · %(rows)s rows", rows) % {
        "percent": _percent(user_import),
        "rows": f"{rows:,}",
    }


def _percent(user_import: UserImport) -> int:
    if user_import.status in (Status.CHECKED, Status.COMPLETED):
        return 100
    return min(100, 100 * user_import.position // user_import.file_size) if user_import.file_size else 0


def describe_preview(rows: list[PreviewedRow]) -> list[tuple[str, list[str]]]:
    """Return a table of what the first rows would become: a name and the value of each; empty lines are left out."""
    columns = [_cells(row.user) if row.user else {} for row in rows]
    names = list(dict.fromkeys(name for column in columns for name in column))
    table = [(name, [column.get(name, "") for column in columns]) for name in names]
    return [(name, cells) for name, cells in table if any(cells)]


def _cells(user: ImportedUser) -> dict[str, str]:
    return {
        str(_("Id at the source")): user.source_id,
        str(_("Username")): user.username or "",
        str(_("Email")): _verified(user.primary_email, user.email_verified),
        str(_("Phone")): _verified(user.primary_phone, user.phone_verified),
        str(_("Name")): user.name or "",
        str(_("Picture")): user.avatar or "",
        str(_("Password")): _password(user),
        str(_("Profile")): ", ".join(user.profile),
        str(_("Custom data")): ", ".join(user.custom_data),
        str(_("Linked accounts")): ", ".join(
            [*user.identities, *(identity.connector for identity in user.enterprise_identities)]
        ),
        str(_("Roles")): ", ".join(user.roles),
        str(_("Organizations")): ", ".join(membership.organization for membership in user.memberships),
        str(_("Second factors")): ", ".join(_factors(user)),
        str(_("Suspended")): str(_("Yes")) if user.is_suspended else "",
        str(_("Created")): f"{user.created_at:%Y-%m-%d}" if user.created_at else "",
    }


def _verified(value: str | None, is_verified: bool | None) -> str:
    if value and is_verified is False:
        return str(_("%(value)s (not verified)")) % {"value": value}
    return value or ""


def _password(user: ImportedUser) -> str:
    if user.hashed_password:
        return user.hashed_password.method
    if user.plain_password:
        return str(_("In plain text"))
    return str(_("Cannot be verified here")) if user.unsupported_password else ""


def _factors(user: ImportedUser) -> list[str]:
    found = []
    if user.totp_secret:
        found.append(str(_("Authenticator app")))
    if user.passkeys:
        found.append(str(_("Passkey")))
    if user.backup_codes:
        found.append(str(_("Backup codes")))
    return found
