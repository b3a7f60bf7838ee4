"""The sentences that one page leaves for the next, named in its address so that they survive a redirect."""

from django.utils.translation import gettext, gettext_noop

_NOTICES = {
    "password-changed": gettext_noop("Your password has been changed. Sign in with the new one."),
    "password-expired": gettext_noop("Your password has expired. Choose a new one to continue."),
    "code-sent": gettext_noop("A new code is on its way."),
    "expired": gettext_noop("This step has expired. Start again."),
}


def notice_text(name: str) -> str:
    """Return the sentence of a notice, empty for a name that is not ours."""
    return gettext(_NOTICES[name]) if name in _NOTICES else ""
