"""A field of the catalog as the sign-up reads it: what is asked, and what its value has to look like."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from common.clock import to_milliseconds
from experience.models import CustomProfileField
from experience.profile_fields.shapes import Type


@dataclass(frozen=True, slots=True)
class ProfileField:
    """A question, or one part of an address or of a full name. `parts` are those that are asked for."""

    name: str
    type: str
    label: str = ""
    description: str = ""
    required: bool = False
    config: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple["ProfileField", ...] = ()
    wire: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_row(cls, row: CustomProfileField) -> "ProfileField":
        """Read a row of the catalog."""
        parts = tuple(cls._from_part(part) for part in row.config.get("parts", ()) if part["enabled"])
        return cls(
            name=row.name,
            type=row.type,
            label=row.label,
            description=row.description or "",
            required=row.required,
            config=row.config,
            parts=parts,
            wire=represent_field(row),
        )

    @classmethod
    def _from_part(cls, part: Mapping[str, Any]) -> "ProfileField":
        return cls(
            name=part["name"],
            type=part["type"],
            label=part.get("label", ""),
            description=part.get("description", ""),
            required=part["required"],
            config=part.get("config", {}),
        )

    @property
    def is_full_name(self) -> bool:
        """Whether the parts are kept as claims of their own."""
        return self.type == Type.FULLNAME

    @property
    def required_parts(self) -> tuple["ProfileField", ...]:
        """The parts that may not be left out: those that say so, or if none does all parts of a required field."""
        named = tuple(part for part in self.parts if part.required)
        return named or (self.parts if self.required else ())


def represent_field(row: CustomProfileField) -> dict[str, Any]:
    """Return the row on the wire."""
    return {
        "tenantId": row.tenant_id,
        "id": row.id,
        "name": row.name,
        "type": row.type,
        "label": row.label,
        "description": row.description,
        "required": row.required,
        "config": row.config,
        "createdAt": to_milliseconds(row.created_at),
        "sieOrder": row.sie_order,
    }
