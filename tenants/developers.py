"""How a tenant is known in tenant `admin`, where its developers are."""


def organization_id_of(tenant_id: str) -> str:
    """Return the id of the organization that stands for a tenant; its members are the tenant's developers."""
    return f"t-{tenant_id}"
