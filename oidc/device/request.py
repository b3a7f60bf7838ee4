"""What a device asks for, and the order in which that is checked: when it asks, and again when its user answers."""

from dataclasses import replace

from applications.client_lookup import get_client
from applications.clients import DEVICE_CODE, REFRESH_TOKEN
from applications.scopes import OFFLINE_ACCESS, split_scope
from common.oauth.errors import invalid_request
from oidc.authorization import assurance, organization, protocol, scope
from oidc.authorization.parameters import ACR_VALUES, EXTRA, GOOGLE_CREDENTIAL, ONE_TIME_TOKEN, Parameters
from oidc.authorization.pipeline import Check, run
from oidc.authorization.request import Authorization
from oidc.models import DeviceGrant

# The others are about redirects to the application, of which there are none, or lead to a sign-in at another host at
# once, where no answer to the page's form may lead. A device knows of no link that its user was sent.
_PARAMETERS = (EXTRA - {"direct_sign_in", GOOGLE_CREDENTIAL, ONE_TIME_TOKEN}) | {
    "client_id",
    "scope",
    "nonce",
    "max_age",
    ACR_VALUES,
    "login_hint",
    "ui_locales",
    "id_token_hint",
}


def device_client(authorization: Authorization) -> None:
    """The client is registered for devices (RFC 8628 section 3.1)."""
    if not authorization.client.allows_grant_type(DEVICE_CODE):
        raise invalid_request(f"{DEVICE_CODE} is not allowed for this client")


def requested_scopes(authorization: Authorization) -> None:
    """Each scope once. `offline_access` needs no `prompt`: the user is asked in any case."""
    scopes = split_scope(authorization.parameters.get("scope"))
    may_stay_offline = authorization.client.allows_grant_type(REFRESH_TOKEN)
    authorization.scopes = tuple(name for name in scopes if name != OFFLINE_ACCESS or may_stay_offline)


CHECKS: tuple[Check, ...] = (
    device_client,  # RFC 8628 section 3.1
    protocol.no_repeated_parameter,  # RFC 6749 section 3.1
    protocol.valid_max_age,  # OpenID Connect Core section 3.1.2.1
    assurance.requested_assurance,  # RFC 9470 section 5
    protocol.storable_nonce,  # OpenID Connect Core section 3.1.2.1
    protocol.genuine_id_token_hint,  # OpenID Connect Core section 3.1.2.1
    requested_scopes,  # RFC 6749 section 3.3
    organization.requested_organization,
    scope.configured_statics,  # RFC 6749 section 4.1.2.1
    scope.known_resources,  # RFC 8707 section 2
    scope.only_statics_without_resource,
)


def check_request(parameters: Parameters, *, client_id: str, origin: str) -> Authorization:
    """Return a device's request with what the checks found; raises the first check's refusal."""
    values = {name: value for name, value in parameters.values.items() if name in _PARAMETERS}
    parameters = replace(parameters, values={**values, "client_id": client_id})
    authorization = Authorization(parameters, origin)
    authorization.client = get_client(client_id)
    run(CHECKS, authorization)
    return authorization


def request_of(device: DeviceGrant) -> Authorization:
    """Return what a device asks for, checked again; raises the first check's refusal."""
    return check_request(Parameters.from_json(device.parameters), client_id=device.application_id, origin=device.origin)
