"""Whether a tenant takes clients that are known by the address of their metadata."""

from django.conf import settings

from applications.models.document_clients import is_document_address
from common.shapes import Flag, Members
from tenants.services.settings import Setting, get_setting

CIMD_SETTING = Setting(key="cimd", shape=Members({"enabled": Flag(required=True)}), default={"enabled": False})


def is_outbound_protected() -> bool:
    """Whether this installation calls no address in a private network: whoever asks chooses what is called."""
    return not settings.ALLOW_PRIVATE_ADDRESSES


def is_cimd_on() -> bool:
    """Whether such clients are taken now; while they are not, nothing is fetched. No statement when warm."""
    return bool(get_setting(CIMD_SETTING).get("enabled")) and is_outbound_protected()


def is_taken(client_id: str) -> bool:
    """Whether tokens of a client count: one with a document is unknown while such clients are not taken."""
    return not is_document_address(client_id) or is_cimd_on()
