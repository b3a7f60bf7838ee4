"""At which other origins the tenant's passkeys are used (Web Authentication Level 3, section 5.11)."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from identity.account_center import get_account_center
from tenants.domains.selectors import tenant_origins
from tenants.hosts import origin_of_request


@require_safe
def related_origins(request: HttpRequest) -> JsonResponse:
    """`/.well-known/webauthn`, which browsers fetch: what the account center names, then the tenant's other origins.

    Browsers read the first few names alone, so those that were named by hand come first, and none is there twice.
    """
    named = get_account_center().wire["webauthnRelatedOrigins"]
    own = [origin for origin in tenant_origins() if origin.startswith("https://")]
    origins = dict.fromkeys([*named, *own])
    origins.pop(origin_of_request(request), None)
    return JsonResponse({"origins": list(origins)})
