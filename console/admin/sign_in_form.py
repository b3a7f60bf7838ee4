"""The sign-in settings as a form: real controls instead of JSON."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from console.admin.connector_gallery import social_buttons
from console.admin.fields import checks, select, switch
from console.admin.look_fields import picture, style_sheet
from console.admin.ordered_field import Nothing, OrderedField
from console.admin.profile_fields import field_choices
from console.admin.service_errors import ServiceForm
from console.admin.setting_fields import field_of
from console.admin.sign_in_bindings import CHARACTERS, PATHS, to_form
from experience.languages import language_tag, wire_languages
from experience.models import SignInExperience
from experience.phrases.speech import custom_tags
from experience.phrases.tags import get_tag
from experience.services.settings import get_sign_in_experience
from experience.settings_shape import SIGN_IN_EXPERIENCE

_METHODS = [
    ("", _("Not used")),
    ("password", _("Password")),
    ("code", _("Verification code")),
    ("password-code", _("Password, or code")),
    ("code-password", _("Code, or password")),
]


def _setting(name: str, *, label: Any, **options: Any) -> Any:
    """Return the control of a setting, by the name of its field."""
    return field_of(SIGN_IN_EXPERIENCE.at(PATHS[name]), label=label, **options)


class SignInForm(ServiceForm):
    """Every setting with a control of its own; the area lays them out in tabs."""

    primary_color = _setting("primary_color", label=_("Brand color"))
    dark_mode = _setting("dark_mode", label=_("Dark mode"), help_text=_("Follow the user's preference for dark pages."))
    dark_primary_color = _setting("dark_primary_color", label=_("Brand color on dark"), lighter_of="id_primary_color")
    logo_url = picture(label=_("Logo"))
    dark_logo_url = picture(label=_("Logo on dark"), on_dark=True)
    favicon = picture(label=_("Favicon"))
    dark_favicon = picture(label=_("Favicon on dark"), on_dark=True)
    custom_css_ = style_sheet(label=_("Custom CSS"))

    mode = _setting(
        "mode",
        label=_("Access"),
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
            ("username", _("Username")),
            ("email", _("Email address")),
            ("phone", _("Phone number")),
            ("email phone", _("Email address or phone number")),
            ("", _("None")),
        ],
    )
    sign_up_secondary = checks(
        label=_("Also ask for"),
        choices=[
            ("username", _("Username")),
            ("email", _("Email address")),
            ("phone", _("Phone number")),
            ("emailOrPhone", _("Email address or phone number")),
        ],
    )
    sign_up_password = switch(label=_("Create a password at sign-up"))
    sign_up_verify = switch(
        label=_("Verify at sign-up"), help_text=_("A code proves the address or number. Needs a connector.")
    )
    profile_fields_all = switch(
        label=_("Ask for every profile field"), help_text=_("Also for those that you add later, in their order.")
    )
    profile_fields = OrderedField(
        label=_("Profile fields"),
        help_text=_("What new users are asked for on a page of its own, in this order, if it is not every field."),
        required=False,
        nothing=Nothing(_("There are no profile fields yet."), _("Add one"), "admin:experience_customprofilefield_add"),
    )
    method_username = select(label=_("Username"), choices=_METHODS[:2])
    method_email = select(label=_("Email address"), choices=_METHODS)
    method_phone = select(label=_("Phone number"), choices=_METHODS)
    forgot_password = _setting(
        "forgot_password",
        label=_("Forgotten passwords"),
        choices=[
            ("EmailVerificationCode", _("Code by email")),
            ("PhoneVerificationCode", _("Code by SMS")),
        ],
    )
    social_targets = OrderedField(
        label=_("Social buttons"),
        required=False,
        nothing=Nothing(
            _("There are no social connectors that are configured."),
            _("Set one up"),
            "admin:connectors_connector_add",
            "#social",
        ),
    )
    social_linking = _setting(
        "social_linking",
        label=_("Link accounts automatically"),
        help_text=_(
            "If a verified email address or phone number of the provider belongs to a user, that user is signed in and"
            " the account linked. Otherwise they are asked first."
        ),
    )
    social_skips = _setting(
        "social_skips",
        label=_("Skip required identifiers"),
        help_text=_("Whoever signs up with a social account is not asked for the identifiers of the sign-up."),
    )
    username_min = _setting("username_min", label=_("Shortest username"))
    username_max = _setting("username_max", label=_("Longest username"))
    username_case = _setting("username_case", label=_("Case-sensitive usernames"))
    username_characters = checks(
        label=_("Characters in usernames"),
        choices=[
            (name, _label)
            for name, _label in zip(CHARACTERS, (_("a–z"), _("A–Z"), _("0–9"), _("underscore")), strict=True)
        ],
    )

    terms_url = _setting("terms_url", label=_("Terms of use"))
    privacy_url = _setting("privacy_url", label=_("Privacy policy"))
    agree_policy = _setting(
        "agree_policy",
        label=_("Agreement"),
        choices=[
            ("Automatic", _("By continuing")),
            ("ManualRegistrationOnly", _("A box to tick at sign-up")),
            ("Manual", _("A box to tick at sign-up and sign-in")),
        ],
        required=True,
    )
    support_email_ = _setting("support_email_", label=_("Support email"))
    support_website = _setting("support_website", label=_("Support website"))
    auto_detect = _setting("auto_detect", label=_("Follow the browser's language"))
    fallback_language = _setting(
        "fallback_language",
        label=_("Default language"),
        choices=[(language_tag(code), name) for code, name in settings.LANGUAGES],
        required=True,
        help_text=_("Languages with words of your own can be chosen, too. They are on the page Languages."),
    )
    unknown_session_url = _setting(
        "unknown_session_url",
        label=_("Unknown session redirect"),
        help_text=_("Where to send users who open the sign-in page without an application."),
    )

    class Meta:
        model = SignInExperience
        fields = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        options["initial"] = to_form(get_sign_in_experience().wire)
        super().__init__(*args, **options)
        if "fallback_language" in self.fields:
            languages: Any = self.fields["fallback_language"]
            added = [(tag, get_tag(tag).native) for tag in sorted(custom_tags() - wire_languages())]
            languages.choices = [*languages.choices, *added]
        if "social_targets" in self.fields:
            buttons: Any = self.fields["social_targets"]
            buttons.offer(social_buttons())
        if "profile_fields" in self.fields:
            profile_fields: Any = self.fields["profile_fields"]
            profile_fields.offer(field_choices())
        if "sign_up_identifier" in self.fields:
            field: Any = self.fields["sign_up_identifier"]
            stored = str(self.initial["sign_up_identifier"])
            # A combination set through the API must not change because the form has no name for it.
            if stored not in dict(field.choices):
                field.choices = [*field.choices, (stored, stored.replace(" ", ", "))]
