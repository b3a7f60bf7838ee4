"""What is refused of devices, and of the people who enter their codes."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from common.errors import AppError, declare
from common.oauth.errors import OAuthError

declare(
    {
        "device_flow.no_code": (400, _("Enter the code that your device shows.")),
        "device_flow.not_found": (404, _("There is no such code. Compare it with the one on your device.")),
        "device_flow.expired": (400, _("This code has expired. Start again on your device.")),
        "device_flow.already_used": (400, _("This code has been used. Start again on your device.")),
        "device_flow.aborted": (400, _("You declined. The device gets no access.")),
    }
)

# How the address of the page names what went wrong.
PAGE_ERRORS: Mapping[str, str] = MappingProxyType(
    {
        "NoCodeError": "device_flow.no_code",
        "NotFoundError": "device_flow.not_found",
        "ExpiredError": "device_flow.expired",
        "AlreadyUsedError": "device_flow.already_used",
        "AbortedError": "device_flow.aborted",
    }
)
_NAMES = {code: name for name, code in PAGE_ERRORS.items()}


def page_error_name(error: AppError) -> str | None:
    """Return how the page's address names an error, `None` for one that has no name there."""
    return _NAMES.get(error.code)


class UnansweredError(OAuthError):
    """The user has not answered yet (RFC 8628 section 3.5): nothing has failed, the device asks again."""


def authorization_pending() -> UnansweredError:
    """The device asks again after its interval."""
    return UnansweredError(
        "authorization_pending", "authorization request is still pending as the user has not answered"
    )


def slow_down() -> UnansweredError:
    """As `authorization_pending`, but the device asked before its interval was over."""
    return UnansweredError(
        "slow_down", "authorization request is still pending, increase the polling interval by 5 seconds"
    )


def expired_token() -> OAuthError:
    """The device begins again."""
    return OAuthError("expired_token", "device code is expired")
