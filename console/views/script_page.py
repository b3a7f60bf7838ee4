"""A page for a tenant's scripts: one of a few kinds is open, written, tried out, saved, removed."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import Enum
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from common.actors import Actor
from common.errors import AppError
from console.access import actor_of
from console.admin.fields import JsonObjectField
from console.admin.service_errors import explain, field_of
from console.site import site
from tenants.context import current_tenant_id
from tenants.hosts import ADMIN_TENANT

Kind = TypeVar("Kind", bound=Enum)
Words = str | Promise


class ScriptForm(forms.Form):
    """A script and its variables; a page adds what its scripts are tried out with."""

    script = forms.CharField(
        label=_("Script"),
        max_length=100_000,
        strip=False,
        widget=widgets.UnfoldAdminTextareaWidget(attrs={"rows": 18, "spellcheck": "false", "class": "gh-mono"}),
    )
    variables = JsonObjectField(
        label=_("Environment variables"), rows=4, help_text=_("Names and texts; kept encrypted. Secrets belong here.")
    )


class ScriptPage(ABC, Generic[Kind]):
    """What one page knows of its scripts. The address has the open kind as `?kind=`."""

    title: ClassVar[Words]
    words: ClassVar[Mapping[str, Words]]
    form_class: ClassVar[type[ScriptForm]]
    # The member that a refusal names -> the form's field.
    error_fields: ClassVar[Mapping[str, str]]
    kinds: ClassVar[Mapping[Any, Words]]

    @abstractmethod
    def held(self) -> Mapping[Kind, dict[str, Any]]:
        """Return the configurations that the tenant has."""

    @abstractmethod
    def initial(self, kind: Kind, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the form shows of a configuration, or of none."""

    @abstractmethod
    def attempt(self, kind: Kind, values: Mapping[str, Any]) -> Any:
        """Return what the script in the form gives; raises its error as an `AppError`."""

    @abstractmethod
    def save(self, kind: Kind, values: Mapping[str, Any], actor: Actor) -> None:
        """Store what the form says."""

    @abstractmethod
    def delete(self, kind: Kind, actor: Actor) -> None:
        """Remove the configuration."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Show a kind's script; save, try out or remove it."""
        kind = self._kind_of(request)
        held = self.held()
        form = self.form_class(request.POST or None, initial=self.initial(kind, held.get(kind, {})))
        result: list[str] = []
        if request.method == "POST":
            try:
                if self._act(request, kind, form, result):
                    return HttpResponseRedirect(f"{request.path}?kind={kind.value}")
            except AppError as error:
                if (field := field_of(error, self.error_fields)) is None:
                    messages.error(request, explain(error))
                else:
                    form.add_error(field, explain(error))
        context = {
            **site.each_context(request),
            "title": self.title,
            "words": self.words,
            "form": form,
            "kinds": [
                {"value": each.value, "title": title, "is_open": each is kind, "is_set": each in held}
                for each, title in self.kinds.items()
            ],
            "is_set": kind in held,
            "is_admin_tenant": current_tenant_id() == ADMIN_TENANT,
            "result": result[0] if result else None,
        }
        return TemplateResponse(request, "console/script_page.html", context)

    def _kind_of(self, request: HttpRequest) -> Kind:
        wanted = request.GET.get("kind")
        first, *_others = self.kinds
        found: Kind = next((kind for kind in self.kinds if kind.value == wanted), first)
        return found

    def _act(self, request: HttpRequest, kind: Kind, form: ScriptForm, result: list[str]) -> bool:
        """Do what the button says; returns whether that is done with, else the page is drawn again."""
        action = request.POST.get("action")
        if action == "delete":
            self.delete(kind, actor_of(request))
            messages.success(request, _("The script is removed."))
            return True
        if not form.is_valid():
            return False
        if action == "try":
            result.append(json.dumps(self.attempt(kind, form.cleaned_data), indent=2, ensure_ascii=False))
            return False
        self.save(kind, form.cleaned_data, actor_of(request))
        messages.success(request, str(self.words["saved"]))
        return True
