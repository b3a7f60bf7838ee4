"""The secrets of an application, hidden until they are asked for."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from applications.models import Application, ApplicationSecret
from applications.models.application import ApplicationType
from applications.services.secrets import add_secret, delete_secret, rename_secret
from console.access import actor_of
from console.admin.inlines import ConsoleInline
from console.policies import Area


def area_of_application(application: Application | None) -> Area:
    """Machine-to-machine applications are admins' business."""
    return (
        Area.MACHINES
        if application is not None and application.type == ApplicationType.MACHINE_TO_MACHINE
        else Area.GENERAL
    )


def hidden_secret(secret: ApplicationSecret) -> SafeString:
    """Return dots with a button that asks for the value."""
    return format_html(
        '<span class="gh-copy" data-reveal="{}"><code>••••••••••••</code>'
        '<button type="button" class="gh-button gh-button-small" data-reveal-button>{}</button></span>',
        reverse("admin:applications_application_secret", args=[secret.application_id, secret.pk]),
        _("Show"),
    )


class SecretForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """A secret: its name may change, its expiry is chosen once."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.instance._state.adding:
            self.fields["expires_at"].disabled = True


class SecretInline(ConsoleInline):
    """The secrets of an application; a value is shown on request."""

    model = ApplicationSecret
    form = SecretForm
    verbose_name = _("secret")
    verbose_name_plural = _("secrets")
    fields = ("name", "value", "expires_at")
    readonly_fields = ("value",)
    hide_title = True

    def area_of(self, obj: Application | None) -> Area:
        return area_of_application(obj)

    def get_fields(self, request: HttpRequest, obj: Application | None = None) -> tuple[str, ...]:
        # Whoever may not change the application may not see its secrets either.
        return self.fields if self.has_change_permission(request, obj) else ("name", "expires_at")

    @display(description=_("Value"))
    def value(self, secret: ApplicationSecret) -> SafeString | str:
        if secret._state.adding:
            return _("Drawn at random when you save")  # type: ignore[return-value]
        return hidden_secret(secret)

    def add_row(self, request: HttpRequest, parent: Any, values: dict[str, Any]) -> None:
        add_secret(parent, name=values["name"], expires_at=values["expires_at"], actor=actor_of(request))

    def change_row(self, request: HttpRequest, parent: Any, row: Any, values: dict[str, Any]) -> None:
        stored = ApplicationSecret.objects.get(pk=row.pk)
        if stored.name != values["name"]:
            rename_secret(parent, name=stored.name, new_name=values["name"], actor=actor_of(request))

    def remove_row(self, request: HttpRequest, parent: Any, row: Any) -> None:
        stored = ApplicationSecret.objects.get(pk=row.pk)
        delete_secret(parent, name=stored.name, actor=actor_of(request))
