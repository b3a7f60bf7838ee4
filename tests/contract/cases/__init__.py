"""How each operation is tried, a file for a few groups."""

from tests.contract.cases import access, applications, configs, connectors, experience, organizations, tenant, users
from tests.contract.world import Case, World

_FILES = (access, applications, configs, connectors, experience, organizations, tenant, users)

CASES: dict[str, Case] = {name: case for file in _FILES for name, case in file.CASES.items()}


def furnish(world: World) -> None:
    """Make what the cases need."""
    for file in _FILES:
        file.furnish(world)
