"""What is asked at a domain, or about one, by programs: verification files, and whether to make a certificate."""

import secrets
from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from common.domains import canonical_domain, is_host_name
from tenants.domains.selectors import may_have_certificate, verification_files_at
from tenants.hosts import host_name_of_request

View = Callable[..., HttpResponseBase]


def with_verification_files(view: View) -> View:
    """Answer with the file that the domain has at an address, else let `view` answer."""

    @wraps(view)
    def answer(request: HttpRequest, path: str, **named: Any) -> HttpResponseBase:
        file = verification_files_at(host_name_of_request(request)).get(f"/{path}")
        if file is None or request.method not in ("GET", "HEAD"):
            return view(request, path, **named)
        charset = "; charset=utf-8" if file.content_type == "text/plain" else ""
        response = HttpResponse(file.content, content_type=f"{file.content_type}{charset}")
        response.headers["Cache-Control"] = "no-cache"
        return response

    return answer


@require_GET
def certificate_ask(request: HttpRequest) -> HttpResponse:
    """200 if a certificate may be made for `domain`: the question of a proxy that makes them on demand.

    For callers on this machine, or with the secret: 403 for others. 404 for every other name. At most 1 statement.
    """
    if not _is_asked_by_proxy(request):
        return HttpResponse(status=403)
    name = canonical_domain(request.GET.get("domain", "")[:256])
    is_allowed = is_host_name(name) and may_have_certificate(name)
    return HttpResponse(status=200 if is_allowed else 404)


def _is_asked_by_proxy(request: HttpRequest) -> bool:
    if secret := settings.CUSTOM_DOMAIN_ASK_SECRET:
        given = request.GET.get("secret", "")[:1024]
        return secrets.compare_digest(given.encode(), secret.encode())
    # A request that a proxy passes on has its caller's address, or says that there is one.
    if "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
