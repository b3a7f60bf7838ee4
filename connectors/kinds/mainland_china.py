"""Numbers of mainland China, which Chinese providers take without their country code."""

_COUNTRY_CODE = "86"


def national_number(recipient: str) -> str | None:
    """Return the number without China's country code, `None` if it is of another country. Both are digits alone."""
    return recipient.removeprefix(_COUNTRY_CODE) if recipient.startswith(_COUNTRY_CODE) else None
