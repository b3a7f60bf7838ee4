"""For which host and origins a browser's passkeys are asked for (Web Authentication Level 3, section 5.1.3)."""

from django.http import HttpRequest

from identity.account_center import get_account_center
from identity.factors.webauthn.ceremony import RelyingParty
from tenants.hosts import host_name_of_request, origin_of_request


def relying_party_of(request: HttpRequest) -> RelyingParty:
    """Return the tenant as authenticators know it: its host name is what passkeys belong to."""
    related = get_account_center().wire["webauthnRelatedOrigins"]
    return RelyingParty(host_name_of_request(request), origin_of_request(request), tuple(related))
