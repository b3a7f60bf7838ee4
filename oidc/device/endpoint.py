"""`POST /oidc/device/auth`: a device asks for access and gets the code that its user enters (RFC 8628 section 3.1)."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse

from common.oauth.rendering import NO_STORE
from oidc.authorization.parameters import read_parameters
from oidc.client_authentication.callers import identify_caller, throttle_anonymous
from oidc.device.grants import INTERVAL, LIFETIME, open_device_grant
from oidc.device.locations import DEVICE_PATH
from oidc.device.request import check_request
from oidc.device.user_codes import shown
from oidc.wire.machine_endpoint import machine_endpoint
from tenants.hosts import origin_of_request
from tenants.rate_limits import Kind


def _answer(origin: str, device_code: str, user_code: str) -> dict[str, Any]:
    address = f"{origin}{DEVICE_PATH}"
    return {
        "device_code": device_code,
        "user_code": shown(user_code),
        "verification_uri": address,
        "verification_uri_complete": f"{address}?{urlencode({'user_code': shown(user_code)})}",
        "expires_in": int(LIFETIME.total_seconds()),
        "interval": int(INTERVAL.total_seconds()),
    }


@machine_endpoint("POST")
def device_authorization(request: HttpRequest) -> HttpResponse:
    """Keep the request of a client until a user has answered it, and say how they can."""
    caller, origin = identify_caller(request), origin_of_request(request)
    checked = check_request(read_parameters(request), client_id=caller.client.id, origin=origin)
    throttle_anonymous(Kind.DEVICE, caller.client)
    opened = open_device_grant(checked)
    return JsonResponse(_answer(origin, opened.device_code, opened.user_code), headers=NO_STORE)
