"""The email of an invitation: what a caller may put into it, and what it says of the organization and the inviter."""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import invalid_value
from connectors.message_style import current_message_style
from connectors.messages import TemplateType
from connectors.services.messages import send_message
from identity.identifier_keys import is_storable
from identity.models import User
from identity.selectors import user_info
from identity.services.send_limits import SendAction, counted_send
from organizations.models import Organization, OrganizationInvitation

MAX_PAYLOAD_BYTES = 8_192

# Texts that are read here; of whatever else a payload holds the tenant's own template knows the meaning.
_MAX_LENGTHS = {"code": 256, "link": 2_048, "locale": 64, "uiLocales": 256}
# What a message may say of whoever invites (contract, `inviter`).
_INVITER_FIELDS = ("id", "avatar", "name", "primaryEmail", "primaryPhone", "username", "profile")


def checked_message(payload: Any) -> dict[str, Any]:
    """Return a message's payload, a JSON object; raises `guard.invalid_input` for what no message can hold."""
    if not isinstance(payload, Mapping):
        raise invalid_value("messagePayload", _("This is not an object."))
    for name, length in _MAX_LENGTHS.items():
        value = payload.get(name, "")
        if not isinstance(value, str) or len(value) > length:
            raise invalid_value(f"messagePayload.{name}", _("This is not a text of this length."))
    text = json.dumps(payload, ensure_ascii=False)
    if len(text) > MAX_PAYLOAD_BYTES or not is_storable(text) or "\\u0000" in text:
        raise invalid_value("messagePayload", _("This is more than a message holds."))
    return dict(payload)


def counted_message(recipient: str) -> AbstractContextManager[None]:
    """Return the transaction that sends a message to this address; raises `request.message_rate_limited`."""
    return counted_send(SendAction.MESSAGE, channel="email", recipient=recipient)


def send_message_of(invitation: OrganizationInvitation, payload: Mapping[str, Any]) -> None:
    """Write to the invitee once the transaction has committed; raises `connector.not_found` (501).

    In the language of `locale`, else the first of `uiLocales`, else the tenant's fallback language.
    """
    locale = payload.get("locale") or (payload.get("uiLocales") or "").split(" ")[0]
    send_message(
        channel="email",
        recipient=invitation.invitee,
        template_type=TemplateType.ORGANIZATION_INVITATION,
        payload={
            **payload,
            **message_context(invitation.organization, inviter=invitation.inviter),
            "invitation": {"id": invitation.id},
        },
        locale=locale or current_message_style().fallback_language,
    )


def message_context(organization: Organization, *, inviter: User | None) -> dict[str, Any]:
    """Return what every invitation's message says of the organization and of whoever invites."""
    info = {} if inviter is None else user_info(inviter)
    return {
        "organization": {"id": organization.id, "name": organization.name, "branding": organization.branding},
        "inviter": {name: info[name] for name in _INVITER_FIELDS if name in info},
        # Known to be nobody's: their places in a template become empty.
        "application": {},
        "user": {},
    }
