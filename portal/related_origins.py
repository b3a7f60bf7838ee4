"""At which other origins the tenant's passkeys are used (Web Authentication Level 3, section 5.11)."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from identity.account_center import get_account_center


@require_safe
def related_origins(request: HttpRequest) -> JsonResponse:
    """`/.well-known/webauthn`, which browsers fetch."""
    return JsonResponse({"origins": get_account_center().wire["webauthnRelatedOrigins"]})
