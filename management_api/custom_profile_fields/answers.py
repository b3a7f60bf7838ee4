"""Answers about profile fields."""

from typing import Literal, TypedDict

from management_api.answers import JsonObject, Milliseconds


class ProfileField(TypedDict):
    """A field that the tenant collects about its users."""

    tenantId: str
    id: str
    name: str
    type: Literal["Text", "Number", "Date", "Checkbox", "Select", "Url", "Regex", "Address", "Fullname"]
    label: str
    description: str | None
    required: bool
    config: JsonObject
    createdAt: Milliseconds
    sieOrder: int
