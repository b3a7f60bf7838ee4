"""`/direct/…`: straight to the provider that the application names, or to a page of ours."""

from django.http import HttpResponse, HttpResponseRedirect

from experience.direct_sign_in import find_direct_location
from experience.pages.page import SEE_OTHER, Page, hosted_page
from oidc.wire.screens import fallback_screen, forwarded


@hosted_page()
def direct(page: Page, method: str, target: str = "") -> HttpResponse:
    """`/direct/<method>/<target>`: the provider; one that is not set up leads to the page that `fallback` names."""
    location = find_direct_location(page.authorization_request, method=method, target=target)
    if location is not None:
        return HttpResponseRedirect(location, status=SEE_OTHER)
    query = page.request.GET.dict()
    return page.redirect(fallback_screen(query.get("fallback", "")), **forwarded(query))
