"""The browser at which somebody answers a device: its name, the XSRF value of its forms, and whether it takes cookies.

`/device` without the XSRF cookie leads through `/oidc/device`, which sets it and leads back.
"""

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from common.ids import new_id
from oidc.sessions import cookies
from tenants.context import current_tenant_id

# How the address of the page says that the browser has just come from the provider, and for how many seconds that is
# what explains a missing cookie: later it has expired.
RETURN_MARK = "returned"
_RETURN_SECONDS = 60


def _signer() -> TimestampSigner:
    return TimestampSigner(salt=f"gatehouse.device.returned.{current_tenant_id()}")


def new_return_mark() -> str:
    """Return the value of `RETURN_MARK` for a browser that is sent back to the page now."""
    return _signer().sign("")


def refuses_cookies(request: HttpRequest) -> bool:
    """Whether a browser without the XSRF cookie was given it a moment ago."""
    try:
        _signer().unsign(request.GET.get(RETURN_MARK, ""), max_age=_RETURN_SECONDS)
    except BadSignature:
        return False
    return True


def _xsrf_of(browser_id: str) -> str:
    content = f"{current_tenant_id()}\n{browser_id}"
    return salted_hmac("oidc.device.xsrf", content, algorithm="sha256").hexdigest()


def ensure_browser(request: HttpRequest, response: HttpResponse) -> None:
    """Give the browser a name, if it has none, and the XSRF value that belongs to it."""
    browser_id = cookies.find_device_browser(request)
    if browser_id is None:
        browser_id = new_id()
        cookies.write_device_browser(request, response, browser_id)
    cookies.write_device_xsrf(request, response, _xsrf_of(browser_id))


def find_posting_browser(request: HttpRequest, xsrf: str | None) -> str | None:
    """Return the name of the browser that posts its own XSRF value, `None` for any other post."""
    browser_id = cookies.find_device_browser(request)
    if browser_id is None or not xsrf or not constant_time_compare(xsrf, _xsrf_of(browser_id)):
        return None
    return browser_id
