"""Where users go who begin at an enterprise's identity provider: set for a SAML connector, or not at all.

What happens when one arrives is in `services.idp_initiated_sign_in`.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.clients import client_of
from applications.models import Application
from applications.models.application import ApplicationType
from applications.redirect_uris import is_redirect_uri_allowed
from applications.selectors import find_application
from common.actors import Actor
from common.errors import AppError, invalid_value
from common.shapes import Text, Values, WebAddress, validate
from connectors.enterprise.provider import ProviderType, get_provider
from connectors.models import SsoConnector
from events.history import Subject, record
from experience.models import IdpInitiatedSignIn

# An application in the browser alone keeps a code verifier of its own, so nobody else can send its request.
_SENT_FOR: Final = frozenset({ApplicationType.TRADITIONAL})
_TOLD: Final = frozenset({ApplicationType.TRADITIONAL, ApplicationType.SPA})
# What the request has anyway.
_FIXED: Final = frozenset(
    {
        "client_id",
        "client_secret",
        "direct_sign_in",
        "prompt",
        "redirect_uri",
        "request",
        "request_uri",
        "response_type",
    }
)
_PARAMETERS: Final = Values(of=Text(max_length=2048), max_items=20)
_MAX_PARAMETER_NAME: Final = 64


def get_idp_initiated_sign_in(connector: SsoConnector) -> IdpInitiatedSignIn:
    """Return what is set for a connector; raises `entity.not_found`."""
    found = IdpInitiatedSignIn.objects.filter(connector=connector).first()
    if found is None:
        raise AppError("entity.not_found")
    return found


@transaction.atomic
def set_idp_initiated_sign_in(
    connector: SsoConnector,
    *,
    application_id: str,
    auto_send_authorization_request: bool,
    redirect_uri: str | None = None,
    auth_parameters: Mapping[str, Any] | None = None,
    client_callback_uri: str | None = None,
    actor: Actor,
) -> IdpInitiatedSignIn:
    """Let users of a SAML connector begin at its identity provider; what was set before is replaced whole.

    With `auto_send_authorization_request` an authorization request of the application is sent for them, to
    `redirect_uri` or its first one, with `auth_parameters` added; else they go to its `client_callback_uri`.

    Raises `single_sign_on.idp_initiated_authentication_not_supported` for another protocol,
    `…_invalid_application_type`, `…_redirect_uri_not_registered`, `entity.relation_foreign_key_not_found` for an
    unknown application, and `guard.invalid_input`.
    """
    if get_provider(connector.provider_name).type != ProviderType.SAML:
        raise AppError("single_sign_on.idp_initiated_authentication_not_supported")
    application = find_application(application_id)
    if application is None:
        raise AppError("entity.relation_foreign_key_not_found")
    if application.type not in (_SENT_FOR if auto_send_authorization_request else _TOLD):
        raise AppError("single_sign_on.idp_initiated_authentication_invalid_application_type")
    values: dict[str, Any] = {"redirect_uri": None, "auth_parameters": {}, "client_callback_uri": None}
    if auto_send_authorization_request:
        values["redirect_uri"] = _registered(application, redirect_uri)
        values["auth_parameters"] = _checked_parameters(auth_parameters or {})
    else:
        values["client_callback_uri"] = validate(
            WebAddress(required=True), client_callback_uri or "", path="clientIdpInitiatedAuthCallbackUri"
        )
    values |= {"application": application, "auto_send_authorization_request": auto_send_authorization_request}
    row, _is_new = IdpInitiatedSignIn.objects.update_or_create(connector=connector, defaults=values)
    row.refresh_from_db()
    record(
        "SsoConnector.IdpInitiatedSignIn.Updated",
        actor=actor,
        subject=_subject(connector),
        after={"applicationId": application.id, "sendsRequest": auto_send_authorization_request},
    )
    return row


@transaction.atomic
def delete_idp_initiated_sign_in(connector: SsoConnector, *, actor: Actor) -> None:
    """Let nobody begin at a connector's identity provider any more; raises `entity.not_found`."""
    get_idp_initiated_sign_in(connector).delete()
    record("SsoConnector.IdpInitiatedSignIn.Deleted", actor=actor, subject=_subject(connector))


def _registered(application: Application, redirect_uri: str | None) -> str | None:
    """Return the redirect URI if the application may be sent there; `None` is its first one, which there must be."""
    is_allowed = (
        "*" not in redirect_uri and is_redirect_uri_allowed(client_of(application), redirect_uri)
        if redirect_uri
        else bool(application.redirect_uri_list) and "*" not in application.redirect_uri_list[0]
    )
    if not is_allowed:
        raise AppError("single_sign_on.idp_initiated_authentication_redirect_uri_not_registered")
    return redirect_uri or None


def _checked_parameters(given: Mapping[str, Any]) -> dict[str, str]:
    parameters: dict[str, str] = validate(_PARAMETERS, dict(given), path="authParameters")
    for name in parameters:
        if name in _FIXED or not 0 < len(name) <= _MAX_PARAMETER_NAME or not name.isprintable():
            raise invalid_value(f"authParameters.{name[:_MAX_PARAMETER_NAME]}", _("This parameter cannot be set."))
    return parameters


def _subject(connector: SsoConnector) -> Subject:
    return Subject("SsoConnector", connector.id, connector.connector_name)
