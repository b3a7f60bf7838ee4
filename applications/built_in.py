"""The clients every tenant is born with: pages of its own at which its sign-in is tried out.

They are the tenant's own (first-party), public, and open to every user: no access rule can stand before them. What they
are stands here, not in their rows, so it follows the tenant's domains and the version that runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from applications.models import Application
from applications.models.application import DEMO_APP, DEVICE_DEMO_APP, ApplicationType
from tenants.context import current_tenant_id
from tenants.hosts import origins_of_tenant


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """One of them: its page at each of the tenant's origins is where answers and sign-outs lead."""

    name: str
    description: str
    type: ApplicationType
    path: str
    is_redirected_to: bool = True
    custom_client_metadata: Mapping[str, Any] = field(default_factory=dict)


BUILT_IN: Mapping[str, BuiltIn] = MappingProxyType(
    {
        DEMO_APP: BuiltIn("Live preview", "Tries the sign-in experience out.", ApplicationType.SPA, "/demo-app"),
        DEVICE_DEMO_APP: BuiltIn(
            "Device preview",
            "Tries out how devices are connected.",
            ApplicationType.NATIVE,
            "/device-demo-app",
            is_redirected_to=False,
            custom_client_metadata={"isDeviceFlow": True},
        ),
    }
)


def complete_built_in(application: Application) -> Application:
    """Give the row of a built-in application what it is in the current tenant. One statement, for the domains."""
    known = BUILT_IN[application.id]
    pages = [f"{origin}{known.path}" for origin in origins_of_tenant(current_tenant_id())]
    application.name, application.description, application.type = known.name, known.description, known.type
    application.oidc_client_metadata = {
        "redirectUris": pages if known.is_redirected_to else [],
        "postLogoutRedirectUris": pages,
    }
    application.custom_client_metadata = dict(known.custom_client_metadata)
    application.is_third_party = application.app_level_access_control_enabled = False
    return application
