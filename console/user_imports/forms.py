"""What is asked before a file of users is taken, and before all users are given out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from console.admin.fields import select, switch
from identity.imports.options import ACCEPT, DROP, FAIL, REFUSE, SKIP, UPDATE
from identity.imports.sources import SOURCES

_SECRETS = ("signerKey", "saltSeparator", "rounds", "memoryCost")


def _text(**options: Any) -> forms.CharField:
    return forms.CharField(required=False, widget=widgets.UnfoldAdminTextInputWidget(), **options)


def _number(**options: Any) -> forms.IntegerField:
    widget = widgets.UnfoldAdminIntegerFieldWidget()
    return forms.IntegerField(required=False, min_value=1, widget=widget, **options)


class UploadForm(forms.Form):
    """The options of an import, by their names on the wire; the file is read before the form."""

    source = select(
        label=_("Where it comes from"),
        help_text=_("Usually the file shows it."),
        choices=[("", _("Detect")), *((source.name, source.title) for source in SOURCES.values())],
    )
    onExisting = select(
        label=_("Users who exist already"),
        help_text=_("By username, email address, phone number or linked account."),
        choices=[
            (FAIL, _("Report as a problem")),
            (SKIP, _("Leave as they are")),
            (UPDATE, _("Change as the file says")),
        ],
    )
    unverified = select(
        label=_("Addresses and numbers that were never verified"),
        help_text=_("Whoever has an address here is taken for its owner."),
        choices=[
            (REFUSE, _("Report as a problem")),
            (DROP, _("Leave them out")),
            (ACCEPT, _("Take them as verified")),
        ],
    )
    unsupportedPasswords = select(
        label=_("Passwords that cannot be verified here"),
        help_text=_("Users without a password choose one by “Forgot your password?”."),
        choices=[(REFUSE, _("Report as a problem")), (DROP, _("Import without password"))],
    )
    unsupportedFactors = select(
        label=_("Second factors that cannot be verified here"),
        help_text=_("Without it the password alone signs such a user in."),
        choices=[(REFUSE, _("Report as a problem")), (DROP, _("Leave them out"))],
    )
    unknownReferences = select(
        label=_("Roles and organizations that are not here"),
        help_text=_("They are found by id or by name."),
        choices=[(REFUSE, _("Report as a problem")), (DROP, _("Leave them out"))],
    )
    keepIds = switch(
        label=_("Keep user ids"), help_text=_("Ids of up to 12 letters and digits, as Logto and Gatehouse have them.")
    )
    publishEvents = switch(
        label=_("Publish events"), help_text=_("A webhook and an entry of the audit log for each new user.")
    )
    signerKey = _text(label=_("Signer key"), max_length=256)
    saltSeparator = _text(label=_("Salt separator"), max_length=64)
    rounds = _number(label=_("Rounds"), max_value=64)
    memoryCost = _number(label=_("Memory cost"), max_value=20)

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields that every source has."""
        return [field for field in self if field.name not in _SECRETS]

    @property
    def of_firebase(self) -> list[forms.BoundField]:
        """What Firebase's passwords need."""
        return [field for field in self if field.name in _SECRETS]

    def as_arguments(self) -> dict[str, Any]:
        """Return what the service takes."""
        values = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        secrets = {name: values.pop(name) for name in _SECRETS if name in values}
        return {"source": values.pop("source", ""), "options": values, "secrets": secrets or None}


class ExportForm(forms.Form):
    """All users as a file."""

    layout = select(label=_("File"), choices=[("ndjson", _("JSON, a user a line")), ("csv", _("CSV"))], required=True)
    with_passwords = switch(label=_("Hashes of passwords"), help_text=_("So that nobody has to choose a new one."))
    with_totp_secrets = switch(
        label=_("Secrets of authenticator apps"),
        help_text=_(
            "Danger: whoever has the file can pass everybody’s second factor. Only to move to another installation."
        ),
    )
