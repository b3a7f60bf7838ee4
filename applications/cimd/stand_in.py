"""The application that stands for all clients with a metadata document; a tenant has at most one."""

from applications.models import Application
from applications.models.application import ApplicationType
from tenants.configuration import cached

_CIMD = Application.RegistrationSource.CIMD


def find_stand_in() -> Application | None:
    """Return the tenant's, `None` if nothing has needed one yet."""
    return Application.with_hidden.filter(registration_source=_CIMD).first()


def find_stand_in_id() -> str:
    """Return its id, empty if there is none; cached."""

    def load() -> str:
        found = find_stand_in()
        return "" if found is None else found.id

    return cached("oidc.stand_in", "", load)


def ensure_stand_in() -> Application:
    """Return the tenant's, made when it is first needed."""
    found, _ = Application.with_hidden.get_or_create(
        registration_source=_CIMD,
        defaults={"name": "Unverified clients", "type": ApplicationType.NATIVE, "is_third_party": True},
    )
    return found
