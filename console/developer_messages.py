"""Email to the developers of a tenant, through the connector of tenant `admin`, where they have their accounts."""

from collections.abc import Mapping
from typing import Any

from common.pipeline import CONSOLE_PREFIX
from connectors.message_style import current_message_style
from connectors.messages import TemplateType
from connectors.selectors import has_connector
from connectors.services.messages import send_message
from console.tenancy import list_developers
from tenants.context import enter_tenant
from tenants.hosts import ADMIN_TENANT, origin_of_tenant
from tenants.models import Tenant

_MOST = 50


def mail_developers(tenant_id: str, *, template_type: TemplateType, path: str, payload: Mapping[str, Any]) -> int:
    """Write to every developer of a tenant who has an address, once the transaction has committed; returns to how many.

    The payload gets `tenant`, `user` and `link`, the address of `path` in the tenant's console. Each reads it in the
    language of their profile, else in the fallback language of tenant `admin`. Nothing is sent, and nothing fails,
    without an email connector there.
    """
    tenant = Tenant.objects.get(id=tenant_id)
    link = f"{origin_of_tenant(ADMIN_TENANT)}{CONSOLE_PREFIX}/{tenant_id}/{path}"
    with enter_tenant(ADMIN_TENANT):
        if not has_connector("email"):
            return 0
        users = [member.user for member in list_developers(tenant_id)]
        readers = [user for user in users if user.primary_email and not user.is_suspended][:_MOST]
        for user in readers:
            send_message(
                channel="email",
                recipient=str(user.primary_email),
                template_type=template_type,
                payload={
                    **payload,
                    "tenant": {"id": tenant.id, "name": tenant.name},
                    "user": {"id": user.id, "name": user.name, "primaryEmail": user.primary_email},
                    "link": link,
                },
                locale=str(user.profile.get("locale") or current_message_style().fallback_language),
            )
    return len(readers)
