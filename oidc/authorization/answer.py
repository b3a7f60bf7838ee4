"""What a user has agreed to, in the form in which a waiting request keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from oidc.sessions.grants import ScopeSet


@dataclass(frozen=True, slots=True)
class Answer:
    """The scopes that the user let the application have, and the organizations they let it into.

    `organization_ids` is `None` if the application did not ask for organizations: those let in before stay.
    """

    agreed: ScopeSet
    organization_ids: tuple[str, ...] | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "scopes": list(self.agreed.scopes),
            "resourceScopes": {indicator: list(names) for indicator, names in self.agreed.by_resource.items()},
            "organizationIds": None if self.organization_ids is None else list(self.organization_ids),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `as_json` stored; anything else agrees to nothing."""
        by_resource = {indicator: tuple(names) for indicator, names in stored.get("resourceScopes", {}).items()}
        organization_ids = stored.get("organizationIds")
        return cls(
            ScopeSet(tuple(stored.get("scopes", ())), by_resource),
            None if organization_ids is None else tuple(organization_ids),
        )
