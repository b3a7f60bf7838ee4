"""The tenant's own email templates; without one a message has the built-in words."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold import widgets
from unfold.decorators import display

from connectors.message_style import current_message_style
from connectors.messages import TemplateType
from connectors.models import EmailTemplate
from connectors.selectors import has_connector, list_email_templates
from connectors.services.templates import (
    delete_email_templates,
    replace_email_templates,
    update_email_template,
)
from console.access import actor_of
from console.admin.base import ConsoleModelAdmin
from console.admin.email_previews import EmailPreviews
from console.admin.fields import select, text
from console.admin.filters import ChoiceFilter
from console.admin.service_errors import ServiceForm
from console.site import site
from experience.languages import language_tag

_MESSAGES = {
    TemplateType.SIGN_IN: _("Sign-in code"),
    TemplateType.REGISTER: _("Sign-up code"),
    TemplateType.FORGOT_PASSWORD: _("Password reset code"),
    TemplateType.ORGANIZATION_INVITATION: _("Invitation to an organization"),
    TemplateType.GENERIC: _("Any other code"),
    TemplateType.USER_PERMISSION_VALIDATION: _("Code before a sensitive change"),
    TemplateType.BIND_NEW_IDENTIFIER: _("Code for a new address or number"),
    TemplateType.MFA_VERIFICATION: _("Second factor code"),
    TemplateType.BIND_MFA: _("Code to set a second factor up"),
    TemplateType.SECURITY_NOTIFICATION: _("Notice of a changed second factor or passkey"),
}
_LANGUAGES = {language_tag(code): name for code, name in settings.LANGUAGES}
_DETAILS = {
    "subject": "subject",
    "content_type": "contentType",
    "content": "content",
    "text_content": "textContent",
    "send_from": "sendFrom",
    "reply_to": "replyTo",
}
_OPTIONAL = ("text_content", "send_from", "reply_to")


class EmailTemplateForm(ServiceForm):
    """One message in one language."""

    template_type = select(
        label=_("Message"),
        choices=[(kind.value, _MESSAGES.get(kind, kind.value)) for kind in TemplateType],
        required=True,
    )
    language_tag = select(label=_("Language"), choices=list(_LANGUAGES.items()), required=True)
    subject = text(label=_("Subject"), required=True, max_length=512)
    content_type = select(
        label=_("Format"), choices=[("text/html", "HTML"), ("text/plain", _("Plain text"))], required=True
    )
    content = forms.CharField(
        label=_("Content"),
        max_length=100_000,
        help_text=_(
            "Places such as {{code}}, {{link}}, {{application.name}}, {{organization.name}} and {{user.name}} are"
            " filled in; in a notice, {{message}} says what was done and {{warning}} what to do about it."
        ),
        widget=widgets.UnfoldAdminTextareaWidget(attrs={"rows": 14, "class": "gh-mono", "spellcheck": "false"}),
    )
    text_content = forms.CharField(
        label=_("Plain-text version"),
        max_length=100_000,
        required=False,
        help_text=_("Goes along with HTML, for readers that show none."),
        widget=widgets.UnfoldAdminTextareaWidget(attrs={"rows": 5, "class": "gh-mono", "spellcheck": "false"}),
    )
    send_from = text(
        label=_("Sender"),
        max_length=320,
        help_text=_("A mailbox of yours, with or without a name. If empty, the connector's own."),
    )
    reply_to = text(label=_("Reply to"), max_length=320)

    class Meta:
        model = EmailTemplate
        fields = ("template_type", "language_tag")

    def __init__(self, *args: Any, **options: Any) -> None:
        instance: EmailTemplate | None = options.get("instance")
        details = instance.details if instance is not None else {}
        stored = {field: details.get(name) for field, name in _DETAILS.items() if name in details}
        super().__init__(*args, **{**options, "initial": {**stored, **(options.get("initial") or {})}})

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        names = {name: cleaned.get(name) for name in ("template_type", "language_tag")}
        # The service replaces; here a second template of a kind is a mistake.
        if self.instance._state.adding and all(names.values()) and list_email_templates(**names).exists():
            self.add_error("template_type", _("There is a template for this message and language already."))
        return cleaned

    def details(self) -> dict[str, Any]:
        """Return the template as it is stored; what is empty is left out if the template can do without."""
        values = self.cleaned_data
        held = self.instance.details or {}
        return {
            name: values[field]
            for field, name in _DETAILS.items()
            if values[field] or field not in _OPTIONAL or name in held
        }


class MessageFilter(ChoiceFilter):
    """Templates of one message."""

    title, parameter_name = _("message"), "message"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind.value, name) for kind, name in _MESSAGES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[EmailTemplate]) -> QuerySet[EmailTemplate]:
        return queryset.filter(template_type=self.value()) if self.value() else queryset


class LanguageFilter(ChoiceFilter):
    """Templates in one language, of those that have any."""

    title, parameter_name = _("language"), "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        used = list_email_templates().order_by("language_tag").values_list("language_tag", flat=True).distinct()
        return [(tag, _LANGUAGES.get(tag, tag)) for tag in used]

    def queryset(self, request: HttpRequest, queryset: QuerySet[EmailTemplate]) -> QuerySet[EmailTemplate]:
        return queryset.filter(language_tag=self.value()) if self.value() else queryset


@admin.register(EmailTemplate, site=site)
class EmailTemplateAdmin(EmailPreviews, ConsoleModelAdmin):
    """Subjects and contents by message and language."""

    form = EmailTemplateForm
    intro = _("Your own words for the emails Gatehouse sends. Messages without a template have built-in ones.")
    icon = "stylus_note"
    list_display = ("message", "language", "subject")
    list_filter = (MessageFilter, LanguageFilter)
    list_filter_submit = True
    ordering = ("language_tag", "template_type", "id")
    fields = ("template_type", "language_tag", *_DETAILS)
    fixed_fields = ("template_type", "language_tag")
    error_fields = {"details.sendFrom": "send_from", "details.replyTo": "reply_to"}
    change_form_template = "console/email_template_form.html"
    card_template = "console/cards/email_template.html"

    @display(description=_("Message"), ordering="template_type")
    def message(self, template: EmailTemplate) -> Any:
        return _MESSAGES.get(TemplateType(template.template_type), template.template_type)

    @display(description=_("Language"), ordering="language_tag")
    def language(self, template: EmailTemplate) -> str:
        return _LANGUAGES.get(template.language_tag, template.language_tag)

    @display(description=_("Subject"))
    def subject(self, template: EmailTemplate) -> str:
        return str(template.details.get("subject", ""))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"template_type": TemplateType.SIGN_IN, "language_tag": current_message_style().fallback_language}

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **options: Any) -> HttpResponse:
        context.update(self.preview_context(context["adminform"].form))
        response: HttpResponse = super().render_change_form(request, context, **options)
        return response

    def card(self, request: HttpRequest, entity: Any) -> dict[str, Any]:
        return {
            "may_test": self.has_change_permission(request, entity) and has_connector("email"),
            "test_url": reverse("admin:connectors_emailtemplate_test", args=[entity.pk]),
        }

    def create(self, request: HttpRequest, form: Any) -> EmailTemplate:
        values = form.cleaned_data
        row = {
            "languageTag": values["language_tag"],
            "templateType": values["template_type"],
            "details": form.details(),
        }
        return replace_email_templates([row], actor=actor_of(request))[0]

    def update(self, request: HttpRequest, entity: Any, form: Any) -> None:
        update_email_template(entity, details=form.details(), actor=actor_of(request))

    def delete(self, request: HttpRequest, entity: Any) -> None:
        delete_email_templates(
            language_tag=entity.language_tag, template_type=entity.template_type, actor=actor_of(request)
        )
