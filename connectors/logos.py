"""Addresses of connectors' logos: static files of the installation, or pictures of a tenant's own."""

from django.templatetags.static import static

from tenants.context import current_tenant_id
from tenants.hosts import origin_of_tenant


def logo_address(path_or_address: str) -> str:
    """Return the absolute address of a logo; empty for none."""
    if not path_or_address or "://" in path_or_address:
        return path_or_address
    return f"{origin_of_tenant(current_tenant_id())}{static(path_or_address)}"
