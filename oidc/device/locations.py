"""The addresses of the hosted pages at which people answer devices."""

from urllib.parse import urlencode

from common.errors import AppError
from oidc.device.errors import page_error_name
from oidc.device.user_codes import shown

DEVICE_PATH = "/device"
# Where the browser gets the XSRF value of the page's form, and where a page of a tenant's own posts the form.
PROVIDER_PATH = "/oidc/device"
SUSPENDED_PATH = "/account-suspended"


def confirm_location(user_code: str) -> str:
    """Return the page that says what a device asks for."""
    return f"{DEVICE_PATH}?{urlencode({'user_code': shown(user_code)})}"


def entry_location(error: AppError, *, typed: str = "") -> str:
    """Return the page that takes a code, with what was wrong with the one typed."""
    query = {"input_code": typed} if typed else {}
    return f"{DEVICE_PATH}?{urlencode({**query, 'error': page_error_name(error) or ''})}"
