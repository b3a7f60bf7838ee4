"""The form in which an address is kept where it is only looked for."""

from common.crypto import keyed_digests
from connectors.factories import Channel
from tenants.context import current_tenant_id


def address_digests(channel: Channel, address: str) -> list[str]:
    """Return the digests under which an address, in its compared form, may be kept; the first is the present one."""
    return keyed_digests(address, context=f"delivery-problem.{current_tenant_id()}.{channel}")
