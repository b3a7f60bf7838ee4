"""A tenant's own words on the wire."""

from typing import Any

from experience.models import CustomPhrase


def custom_phrase_row(row: CustomPhrase) -> dict[str, Any]:
    """Return one language's words."""
    return {
        "tenantId": row.tenant_id,
        "id": row.id,
        "languageTag": row.language_tag,
        "translation": row.translation,
    }
