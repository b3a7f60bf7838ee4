"""From a message's type and payload to its words.

The template is looked for in this order: the tenant's own for the type and language, for the type and the tenant's
fallback language, for `Generic` and the fallback language; then the connector's own; then the built-in, translated
one. What carries no code is never put into the words of `Generic`.
"""

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from common.languages import in_language
from connectors.message_style import current_message_style


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
    SECURITY_NOTIFICATION = "SecurityNotification"
    WEBHOOK_PAUSED = "WebhookPaused"


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """Words with `{{a.b}}` places."""

    subject: str
    content: str
    content_type: str = "text/plain"
    send_from: str = ""
    reply_to: str = ""
    # What goes with content in HTML, for readers that show none.
    text_content: str = ""

    @classmethod
    def from_details(cls, details: Mapping[str, Any]) -> "MessageTemplate":
        return cls(
            details.get("subject", ""),
            details["content"],
            details.get("contentType") or details.get("type") or "text/html",
            details.get("sendFrom", ""),
            details.get("replyTo", ""),
            details.get("textContent", ""),
        )


#: Messages that stand for themselves: nobody is to enter a code or to follow a link.
NOTIFICATIONS = frozenset({TemplateType.SECURITY_NOTIFICATION, TemplateType.WEBHOOK_PAUSED})

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
    TemplateType.SECURITY_NOTIFICATION: (_("Your sign-in security was changed"), ""),
    TemplateType.WEBHOOK_PAUSED: (_("A webhook was paused"), ""),
}
# What was done to which factor.
_CHANGES: Mapping[tuple[str, str], str | Promise] = {
    ("Totp", "Added"): _("An authenticator app was added to your account."),
    ("Totp", "Replaced"): _("The authenticator app of your account was replaced."),
    ("Totp", "Removed"): _("The authenticator app was removed from your account."),
    ("WebAuthn", "Added"): _("A passkey was added to your account."),
    ("WebAuthn", "Removed"): _("A passkey was removed from your account."),
    ("BackupCode", "Added"): _("Backup codes were created for your account."),
    ("BackupCode", "Replaced"): _("New backup codes were created for your account. The old ones no longer work."),
    ("BackupCode", "Removed"): _("The backup codes were removed from your account."),
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


def in_words(template_type: TemplateType, payload: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """Return the payload of a message with what only the language decides.

    A notification gets `message`, which says what was done, and `warning`, which says what to do if it was somebody
    else; its places in a tenant's own template are `{{message}}` and `{{warning}}`.
    """
    if template_type not in NOTIFICATIONS:
        return dict(payload)
    with _speaking(locale):
        if template_type is TemplateType.WEBHOOK_PAUSED:
            names = {place: (payload.get(place) or {}).get("name", "") for place in ("webhook", "tenant")}
            paused = (
                gettext("The webhook “%(webhook)s” of %(tenant)s was paused: its endpoint cannot be reached.") % names
            )
            waiting = gettext("Its events wait. Resume it in the console when the endpoint answers again.")
            return {**payload, "message": paused, "warning": waiting}
        said = [str(_CHANGES[row["factor"], row["change"]]) for row in payload.get("changes", ())]
        warning = gettext("If this was not you, change your password and contact support.")
    return {**payload, "message": " ".join(said), "warning": warning}


def built_in(template_type: TemplateType, payload: Mapping[str, Any], locale: str) -> tuple[str, str, str]:
    """Return `(subject, html, text)` of the built-in message in a language. `link` is used if there is no code.

    It wears the logo of the organization, else the application's, else the tenant's, and the tenant's color.
    """
    style = current_message_style()
    application, organization = payload.get("application") or {}, payload.get("organization") or {}
    with _speaking(locale):
        subject = str(_BUILT_IN[template_type][0])
        context = {
            "subject": subject,
            "sentence": payload.get("message") or _sentence_of(template_type, payload),
            "code": payload.get("code", ""),
            "validity": _validity_of(payload),
            "link": payload.get("link", ""),
            "ignore": payload.get("warning") or gettext("If you did not ask for this, you can ignore this message."),
            "from": organization.get("name") or application.get("displayName") or application.get("name"),
            "logo": _logo_of(organization) or _logo_of(application) or style.logo,
            "style": style,
            "language": translation.get_language(),
            "is_rtl": translation.get_language_bidi(),
        }
        html = render_to_string("connectors/message.html", context)
        text = render_to_string("connectors/message.txt", context)
    return subject, html, text


def _sentence_of(template_type: TemplateType, payload: Mapping[str, Any]) -> str:
    """What the message is for; an invitation says to what, and by whom if that is known."""
    organization = (payload.get("organization") or {}).get("name")
    if template_type is TemplateType.ORGANIZATION_INVITATION and organization:
        inviter = payload.get("inviter") or {}
        if name := inviter.get("name") or inviter.get("username") or inviter.get("primaryEmail"):
            named = {"inviter": name, "organization": organization}
            return gettext("%(inviter)s has invited you to join %(organization)s.") % named
        return gettext("You have been invited to join %(organization)s.") % {"organization": organization}
    return str(_BUILT_IN[template_type][1])


def _validity_of(payload: Mapping[str, Any]) -> str:
    """For how long the code is good."""
    minutes = payload.get("expiresInMinutes")
    if not minutes or not payload.get("code"):
        return ""
    sentence = ngettext(
        "The code is valid for %(minutes)s minute.", "The code is valid for %(minutes)s minutes.", minutes
    )
    return sentence % {"minutes": minutes}


def _logo_of(owner: Mapping[str, Any]) -> str:
    logo = str((owner.get("branding") or {}).get("logoUrl") or "")
    return logo if logo.startswith(("https://", "http://")) else ""


def built_in_sms(template_type: TemplateType, payload: Mapping[str, Any], locale: str) -> str:
    """Return the built-in text message in a language."""
    with _speaking(locale):
        shown = payload.get("code") or payload.get("link") or ""
        return f"{shown} – {_BUILT_IN[template_type][1]}"


def is_same_language(tag: str, other: str) -> bool:
    """Whether two tags mean one language of ours: `zh-CN` and `zh-hans`, or `pt-PT` and `pt`."""
    return _language_of(tag) == _language_of(other)


def _speaking(locale: str) -> AbstractContextManager[None]:
    language = _language_of(locale)
    return in_language(language if language in dict(settings.LANGUAGES) else "en")


def _language_of(tag: str) -> str:
    """Django's name of the language of ours that a tag means; the tag itself for one that we do not speak."""
    try:
        return translation.get_supported_language_variant(tag)
    except LookupError:
        return tag.lower()
