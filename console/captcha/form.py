"""The configuration of a kind of captcha as a form, made from the kind's own shape, next to the switch."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from common.errors import AppError
from common.shapes import Choice
from console.admin.fields import switch
from console.admin.service_errors import show_error
from console.admin.setting_fields import field_of
from console.captcha.words import FIELDS, KEEP
from experience.captcha import KINDS

_TYPE = "type"


class CaptchaForm(forms.Form):
    """`stored` is the tenant's configuration if it is of this kind, else empty."""

    enabled = switch(
        label=_("Ask for a captcha"),
        help_text=_(
            "Before a code is sent, an account is created or a sign-in ends. Who comes from a provider, by a magic link"
            " or with a passkey is not asked."
        ),
    )

    def __init__(self, data: Any = None, *, kind: str, stored: Mapping[str, Any], enabled: bool) -> None:
        self.kind, self.stored = KINDS[kind], stored
        shown = {name: value for name, value in stored.items() if name not in self.kind.secrets}
        super().__init__(data, initial={**shown, "enabled": enabled})
        self.members = [name for name in self.kind.shape.members if name != _TYPE]
        for name in self.members:
            self.fields[name] = self._control(name)

    def _control(self, name: str) -> forms.Field:
        shape, options = self.kind.shape.members[name], dict(FIELDS[name])
        if name in self.kind.secrets:
            is_kept = bool(self.stored.get(name))
            widget: Any = widgets.UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
            options |= {"help_text": KEEP} if is_kept else {}
            return forms.CharField(required=not is_kept, widget=widget, **options)
        if isinstance(shape, Choice):
            # Without a word about it the first is meant, or the one that the shape names.
            options.setdefault("initial", shape.default or shape.choices[0])
            options["required"] = True
        return field_of(shape, **options)

    def settings(self) -> list[forms.BoundField]:
        """Return the fields of the configuration."""
        return [self[name] for name in self.members]

    @property
    def config(self) -> dict[str, Any]:
        """The configuration with the form's values in it; a secret that was not typed stays."""
        typed = {name: self.cleaned_data[name] or self.stored.get(name) for name in self.members}
        return {_TYPE: self.kind.type, **{name: value for name, value in typed.items() if value}}

    def refuse(self, error: AppError) -> None:
        """Show what the service refuses, at the field that it is about."""
        places = {f"config.{name}": name for name in self.members}
        show_error(self, error, {**places, "request.invalid_input": "enabled"})
