"""Answers about the account center."""

from typing import TypedDict

from management_api.answers import JsonObject


class AccountCenter(TypedDict):
    """What users may see and change of their own account."""

    tenantId: str
    id: str
    enabled: bool
    fields: dict[str, str]
    webauthnRelatedOrigins: list[str]
    deleteAccountUrl: str | None
    customCss: str | None
    profileFields: list[JsonObject] | None
