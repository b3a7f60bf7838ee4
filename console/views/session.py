"""Signing in to the console and out of it."""

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from common.errors import AppError
from common.pipeline import CONSOLE_PREFIX
from common.views import error_page
from console import sign_in as protocol
from console.csp import console_policy
from console.session import begin_session
from console.session import sign_out as end_session
from console.tenancy import list_tenant_access


@never_cache
@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider; whoever is signed in, and follows no invitation, goes straight on."""
    target, link = request.GET.get("next", ""), protocol.link_of(request)
    if request.user.is_authenticated and not link:
        return HttpResponseRedirect(protocol.safe_next(request, target))
    return HttpResponseRedirect(protocol.begin(request, target=target, link=link))


@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Take the developer's code and begin the console's session; a callback nobody waits for starts again."""
    pending = protocol.finish(request)
    if pending is None:
        return HttpResponseRedirect(f"{CONSOLE_PREFIX}/")
    verifier, target = pending
    try:
        signed_in = protocol.redeem(request, verifier=verifier)
    except AppError as error:
        return error_page(request, status=400, title=_("Sign-in did not succeed"), message=error.message)
    if not list_tenant_access(signed_in.user.id):
        return error_page(
            request,
            status=403,
            title=_("No tenant yet"),
            message=_("Your account has access to no tenant. Ask an admin of the tenant to add you as a member."),
        )
    begin_session(request, signed_in)
    return HttpResponseRedirect(target)


@never_cache
@console_policy
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session here and at the provider."""
    list(get_messages(request))
    return end_session(request)
