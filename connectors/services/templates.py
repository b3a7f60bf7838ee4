"""A tenant's own email templates."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from common.actors import Actor
from common.errors import AppError, invalid_value
from connectors.mailboxes import InvalidMailboxError, validate_mailbox_template
from connectors.models import EmailTemplate
from connectors.selectors import list_email_templates
from events.history import Subject, record


@transaction.atomic
def replace_email_templates(templates: Iterable[Mapping[str, Any]], *, actor: Actor) -> list[EmailTemplate]:
    """Create or replace templates by language and type: rows of `{languageTag, templateType, details}`.

    Raises `guard.invalid_input` for a sender or a reply address that cannot be one.
    """
    templates = list(templates)
    for row in templates:
        _validate_mailboxes(row["details"])
    stored = [
        EmailTemplate.objects.update_or_create(
            language_tag=row["languageTag"],
            template_type=row["templateType"],
            defaults={"details": dict(row["details"])},
        )[0]
        for row in templates
    ]
    for template in stored:
        record("EmailTemplate.Updated", actor=actor, subject=_subject(template))
    return stored


@transaction.atomic
def update_email_template(template: EmailTemplate, *, details: Mapping[str, Any], actor: Actor) -> EmailTemplate:
    """Merge details into a template; raises `guard.invalid_input` as `replace_email_templates` does."""
    _validate_mailboxes(details)
    template.details = {**template.details, **details}
    template.save(update_fields=["details"])
    record("EmailTemplate.Updated", actor=actor, subject=_subject(template), changed=sorted(details))
    return template


@transaction.atomic
def delete_email_template(template: EmailTemplate, *, actor: Actor) -> None:
    """Delete one template."""
    record("EmailTemplate.Deleted", actor=actor, subject=_subject(template))
    template.delete()


@transaction.atomic
def delete_email_templates(*, language_tag: str | None, template_type: str | None, actor: Actor) -> int:
    """Delete by language, type or both, and return how many.

    Raises `connector.email_connector.bulk_deletion_no_filter` without either.
    """
    if language_tag is None and template_type is None:
        raise AppError("connector.email_connector.bulk_deletion_no_filter")
    found = list(list_email_templates(language_tag=language_tag, template_type=template_type).select_for_update())
    for template in found:
        delete_email_template(template, actor=actor)
    return len(found)


def _validate_mailboxes(details: Mapping[str, Any]) -> None:
    for key in ("sendFrom", "replyTo"):
        try:
            validate_mailbox_template(details.get(key) or "")
        except InvalidMailboxError as error:
            raise invalid_value(f"details.{key}", error.reason) from error


def _subject(template: EmailTemplate) -> Subject:
    return Subject("EmailTemplate", template.id, f"{template.template_type} ({template.language_tag})")
