"""Whether a tenant takes clients that are known by the address of their metadata."""

from applications.models.document_clients import is_document_address
from common.shapes import Flag, Members
from tenants.services.settings import Setting, get_setting

CIMD_SETTING = Setting(key="cimd", shape=Members({"enabled": Flag(required=True)}), default={"enabled": False})


def is_cimd_on() -> bool:
    """Whether such clients are taken now; while they are not, nothing is fetched. No statement when warm."""
    return bool(get_setting(CIMD_SETTING).get("enabled"))


def is_taken(client_id: str) -> bool:
    """Whether tokens of a client count: one with a document is unknown while such clients are not taken."""
    return not is_document_address(client_id) or is_cimd_on()
