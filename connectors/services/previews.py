"""What an email will look like, before anybody is sent one."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from connectors.messages import NOTIFICATIONS, MessageTemplate, TemplateType, built_in, in_words
from connectors.samples import sample_payload
from connectors.services.composition import write_email

# What stands for the values in the built-in words if somebody goes on from them.
_PLACES: Mapping[str, Any] = {"application": {"name": "{{application.name}}"}}


class EmailPreview(NamedTuple):
    """An email with made-up values. `html` is empty for one in plain text, `text` for one in HTML alone."""

    subject: str
    html: str
    text: str


def preview_email(
    template_type: TemplateType, locale: str, *, details: Mapping[str, Any] | None = None
) -> EmailPreview:
    """Return an email in the words of `details`, saved or not, or without them in the built-in ones."""
    payload = in_words(template_type, {**sample_payload(template_type), "locale": locale}, locale)
    template = MessageTemplate.from_details(details) if details else None
    written = write_email(template_type, payload, locale, template=template)
    if written["content_type"] == "text/html":
        return EmailPreview(written["subject"], written["content"], written["text_content"])
    return EmailPreview(written["subject"], "", written["content"])


def built_in_template(template_type: TemplateType, locale: str) -> dict[str, str]:
    """Return the built-in email of a language as details of a template, with places instead of values."""
    if template_type in NOTIFICATIONS:
        payload: dict[str, Any] = {"message": "{{message}}", "warning": "{{warning}}"}
        if template_type is TemplateType.WEBHOOK_PAUSED:
            payload["link"] = "{{link}}"
    elif template_type is TemplateType.ORGANIZATION_INVITATION:
        payload = {"link": "{{link}}", "organization": {"name": "{{organization.name}}"}}
    else:
        payload = {**_PLACES, "code": "{{code}}"}
    subject, html, text = built_in(template_type, payload, locale)
    return {"subject": subject, "contentType": "text/html", "content": html, "textContent": text}
