"""The tenant's own previews: an application in this browser, and a device, at which sign-in is tried out.

Both are real public clients. Their scripts speak to the provider as any application's do, and the server that draws
their pages knows nothing of who is signed in there.
"""

import io
from collections.abc import Mapping
from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications.client_lookup import get_client
from applications.models.application import DEMO_APP, DEVICE_DEMO_APP
from applications.scopes import OFFLINE_ACCESS, ORGANIZATIONS_RESOURCE
from experience.pages.page import Page, hosted_page
from oidc.claims.scope_claims import EXTENDED_CLAIMS, STANDARD_CLAIMS
from oidc.device.locations import confirm_location
from oidc.device.user_codes import find_letters
from tenants.hosts import issuer_of, origin_of_request


def _render(page: Page, template: str, client_id: str) -> HttpResponse:
    """Draw a preview; at a host by which the provider does not know the page, go where it does."""
    address = page.request.build_absolute_uri(page.request.path)
    known = get_client(client_id).post_logout_redirect_uris
    if address not in known:
        query = page.request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(f"{known[0]}?{query}" if query else known[0])
    return page.render(f"demo/{template}", {"configuration": _configuration(page, client_id, address)})


def _configuration(page: Page, client_id: str, address: str) -> Mapping[str, Any]:
    return {
        "issuer": issuer_of(origin_of_request(page.request)),
        "clientId": client_id,
        "address": address,
        "scope": " ".join((OFFLINE_ACCESS, *STANDARD_CLAIMS, *EXTENDED_CLAIMS)),
        "resource": ORGANIZATIONS_RESOURCE,
        "language": page.language,
    }


@hosted_page(guarded=False, stands_alone=True)
def demo_app(page: Page) -> HttpResponse:
    """`/demo-app`: the sign-in experience as an application meets it."""
    return _render(page, "app", DEMO_APP)


@hosted_page(guarded=False, stands_alone=True)
def device_demo_app(page: Page) -> HttpResponse:
    """`/device-demo-app`: the sign-in experience as a device without a keyboard meets it."""
    return _render(page, "device", DEVICE_DEMO_APP)


@never_cache
@require_safe
def device_code_image(request: HttpRequest) -> HttpResponse:
    """`/device-demo-app/code.svg`: the address at which the device with `user_code` is answered, to be scanned."""
    letters = find_letters(request.GET.get("user_code", ""))
    if letters is None:
        raise Http404
    image = io.BytesIO()
    address = f"{origin_of_request(request)}{confirm_location(letters)}"
    segno.make(address, error="m", micro=False).save(image, kind="svg", scale=4, border=2, light="#fff")
    return HttpResponse(image.getvalue(), content_type="image/svg+xml")
