"""The machine-to-machine application with which a back end calls its tenant's Management API."""

from typing import Any

from django.db import transaction

from access.management import MANAGEMENT_ROLE_NAME, management_api_indicator
from access.models import Role
from applications.models import Application
from applications.models.application import ApplicationType
from applications.selectors import secret_value
from applications.services.applications import create_application
from applications.services.roles import assign_application_roles
from applications.services.secrets import add_secret
from common.actors import Actor
from tenants.context import current_tenant_id
from tenants.hosts import issuer_of, origin_of_tenant

CLIENT_NAME = "Management API client"


@transaction.atomic
def create_management_client(
    *, application_id: str | None = None, secret: str | None = None, actor: Actor
) -> Application:
    """Create an application of the current tenant that may use the whole Management API.

    Id and secret are generated unless they are given.
    """
    machine = create_application(
        application_id=application_id,
        name=CLIENT_NAME,
        type=ApplicationType.MACHINE_TO_MACHINE,
        description="Used by your backend to call the Management API.",
        actor=actor,
    )
    if secret:
        machine.secrets.all().delete()
        add_secret(machine, name="Default secret", value=secret, actor=actor)
    role = Role.objects.get(name=MANAGEMENT_ROLE_NAME)
    assign_application_roles(machine, role_ids=[role.id], actor=actor)
    return machine


def describe_management_api(machine: Application) -> dict[str, Any]:
    """Return where the current tenant is, and how its Management API client gets a token; the secret is in it."""
    tenant_id = current_tenant_id()
    origin = origin_of_tenant(tenant_id)
    return {
        "endpoint": origin,
        "issuer": issuer_of(origin),
        "managementApi": {
            "tokenEndpoint": f"{issuer_of(origin)}/token",
            "clientId": machine.id,
            "clientSecret": secret_value(machine.secrets.order_by("created_at")[0]),
            "resource": management_api_indicator(tenant_id),
        },
    }
