"""The sentences that one page leaves for the next, named in its address so that they survive a redirect."""

from django.utils.translation import gettext, gettext_noop

from common.errors import AppError

_NOTICES = {
    "password-changed": gettext_noop("Your password has been changed. Sign in with the new one."),
    "password-expired": gettext_noop("Your password has expired. Choose a new one to continue."),
    "code-sent": gettext_noop("A new code is on its way."),
    "provider-cancelled": gettext_noop("The sign-in was canceled. Choose how you want to continue."),
    "provider-failed": gettext_noop("That sign-in did not work. Try again, or choose another way."),
    "provider-unavailable": gettext_noop("The sign-in service did not answer. Try again later, or choose another way."),
    "expired": gettext_noop("This step has expired. Start again."),
    "unavailable": gettext_noop("This way to sign in is no longer available. Choose another one."),
}
# Errors that another page than the one at hand has to say.
_ERRORS = frozenset({"user.email_already_in_use", "user.phone_already_in_use"})


def notice_text(name: str) -> str:
    """Return the sentence of a notice, empty for a name that is not ours."""
    if name in _ERRORS:
        return AppError(name).message
    return gettext(_NOTICES[name]) if name in _NOTICES else ""
