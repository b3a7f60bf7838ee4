"""The sign-in settings as a form: real controls instead of JSON."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from console.admin.fields import LinesField, address, checks, color, number, select, switch
from console.admin.service_errors import ServiceForm
from console.admin.sign_in_bindings import CHARACTERS, FIELDS_OF_MEMBER, to_form
from experience.languages import language_tag
from experience.models import SignInExperience
from experience.services.settings import get_sign_in_experience

_COLOR = RegexValidator(r"^#[0-9A-Fa-f]{6}\Z")
_METHODS = [
    ("", _("Not used")),
    ("password", _("Password")),
    ("code", _("Verification code")),
    ("password-code", _("Password, or code")),
    ("code-password", _("Code, or password")),
]


def _colour(label: Any) -> forms.CharField:
    return color(label=label, validators=[_COLOR], required=True)


class SignInForm(ServiceForm):
    """Every setting with a control of its own; the area lays them out in tabs."""

    primary_color = _colour(_("Brand colour"))
    dark_mode = switch(label=_("Dark mode"), help_text=_("Follow the user's preference for dark pages."))
    dark_primary_color = _colour(_("Brand colour on dark"))
    logo_url = address(_("Logo"))
    dark_logo_url = address(_("Logo on dark"))
    favicon = address(_("Favicon"))
    dark_favicon = address(_("Favicon on dark"))
    custom_css_ = forms.CharField(
        label=_("Custom CSS"),
        required=False,
        widget=widgets.UnfoldAdminTextareaWidget(attrs={"rows": 8, "class": "gh-mono", "spellcheck": "false"}),
    )

    mode = select(
        label=_("Who may come in"),
        choices=[
            ("SignInAndRegister", _("Existing users sign in, new users sign up")),
            ("SignIn", _("Existing users only")),
            ("Register", _("New users only")),
        ],
        required=True,
    )
    sign_up_identifier = select(
        label=_("Sign-up identifier"),
        choices=[
            ("username", _("User name")),
            ("email", _("E-mail address")),
            ("phone", _("Phone number")),
            ("email phone", _("E-mail address or phone number")),
            ("", _("None")),
        ],
    )
    sign_up_secondary = checks(
        label=_("Also ask for"),
        choices=[
            ("username", _("User name")),
            ("email", _("E-mail address")),
            ("phone", _("Phone number")),
            ("emailOrPhone", _("E-mail address or phone number")),
        ],
    )
    sign_up_password = switch(label=_("Create a password at sign-up"))
    sign_up_verify = switch(
        label=_("Verify at sign-up"), help_text=_("A code proves the address or number. Needs a connector.")
    )
    method_username = select(label=_("User name"), choices=_METHODS[:2])
    method_email = select(label=_("E-mail address"), choices=_METHODS)
    method_phone = select(label=_("Phone number"), choices=_METHODS)
    forgot_password = checks(
        label=_("Forgotten passwords"),
        choices=[
            ("EmailVerificationCode", _("Code by e-mail")),
            ("PhoneVerificationCode", _("Code by SMS")),
        ],
    )
    username_min = number(label=_("Shortest user name"), minimum=1, max_value=128, required=True)
    username_max = number(label=_("Longest user name"), minimum=1, max_value=128, required=True)
    username_case = switch(label=_("Case-sensitive user names"))
    username_characters = checks(
        label=_("Characters in user names"),
        choices=[
            (name, _label)
            for name, _label in zip(CHARACTERS, (_("a–z"), _("A–Z"), _("0–9"), _("underscore")), strict=True)
        ],
    )

    terms_url = address(_("Terms of use"))
    privacy_url = address(_("Privacy policy"))
    agree_policy = select(
        label=_("Agreement"),
        choices=[
            ("Automatic", _("By going on")),
            ("ManualRegistrationOnly", _("A box to tick at sign-up")),
            ("Manual", _("A box to tick at sign-up and sign-in")),
        ],
        required=True,
    )
    support_email_ = forms.EmailField(
        label=_("Support e-mail"), required=False, widget=widgets.UnfoldAdminEmailInputWidget()
    )
    support_website = address(_("Support website"))
    auto_detect = switch(label=_("Follow the browser's language"))
    fallback_language = select(
        label=_("Default language"),
        choices=[(language_tag(code), name) for code, name in settings.LANGUAGES],
        required=True,
    )
    unknown_session_url = address(
        _("Unknown session redirect"), _("Where to send users who open the sign-in page without an application.")
    )

    password_min = number(label=_("Shortest password"), minimum=1, required=True)
    password_max = number(label=_("Longest password"), minimum=1, required=True)
    password_types = number(
        label=_("Character types"),
        minimum=1,
        max_value=4,
        required=True,
        help_text=_("How many of lower case, upper case, digits and symbols a password has."),
    )
    rejects_pwned = switch(label=_("Refuse breached passwords"))
    rejects_repetition = switch(label=_("Refuse repetitions and sequences"), help_text=_("aaaa, 1234, qwerty"))
    rejects_user_info = switch(label=_("Refuse the user's own data"), help_text=_("Name, user name, address, number"))
    rejected_words = LinesField(label=_("Refused words"), help_text=_("One a line, such as your product's name."))
    password_expires = switch(label=_("Passwords expire"))
    password_days = number(label=_("After days"), minimum=1)

    max_attempts = number(
        label=_("Failed attempts"),
        minimum=1,
        required=True,
        help_text=_("Within an hour, before an identifier is locked out."),
    )
    lockout_minutes = number(label=_("Lockout"), minimum=1, required=True, help_text=_("Minutes."))
    code_seconds = number(label=_("Code lifetime"), minimum=1, required=True, help_text=_("Seconds."))
    code_tries = number(label=_("Wrong codes"), minimum=1, required=True, help_text=_("Before a code is void."))
    block_subaddressing = switch(label=_("Refuse sub-addresses"), help_text=_("user+anything@example.com"))
    blocklist = LinesField(
        label=_("Refused addresses"), help_text=_("Addresses or @domains, one a line; * matches anything.")
    )
    allowlist = LinesField(label=_("Admitted addresses"), help_text=_("If there are any, no others are let in."))

    class Meta:
        model = SignInExperience
        fields = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        options["initial"] = to_form(get_sign_in_experience().wire)
        super().__init__(*args, **options)
        if "sign_up_identifier" in self.fields:
            field: Any = self.fields["sign_up_identifier"]
            stored = str(self.initial["sign_up_identifier"])
            # A combination set through the API must not change because the form has no name for it.
            if stored not in dict(field.choices):
                field.choices = [*field.choices, (stored, stored.replace(" ", ", "))]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if cleaned.get("mode") != "Register" and not any(cleaned.get(name) for name in FIELDS_OF_MEMBER["signIn"]):
            self.add_error("method_username", _("Keep at least one way to sign in."))
        return cleaned
