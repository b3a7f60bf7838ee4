"""The forms of a developer's profile: name, email address with its code, password."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.identifiers import MAX_EMAIL_LENGTH

_CODE_DIGITS = 6


def _password(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, help_text=help_text, strip=False, widget=widget)


class ProfileForm(forms.Form):
    """One card of the page. `kind` says which form was sent; ids differ, as all are on one page."""

    kind = ""
    title: Any = ""
    button: Any = _("Save")

    def __init__(self, data: Any, *, initial: dict[str, Any], has_password: bool) -> None:
        super().__init__(data, initial=initial, auto_id=f"id_{self.kind}_%s")
        if not has_password:
            self.fields.pop("current", None)


class NameForm(ProfileForm):
    """What the developer is called."""

    kind, title = "name", _("Name")
    name = forms.CharField(
        label=_("Name"), max_length=128, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )


class EmailForm(ProfileForm):
    """The address that is to take the old one's place."""

    kind, title, button = "email", _("Email address"), _("Send code")
    email = forms.CharField(
        label=_("New email address"),
        max_length=MAX_EMAIL_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    current = _password(_("Current password"), "current-password")


class CodeForm(ProfileForm):
    """The code that was sent to the new address."""

    kind, title, button = "code", _("Email address"), _("Confirm")
    code = forms.CharField(
        label=_("Code"),
        max_length=_CODE_DIGITS,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasswordForm(ProfileForm):
    """The old password and the new one."""

    kind, title, button = "password", _("Password"), _("Change password")
    current = _password(_("Current password"), "current-password")
    new = _password(_("New password"), "new-password")
