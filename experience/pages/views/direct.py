"""`/direct/…`: straight to the provider that the application names, or to a page; nothing is shown here."""

from django.http import HttpResponse

from connectors.enterprise.selectors import find_sso_connection
from experience.one_tap import find_credential
from experience.pages.first_pages import first_event
from experience.pages.one_tap import GOOGLE, sign_in_with_credential
from experience.pages.page import Page, hosted_page
from experience.pages.provider_buttons import list_web_connections
from experience.pages.provider_start import start_social, start_sso
from experience.pages.provider_users import enter
from experience.services.idp_initiated_sign_in import COOKIE as IDP_INITIATED
from experience.services.idp_initiated_sign_in import sign_in_with_received
from experience.services.interaction import start_interaction
from oidc.wire.screens import fallback_screen, forwarded


@hosted_page(is_replaceable=lambda _request: False)
def direct(page: Page, method: str, target: str = "") -> HttpResponse:
    """`/direct/<method>/<target>`: the provider; one that is not set up leads to the page that `fallback` names."""
    start = {"social": _start_social, "sso": _start_sso}.get(method)
    if start and (response := start(page, target)):
        return response
    query = page.request.GET.dict()
    return page.redirect(fallback_screen(query.get("fallback", "")), **forwarded(query))


def _start_social(page: Page, target: str) -> HttpResponse | None:
    """Go to a social provider by its target; Google's user may be known already, by One Tap."""
    connection = next((each for each in list_web_connections(page) if each.target == target), None)
    if connection is None:
        return None
    credential = find_credential(page.authorization_request) if target == GOOGLE else ""
    if credential:
        return sign_in_with_credential(page, connection.id, {"credential": credential})
    return start_social(page, connection.id)


def _start_sso(page: Page, connector_id: str) -> HttpResponse | None:
    """Go to an enterprise's identity provider by its connector; its user may have come from there (IdP-initiated)."""
    connection = find_sso_connection(connector_id) if page.settings.is_sso_enabled else None
    if connection is None:
        return None
    if received_id := page.request.COOKIES.get(IDP_INITIATED):
        interaction = start_interaction(page.authorization_request, event=first_event(page))
        proof = sign_in_with_received(interaction, connector_id=connection.id, received_id=received_id)
        if proof is not None:
            response = enter(page, interaction, proof)
            response.delete_cookie(IDP_INITIATED, samesite="Lax")
            return response
    return start_sso(page, [connection.id]) if connection.is_offered else None
