"""What every factor that is stored does: one `FactorKind` a folder, registered in `identity.factors`."""

from collections.abc import Mapping
from typing import Any, Protocol

from common.actors import Actor
from common.shapes import Shape
from identity.factor_types import FactorType
from identity.models import Factor, User


class FactorKind(Protocol):
    """How one kind of factor is shown, and created by a developer."""

    type: FactorType
    #: What a developer may give when creating one; `None` if only the user's own device can.
    creation: Shape | None

    def describe(self, factor: Factor) -> dict[str, Any]:
        """Return the members that a factor of this kind has on the wire besides its id, type and time of creation."""
        ...

    def is_usable(self, factor: Factor) -> bool:
        """Whether the user can still prove something by it."""
        ...

    def create(self, user: User, values: Mapping[str, Any], *, issuer: str, actor: Actor) -> dict[str, Any]:
        """Set one up for a user and return what only now can be shown. `issuer` is the host name of the tenant."""
        ...
