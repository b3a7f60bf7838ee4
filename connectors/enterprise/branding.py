"""How an enterprise connector looks on the sign-in page: its name there and its logos."""

from collections.abc import Mapping
from typing import Any

from common.shapes import Members, Text, WebAddress, validate

MAX_DISPLAY_NAME_LENGTH = 128

_BRANDING = Members(
    {
        "displayName": Text(max_length=MAX_DISPLAY_NAME_LENGTH),
        "logo": WebAddress(allows_empty=True),
        "darkLogo": WebAddress(allows_empty=True),
    }
)


def checked_branding(branding: Mapping[str, Any]) -> dict[str, str]:
    """Return branding as it is stored, without what is empty; raises `guard.invalid_input`."""
    read: dict[str, str] = validate(_BRANDING, dict(branding), path="branding")
    return {name: value for name, value in read.items() if value}
