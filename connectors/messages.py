"""From a message's type and payload to its words.

The template is looked for in this order: the tenant's own for the type and language, for the type and the fallback
language, for `Generic` and the fallback language; then the connector's own; then the built-in, translated one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class TemplateType(StrEnum):
    """What a message is for; `usageType` in a connector's templates."""

    SIGN_IN = "SignIn"
    REGISTER = "Register"
    FORGOT_PASSWORD = "ForgotPassword"
    ORGANIZATION_INVITATION = "OrganizationInvitation"
    GENERIC = "Generic"
    USER_PERMISSION_VALIDATION = "UserPermissionValidation"
    BIND_NEW_IDENTIFIER = "BindNewIdentifier"
    MFA_VERIFICATION = "MfaVerification"
    BIND_MFA = "BindMfa"


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """Words with `{{a.b}}` places."""

    subject: str
    content: str
    content_type: str = "text/plain"
    send_from: str = ""
    reply_to: str = ""

    @classmethod
    def from_details(cls, details: Mapping[str, Any]) -> "MessageTemplate":
        return cls(
            details.get("subject", ""),
            details["content"],
            details.get("contentType", "text/html"),
            details.get("sendFrom", ""),
            details.get("replyTo", ""),
        )


_PLACE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")

# The built-in messages: subject and the sentence above the code.
_BUILT_IN: Mapping[TemplateType, tuple[str | Promise, str | Promise]] = {
    TemplateType.SIGN_IN: (_("Your sign-in code"), _("Use this code to sign in.")),
    TemplateType.REGISTER: (_("Your sign-up code"), _("Use this code to create your account.")),
    TemplateType.FORGOT_PASSWORD: (_("Reset your password"), _("Use this code to choose a new password.")),
    TemplateType.ORGANIZATION_INVITATION: (_("You are invited"), _("You have been invited to join an organization.")),
    TemplateType.GENERIC: (_("Your verification code"), _("Use this code to continue.")),
    TemplateType.USER_PERMISSION_VALIDATION: (_("Confirm it is you"), _("Use this code to confirm that it is you.")),
    TemplateType.BIND_NEW_IDENTIFIER: (
        _("Confirm your address"),
        _("Use this code to add this address to your account."),
    ),
    TemplateType.MFA_VERIFICATION: (_("Your two-step code"), _("Use this code to finish signing in.")),
    TemplateType.BIND_MFA: (_("Set up two-step sign-in"), _("Use this code to set up two-step sign-in.")),
}


def fill(text: str, payload: Mapping[str, Any], *, html: bool = False) -> str:
    """Put the payload into the places of a text.

    A place whose first name is not in the payload stays as it is; a deeper name that is missing becomes empty. In HTML
    the values are escaped.
    """

    def value(match: re.Match[str]) -> str:
        root, *rest = match[1].split(".")
        if root not in payload:
            return match[0]
        found: Any = payload[root]
        for name in rest:
            found = found.get(name) if isinstance(found, Mapping) else None
        shown = "" if found is None else str(found)
        return escape(shown) if html else shown

    return _PLACE.sub(value, text)


def built_in(template_type: TemplateType, payload: Mapping[str, Any], locale: str) -> tuple[str, str, str]:
    """Return `(subject, html, text)` of the built-in message in a language. `link` is used if there is no code."""
    with translation.override(translation.get_supported_language_variant(locale) if _is_known(locale) else "en"):
        subject, sentence = (str(part) for part in _BUILT_IN[template_type])
        context = {
            "subject": subject,
            "sentence": sentence,
            "code": payload.get("code", ""),
            "link": payload.get("link", ""),
            "ignore": gettext("If you did not ask for this, you can ignore this message."),
            "application": payload.get("application") or {},
            "organization": payload.get("organization") or {},
            "language": translation.get_language(),
            "is_rtl": translation.get_language_bidi(),
        }
        html = render_to_string("connectors/message.html", context)
        text = render_to_string("connectors/message.txt", context)
    return subject, html, text


def built_in_sms(template_type: TemplateType, payload: Mapping[str, Any], locale: str) -> str:
    """Return the built-in text message in a language."""
    with translation.override(translation.get_supported_language_variant(locale) if _is_known(locale) else "en"):
        shown = payload.get("code") or payload.get("link") or ""
        return f"{shown} – {_BUILT_IN[template_type][1]}"


def _is_known(locale: str) -> bool:
    try:
        translation.get_supported_language_variant(locale)
    except LookupError:
        return False
    return True
