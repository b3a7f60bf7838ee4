"""Codes about the form of identifiers and what a tenant allows."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare(
    {
        "user.invalid_email": (422, _("The email address is invalid.")),
        "user.invalid_phone": (422, _("The phone number is invalid.")),
        "user.username_starts_with_number": (422, _("The username must not start with a number.")),
        "user.username_invalid_charset_hard": (
            422,
            _("The username may only contain letters without accents, numbers and underscores."),
        ),
        "user.username_too_short": (422, _("The username must have at least %(min)s characters.")),
        "user.username_too_long": (422, _("The username must have at most %(max)s characters.")),
        "user.username_uppercase_not_allowed": (422, _("The username must not contain upper-case letters.")),
        "user.username_lowercase_not_allowed": (422, _("The username must not contain lower-case letters.")),
        "user.username_numbers_not_allowed": (422, _("The username must not contain numbers.")),
        "user.username_underscore_not_allowed": (422, _("The username must not contain underscores.")),
        "session.email_blocklist.invalid_email": (400, _("The email address is invalid.")),
        "session.email_blocklist.email_subaddressing_not_allowed": (
            422,
            _("Email addresses with a plus sign are not allowed."),
        ),
        "session.email_blocklist.email_not_allowed": (
            422,
            _("This email address is not allowed. Use another one."),
        ),
        "sign_in_experiences.invalid_custom_email_blocklist_format": (
            400,
            _("An entry is neither an email address nor a domain: %(items)s"),
        ),
    }
)
