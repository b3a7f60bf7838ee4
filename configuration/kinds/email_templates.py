"""A tenant's own email templates, identified by message type and language."""

from common.shapes import Choice, Text
from configuration.kinds.base import Change, Form, Item, NoSecrets, Options, Reading
from configuration.kinds.shapes import column, form_shape
from connectors.messages import TemplateType
from connectors.models import EmailTemplate
from connectors.selectors import list_email_templates
from connectors.services.templates import delete_email_template, replace_email_templates

_DETAILS = form_shape(
    {
        "subject": Text(min_length=1, max_length=512, required=True),
        "content": Text(min_length=1, max_length=100_000, required=True),
        "contentType": Choice(choices=("text/html", "text/plain")),
        "textContent": Text(max_length=100_000),
        "replyTo": Text(max_length=320),
        "sendFrom": Text(max_length=320),
    }
)


class EmailTemplates(NoSecrets):
    """The words of one message in one language; they are replaced whole."""

    section = "emailTemplates"
    shape = form_shape(
        {
            "templateType": Choice(choices=tuple(kind.value for kind in TemplateType), required=True),
            "languageTag": column(EmailTemplate, "language_tag", required=True),
            "details": _DETAILS,
        }
    )
    options = Options(identified_by=("templateType", "languageTag"))
    covers = (EmailTemplate,)
    settings = ()

    def read(self, reading: Reading) -> list[Item]:
        return [
            Item(
                f"{row.template_type} {row.language_tag}",
                {"templateType": row.template_type, "languageTag": row.language_tag, "details": row.details},
                row.id,
                row,
            )
            for row in list_email_templates()
        ]

    def create(self, form: Form, change: Change) -> None:
        replace_email_templates([form], actor=change.actor)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        replace_email_templates([form], actor=change.actor)

    def delete(self, item: Item, change: Change) -> None:
        delete_email_template(item.row, actor=change.actor)
