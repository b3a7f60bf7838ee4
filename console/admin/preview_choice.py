"""What the preview of the hosted pages shows, and as whom: the controls next to the form."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from experience.languages import language_tag
from experience.pages.previews import PAGES

_TITLES = {
    "sign-in": _("Sign-in"),
    "password": _("Password"),
    "register": _("Sign-up"),
    "new-password": _("New password"),
    "code": _("Verification code"),
    "profile": _("Missing profile"),
    "forgot-password": _("Forgotten password"),
    "mfa": _("Second factor"),
    "mfa-setup": _("MFA set-up"),
    "consent": _("Consent"),
    "error": _("Ended session"),
    "suspended": _("Suspended account"),
}


class PreviewChoice(forms.Form):
    """Page, language, theme and device; each has a value if nobody has chosen."""

    prefix = "preview"
    page = forms.ChoiceField(
        label=_("Page"),
        choices=[(name, _TITLES[name]) for name in PAGES],
        initial="sign-in",
        required=False,
        widget=widgets.UnfoldAdminSelectWidget(),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[(language_tag(code), name) for code, name in settings.LANGUAGES],
        initial="en",
        required=False,
        widget=widgets.UnfoldAdminSelectWidget(),
    )
    theme = forms.ChoiceField(
        label=_("Theme"),
        choices=[("light", _("Light")), ("dark", _("Dark"))],
        initial="light",
        required=False,
        widget=forms.RadioSelect(),
    )
    device = forms.ChoiceField(
        label=_("Device"),
        choices=[("phone", _("Phone")), ("desktop", _("Desktop"))],
        initial="phone",
        required=False,
        widget=forms.RadioSelect(),
    )

    def chosen(self, name: str) -> Any:
        """Return what was chosen; what is no choice counts as the first."""
        return self.cleaned_data.get(name) or self.fields[name].initial
