"""What is said of a value that is none of its field, to users and to callers of the API."""

from django.utils.translation import gettext as _

from experience.profile_fields.values import Refusal


def explain_refusal(refusal: Refusal) -> str:
    """Return the sentence that is shown at the field."""
    limit = refusal.limit
    match refusal.code:
        case "required":
            return _("Fill in this field.")
        case "too_short":
            return _("Use at least %(min)s characters.") % {"min": limit}
        case "too_long":
            return _("Use at most %(max)s characters.") % {"max": limit}
        case "invalid_number":
            return _("Enter a number.")
        case "too_small":
            return _("Enter %(min)s or more.") % {"min": limit}
        case "too_large":
            return _("Enter %(max)s or less.") % {"max": limit}
        case "invalid_date":
            return _("Enter a date that exists.")
        case "invalid_option":
            return _("Choose one of the options.")
        case "invalid_url":
            return _("Enter a web address that starts with https:// or http://.")
    return _("This does not have the expected form.")
