"""Why an import, or a row of one, is refused."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import AppError, declare

declare(
    {
        "user_import.malformed_row": (422, _("This row cannot be read.")),
        "user_import.row_too_long": (422, _("This row is too long.")),
        "user_import.too_many_rows": (422, _("The file has too many rows.")),
        "user_import.invalid_value": (422, _("This value is not of the kind that belongs here.")),
        "user_import.no_identifier": (
            422,
            _("Nothing is left that the user could sign in by: no username, address, phone number or linked account."),
        ),
        "user_import.unverified_identifier": (
            422,
            _("The source says that this was never verified. Choose whether such identifiers are kept or left out."),
        ),
        "user_import.unsupported_password": (
            422,
            _("Passwords hashed by %(algorithm)s cannot be verified here. Choose to import such users without one."),
        ),
        "user_import.unsupported_factor": (
            422,
            _("The second factor “%(factor)s” cannot be verified here. Choose to import such users without it."),
        ),
        "user_import.duplicate_row": (422, _("Row %(row)s of the file has the same value.")),
        "user_import.user_exists": (422, _("This user exists already.")),
        "user_import.ambiguous_user": (422, _("The identifiers of this row belong to several existing users.")),
        "user_import.unknown_role": (422, _("There is no role for users with this id or name.")),
        "user_import.unknown_organization": (422, _("There is no organization with this id or name.")),
        "user_import.unknown_organization_role": (422, _("There is no organization role with this id or name.")),
        "user_import.unknown_connector": (422, _("There is no enterprise connector with this id or name.")),
        "user_import.id_in_use": (422, _("This user id cannot be kept: it is in use, or has another form.")),
        "user_import.concurrent_change": (422, _("Something else changed this user, or what the row refers to.")),
        "user_import.unknown_format": (400, _("This is no file of users of a known format.")),
        "user_import.options_missing": (400, _("This source needs further options.")),
        "user_import.wrong_status": (422, _("An import in this state does not allow that.")),
        "user_import.too_many": (422, _("Too many imports are unfinished. Finish or delete one first.")),
        "user_import.file_gone": (422, _("The file of this import has been deleted.")),
    }
)


class RowError(AppError):
    """A row is not taken, because of one of its fields."""

    def __init__(self, code: str, *, field: str = "", **params: Any) -> None:
        super().__init__(code, params=params or None)
        self.field = field


#: The field that another room's refusal is about.
FIELD_OF_CODE = {
    "user.invalid_email": "primaryEmail",
    "user.email_already_in_use": "primaryEmail",
    "user.invalid_phone": "primaryPhone",
    "user.phone_already_in_use": "primaryPhone",
    "user.username_already_in_use": "username",
    "user.identity_already_in_use": "identities",
    "user.totp_secret_invalid": "totpSecret",
    "user.wrong_backup_code_format": "backupCodes",
    "user.invalid_role_type": "roles",
    "password.rejected": "password",
    "password.unsupported_encryption_method": "passwordDigest",
    "password.invalid_legacy_password_format": "passwordDigest",
    "password.unsupported_legacy_hash_algorithm": "passwordDigest",
}


def field_of(error: AppError) -> str:
    """Return the field of a row that an error is about, empty if it is about the whole row."""
    if isinstance(error, RowError):
        return error.field
    if error.code == "entity.value_too_long" and isinstance(error.data, dict):
        return str(error.data.get("message") or "")
    if error.code == "guard.invalid_input" and isinstance(error.data, dict):
        issues = error.data.get("issues") or [{}]
        return str(issues[0].get("path") or "")
    if error.code.startswith("user.username"):
        return "username"
    return FIELD_OF_CODE.get(error.code, "")
