"""A sign-in at an identity provider that signs nobody in: the console shows what was received.

The console is the client of its own address, which is entered at the identity provider next to the other. By SAML the
response comes as another site's form, without our cookies: a page in between posts it once more from here.
"""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from common.email_addresses import email_domain
from common.errors import AppError
from connectors.enterprise.provider import Provider, ProviderType, SsoConnection
from connectors.enterprise.saml.protocol import SamlProtocol
from connectors.enterprise.selectors import connection_of
from connectors.models import SsoConnector
from connectors.provider_sign_in import ProviderSignIn, SignInRequest, SignInStart
from console.enterprise_sso.look import test_address
from oidc.wire.pages import auto_submitted_form
from tenants.context import current_tenant_id
from tenants.hosts import origin_of_tenant

_KEY = "sso_test"
_MAX_SHOWN = 300


def start_test(request: HttpRequest, connector: SsoConnector, provider: Provider) -> str:
    """Return where the developer signs in; raises what `SsoProvider.start` does."""
    connection, address = connection_of(connector, provider), test_address(request, connector, provider)
    state = secrets.token_urlsafe(24)
    asked = SignInRequest(
        state=state,
        redirect_uri=address,
        connector_id=connector.id,
        origin=origin_of_tenant(current_tenant_id()),
        relay_state=state,
    )
    begun = _start(connection, asked, address)
    request.session[_KEY] = {"connector": connector.id, "state": state, "session": begun.session}
    return begun.url


def _start(connection: SsoConnection, asked: SignInRequest, address: str) -> SignInStart:
    protocol = connection.provider.protocol
    if isinstance(protocol, SamlProtocol):
        return protocol.start(connection, asked, acs_url=address)
    return protocol.start(connection, asked)


def pass_on(request: HttpRequest, *, address: str) -> HttpResponse:
    """Answer a form of another site's with one of our own that has the same fields."""
    fields = {name: request.POST.get(name, "") for name in ("SAMLResponse", "RelayState")}
    return auto_submitted_form(request, action=address, fields=fields, form_id="sso-test", title=_("Test"))


def finish_test(request: HttpRequest, connector: SsoConnector, provider: Provider) -> ProviderSignIn:
    """Return who has signed in, once; raises what `SsoProvider.finish` does."""
    kept: dict[str, Any] = request.session.pop(_KEY, None) or {}
    is_saml = provider.type == ProviderType.SAML
    data: dict[str, Any] = (request.POST if is_saml else request.GET).dict()
    state = data.get("RelayState" if is_saml else "state")
    if kept.get("connector") != connector.id or state != kept["state"]:
        raise AppError("connector.authorization_failed", data={"error": "invalid_state"})
    return connection_of(connector, provider).finish(data=data, session=kept["session"])


def describe_sign_in(connector: SsoConnector, signed_in: ProviderSignIn) -> dict[str, Any]:
    """Return what was received: which field of a user gets what, what is worth knowing, and every claim."""
    user = signed_in.user
    fields = [
        (_("User ID"), user.id),
        (_("Email"), user.email),
        (_("Name"), user.name),
        (_("Picture"), user.avatar),
        (_("Phone"), user.phone),
    ]
    claims = [(name, _shown(value)) for name, value in sorted(user.raw_data.items())]
    return {"issuer": signed_in.issuer, "fields": fields, "notes": _notes(connector, signed_in), "claims": claims}


def _notes(connector: SsoConnector, signed_in: ProviderSignIn) -> list[str]:
    user, notes = signed_in.user, []
    unverified = user.raw_data.get("email") or user.raw_data.get("unverifiedEmail")
    if user.email is None and unverified:
        notes.append(_("The identity provider does not say that the address is verified, so it is not taken over."))
    elif user.email is None:
        notes.append(_("There is no email address. New users would have none, and no existing user is found by it."))
    elif not connector.domains:
        notes.append(_("The connector has no email domains yet, so it is offered nowhere."))
    elif email_domain(user.email) not in connector.domains:
        notes.append(_("The address is of none of the connector’s domains: no existing user is linked by it."))
    return notes


def _shown(value: Any) -> str:
    said = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return said if len(said) <= _MAX_SHOWN else f"{said[:_MAX_SHOWN]}…"
