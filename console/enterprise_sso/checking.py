"""What an identity provider publishes, looked at while its description is typed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import AppError
from common.saml.certificates import parse_certificate
from connectors.enterprise.provider import Provider
from connectors.enterprise.services.connectors import checked_config
from connectors.models import SsoConnector
from console.enterprise_sso.form import form_class
from console.enterprise_sso.words import explain_failure

_TEMPLATE = "console/enterprise_sso/found.html"
_ENDPOINTS = {
    "issuer": gettext_lazy("Issuer"),
    "authorizationEndpoint": gettext_lazy("Authorization endpoint"),
    "tokenEndpoint": gettext_lazy("Token endpoint"),
    "userinfoEndpoint": gettext_lazy("Userinfo endpoint"),
    "jwksUri": gettext_lazy("Keys"),
}


def render_check(request: HttpRequest, connector: SsoConnector, provider: Provider) -> HttpResponse:
    """Answer with what the identity provider of the form's values says of itself, or with what is wrong."""
    form = form_class(provider, is_stored=True)(request.POST, instance=connector)
    form.is_valid()
    try:
        found = published(provider, checked_config(provider, form.config()))
    except AppError as error:
        return render(request, _TEMPLATE, {"problem": explain_failure(error)})
    return render(request, _TEMPLATE, {"found": found})


def published(provider: Provider, config: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the facts that an identity provider publishes; raises `AppError` as `SsoProvider.describe`."""
    described = provider.protocol.describe(config)
    saml = described.get("identityProvider")
    if saml is None:
        return [{"name": name, "value": described[key]} for key, name in _ENDPOINTS.items() if key in described]
    certificate = parse_certificate(saml["x509Certificate"])
    until = date_format(certificate.not_after, "j M Y")
    return [
        {"name": _("Entity ID"), "value": saml["entityId"]},
        {"name": _("Sign-in endpoint"), "value": saml["signInEndpoint"]},
        {"name": _("Certificate valid until"), "value": until, "is_bad": not saml["isValid"]},
        {"name": _("Wants signed requests"), "value": _("Yes") if saml["wantsSignedRequests"] else _("No")},
    ]
