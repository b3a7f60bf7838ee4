"""Email templates before they are sent: the preview next to the form, the words to begin with, the test message."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from common.errors import AppError
from connectors.messages import TemplateType
from connectors.selectors import find_active_connector
from connectors.services.delivery import send_test_message
from connectors.services.previews import built_in_template, preview_email
from console.access import actor_of
from console.admin.service_errors import explain

_LONGEST = 100_000


class DraftForm(forms.Form):
    """A template while it is written: nothing of it has to be complete."""

    template_type = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in TemplateType])
    language_tag = forms.CharField(max_length=16, required=False)
    subject = forms.CharField(max_length=512, required=False)
    content_type = forms.ChoiceField(choices=[("text/html", ""), ("text/plain", "")], required=False)
    content = forms.CharField(max_length=_LONGEST, required=False)
    text_content = forms.CharField(max_length=_LONGEST, required=False)


class EmailPreviews:
    """Adds to the area of email templates what shows and tries them."""

    def get_urls(self) -> list[URLPattern]:
        admin: Any = self
        guarded = admin.admin_site.admin_view
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]  # of the admin that this is mixed into
        return [
            path("preview/", guarded(self._preview), name="connectors_emailtemplate_preview"),
            path("words/", guarded(self._built_in_words), name="connectors_emailtemplate_words"),
            path("<path:object_id>/test/", guarded(self._send_test), name="connectors_emailtemplate_test"),
            *urls,
        ]

    def preview_context(self, form: Any) -> dict[str, Any]:
        """Return what the page shows next to the form before anything was changed."""
        values = {name: form[name].value() or "" for name in DraftForm.base_fields}
        draft = DraftForm(values)
        return {
            "preview": _previewed(draft.cleaned_data) if draft.is_valid() else None,
            "preview_url": reverse("admin:connectors_emailtemplate_preview"),
            "words_url": reverse("admin:connectors_emailtemplate_words"),
        }

    def _preview(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self._assert_may_view(request)
        form = DraftForm(request.POST)
        if not form.is_valid():
            return JsonResponse({"errors": form.errors}, status=400)
        return JsonResponse(_previewed(form.cleaned_data))

    def _built_in_words(self, request: HttpRequest) -> HttpResponse:
        self._assert_may_view(request)
        form = DraftForm(request.GET)
        if not form.is_valid():
            return JsonResponse({"errors": form.errors}, status=400)
        draft = form.cleaned_data
        return JsonResponse(built_in_template(TemplateType(draft["template_type"]), draft["language_tag"] or "en"))

    def _assert_may_view(self, request: HttpRequest) -> None:
        admin: Any = self
        if not admin.has_view_permission(request):
            raise PermissionDenied

    def _send_test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        admin: Any = self
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not admin.has_change_permission(request):
            raise PermissionDenied
        template = admin.get_object(request, unquote(object_id))
        if template is None:
            return HttpResponseRedirect(reverse("admin:connectors_emailtemplate_changelist"))
        _try_sending(request, template, request.POST.get("recipient", "").strip())
        return HttpResponseRedirect(reverse("admin:connectors_emailtemplate_change", args=[object_id]))


def _previewed(draft: dict[str, Any]) -> dict[str, Any]:
    details = {
        "subject": draft["subject"],
        "content": draft["content"],
        "contentType": draft["content_type"] or "text/html",
        "textContent": draft["text_content"],
    }
    has_words = bool(draft["content"].strip())
    kind = TemplateType(draft["template_type"])
    shown = preview_email(kind, draft["language_tag"] or "en", details=details if has_words else None)
    return {**shown._asdict(), "isBuiltIn": not has_words}


def _try_sending(request: HttpRequest, template: Any, recipient: str) -> None:
    active = find_active_connector("email")
    if active is None:
        messages.error(request, _("There is no email connector to send with."))
        return
    try:
        send_test_message(
            factory_id=active.factory.id,
            channel="email",
            recipient=recipient,
            config=active.config,
            template_type=TemplateType(template.template_type),
            locale=template.language_tag,
            actor=actor_of(request),
        )
    except AppError as error:
        messages.error(request, explain(error))
    else:
        messages.success(request, _("The test message is on its way to %s.") % recipient)
