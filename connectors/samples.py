"""Made-up values for previews and test messages."""

from collections.abc import Mapping
from typing import Any

from connectors.messages import NOTIFICATIONS, TemplateType

#: The code of every message that is no real one.
SAMPLE_CODE = "000000"

_WITH_LINK = frozenset({TemplateType.ORGANIZATION_INVITATION})
_EVERYBODY: Mapping[str, Any] = {
    "application": {"id": "sample", "name": "Acme Shop", "branding": {}},
    "organization": {"id": "sample", "name": "Hill Farm", "branding": {}},
    "user": {"id": "sample", "name": "Alice Moreau", "username": "alice", "primaryEmail": "alice@example.com"},
    "inviter": {"id": "sample", "name": "Bob Lindqvist", "username": "bob", "primaryEmail": "bob@example.com"},
}


def sample_payload(template_type: TemplateType) -> dict[str, Any]:
    """Return a payload of the form in which a message of this type gets it."""
    if template_type is TemplateType.WEBHOOK_PAUSED:
        about = {"webhook": {"id": "sample", "name": "Orders"}, "tenant": {"id": "sample", "name": "Acme"}}
        return {**about, "user": _EVERYBODY["user"], "link": "https://example.com/console"}
    if template_type in NOTIFICATIONS:
        return {"changes": [{"factor": "Totp", "change": "Added"}], "user": _EVERYBODY["user"]}
    if template_type in _WITH_LINK:
        return {**_EVERYBODY, "link": "https://example.com/join"}
    shown = {name: value for name, value in _EVERYBODY.items() if name != "organization"}
    return {**shown, "organization": {}, "code": SAMPLE_CODE, "expiresInMinutes": 10}
