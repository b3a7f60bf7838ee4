"""A client registers itself, changes what it said, and goes (RFC 7591 section 3, RFC 7592 section 2)."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from applications.cimd.stand_in import ensure_stand_in
from applications.client_metadata import ClientMetadataError
from applications.models import Application, ClientRegistration
from applications.registration.metadata import SECRET_METHODS, UNNAMED, Registrable
from applications.registration.settings import REGISTRATION_SETTING, RegistrationSettings, registration_settings
from applications.selectors import list_secrets, secret_value
from applications.services.applications import create_application, delete_application, update_application
from common.actors import ANONYMOUS, SYSTEM, Actor
from common.clock import now
from common.crypto import sha256_hex
from common.errors import AppError
from common.ids import new_token
from common.oauth.errors import access_denied
from events.history import Subject, record
from tenants.services.settings import current_setting, merge_setting

# What the client's own metadata decides.
_OWN = frozenset({"tokenEndpointAuthMethod", "jwks", "jwksUri", "idTokenSignedResponseAlg", "requireDpop"})
_BATCH = 1000


class Registered(NamedTuple):
    """A registration, and the token that lets its client look after it."""

    registration: ClientRegistration
    token: str

    @property
    def application(self) -> Application:
        application: Application = self.registration.application
        return application

    @property
    def secret(self) -> str | None:
        """The client's secret, where it authenticates with one; the first that it got and still has."""
        if self.registration.metadata.get("token_endpoint_auth_method") not in SECRET_METHODS:
            return None
        found = list_secrets(self.application).first()
        return None if found is None else secret_value(found)


@transaction.atomic
def change_registration_settings(changes: Any, *, actor: Actor) -> RegistrationSettings:
    """Change the tenant's setting, member by member, and return it whole. Raises `guard.invalid_input`."""
    before = RegistrationSettings.from_json(current_setting(REGISTRATION_SETTING))
    changed = RegistrationSettings.from_json(merge_setting(REGISTRATION_SETTING, changes, actor=actor))
    if changed.enabled:
        ensure_stand_in()
    if changed != before:
        subject = Subject("Setting", REGISTRATION_SETTING.key)
        record("ClientRegistrationConfig.Updated", actor=actor, subject=subject, **changed.as_json())
    return changed


@transaction.atomic
def register_client(registrable: Registrable, *, max_clients: int) -> Registered:
    """Register a client as a third party's application; raises `access_denied` (403) if there are enough."""
    # One at a time, so that the limit is one.
    Application.with_hidden.select_for_update(no_key=True).get(id=ensure_stand_in().id)
    if _list_registered().count() >= max_clients:
        raise access_denied("no more clients can register", status=403)
    application = create_application(
        name=registrable.name or UNNAMED,
        type=registrable.type,
        oidc_client_metadata=registrable.oidc,
        custom_client_metadata=registrable.custom,
        is_third_party=True,
        registered_itself=True,
        actor=ANONYMOUS,
    )
    token = new_token()
    registration = ClientRegistration.objects.create(
        application=application, metadata=registrable.told, token_sha256=sha256_hex(token)
    )
    _record("Created", application, ANONYMOUS)
    return Registered(registration, token)


def find_registration(client_id: str, token: str) -> Registered | None:
    """Return the registration that a token is for, if it is this client's."""
    registrations = ClientRegistration.objects.select_related("application")
    found = registrations.filter(application_id=client_id, token_sha256=sha256_hex(token)).first()
    return None if found is None else Registered(found, token)


@transaction.atomic
def update_registration(registered: Registered, registrable: Registrable) -> None:
    """Replace what the client said (RFC 7592 section 2.2); what developers set next to it stays.

    Raises `ClientMetadataError` if a client that keeps a secret would become one that keeps none, or vice versa.
    """
    registration = ClientRegistration.objects.select_for_update().filter(id=registered.registration.id).first()
    if registration is None:
        raise ClientMetadataError("the registration is gone")
    # As it is now: a developer may have changed it since the request was read.
    application = Application.objects.select_for_update(no_key=True).get(id=registration.application_id)
    if application.is_confidential != Application(type=registrable.type).is_confidential:
        raise ClientMetadataError("token_endpoint_auth_method cannot change to or from none")
    kept = {name: value for name, value in application.custom_client_metadata.items() if name not in _OWN}
    try:
        update_application(
            application,
            name=registrable.name or UNNAMED,
            oidc_client_metadata={**application.oidc_client_metadata, **registrable.oidc},
            custom_client_metadata={**kept, **registrable.custom},
            actor=Actor.application(application.id),
        )
    except AppError as error:
        raise ClientMetadataError("this does not agree with what developers have set for the client") from error
    registration.metadata = registrable.told
    registration.save(update_fields=["metadata"])
    registered.registration.application, registered.registration.metadata = application, registrable.told
    _record("Updated", application, Actor.application(application.id))


@transaction.atomic
def delete_registration(registered: Registered) -> None:
    """Remove the client with its grants and tokens (RFC 7592 section 2.3)."""
    itself = Actor.application(registered.application.id)
    _record("Deleted", registered.application, itself)
    delete_application(registered.application, actor=itself)


@transaction.atomic
def delete_unused_clients(*, in_use: QuerySet[Any, Any]) -> int:
    """Delete clients that registered themselves long ago and are not in use; returns how many.

    `in_use` is a query for the ids of applications that somebody uses.
    """
    old = _list_registered().filter(created_at__lt=now() - timedelta(days=registration_settings().unused_days))
    unused = list(old.exclude(id__in=in_use).select_for_update()[:_BATCH])
    for application in unused:
        _record("Expired", application, SYSTEM)
        delete_application(application, actor=SYSTEM)
    return len(unused)


def _list_registered() -> Any:
    return Application.objects.filter(registration_source=Application.RegistrationSource.DCR)


def _record(what: str, application: Application, actor: Actor) -> None:
    record(f"ClientRegistration.{what}", actor=actor, subject=application, clientName=application.name)
