"""Buttons above a form that do one thing to the object, by POST: suspend, reset a password, delete a key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise

from common.errors import AppError
from console.admin.service_errors import explain


@dataclass(frozen=True, slots=True)
class ObjectAction:
    """One button. `run(request, entity)` calls the service and returns what to tell the developer."""

    name: str
    label: str | Promise
    run: Callable[[HttpRequest, Any], str]
    icon: str = ""
    confirm: str | Promise = ""
    is_danger: bool = False
    is_offered: Callable[[Any], bool] = lambda _entity: True


class ObjectActions:
    """Adds `object_actions` to an area: shown to whoever may change the object."""

    object_actions: tuple[ObjectAction, ...] = ()

    def get_urls(self) -> list[URLPattern]:
        admin: Any = self
        view = admin.admin_site.admin_view(self._run_action)
        label = f"{admin.opts.app_label}_{admin.opts.model_name}_action"
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [path("<path:object_id>/do/<str:name>/", view, name=label), *urls]

    def offered_actions(self, request: HttpRequest, entity: Any) -> list[dict[str, Any]]:
        """Return the buttons of an object."""
        admin: Any = self
        if entity is None or not admin.has_change_permission(request, entity):
            return []
        view = f"admin:{admin.opts.app_label}_{admin.opts.model_name}_action"
        return [
            {"action": action, "url": reverse(view, args=[entity.pk, action.name])}
            for action in self.object_actions
            if action.is_offered(entity)
        ]

    def _run_action(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        admin: Any = self
        entity = admin.get_object(request, unquote(object_id))
        action = next((action for action in self.object_actions if action.name == name), None)
        if entity is None or action is None or not action.is_offered(entity):
            return HttpResponseRedirect(reverse(f"admin:{admin.opts.app_label}_{admin.opts.model_name}_changelist"))
        if not admin.has_change_permission(request, entity):
            raise PermissionDenied
        try:
            with transaction.atomic():
                told = action.run(request, entity)
        except AppError as error:
            messages.error(request, explain(error))
        else:
            messages.success(request, told)
        return HttpResponseRedirect(
            reverse(f"admin:{admin.opts.app_label}_{admin.opts.model_name}_change", args=[object_id])
        )
