"""Applications are registered, changed and removed."""

from typing import Any, TypedDict, Unpack

from django.db import transaction

from applications.backchannel_logout_uri import validate_backchannel_logout
from applications.client_security_registration import validate_security
from applications.metadata_shape import CUSTOM_CLIENT_METADATA, OIDC_CLIENT_METADATA
from applications.models import Application
from applications.models.application import ApplicationType
from applications.redirect_uri_registration import validate_redirect_uris
from applications.services.roles import set_application_admin
from applications.services.secrets import DEFAULT_SECRET_NAME, add_secret
from common.actors import Actor
from common.constraints import constraint_errors
from common.errors import AppError
from common.shapes import validate
from events.history import changed, record
from identity.locks import lock_deletions
from tenants.database.conflicts import atomic_with_retries

UPDATED = "Application.Data.Updated"

_NO_URIS: dict[str, Any] = {"redirectUris": [], "postLogoutRedirectUris": []}
_THIRD_PARTY_TYPES = frozenset({ApplicationType.NATIVE, ApplicationType.SPA, ApplicationType.TRADITIONAL})


class ApplicationChanges(TypedDict, total=False):
    """What can change of an application; an absent key leaves it, JSON objects are replaced whole."""

    name: str
    description: str | None
    oidc_client_metadata: dict[str, Any]
    custom_client_metadata: dict[str, Any]
    custom_data: dict[str, Any]
    protected_app_metadata: dict[str, Any] | None
    app_level_access_control_enabled: bool
    is_admin: bool


def _refuse_unless_supported(type: str, *, is_third_party: bool) -> None:
    if type == ApplicationType.SAML:
        raise AppError("application.saml.use_saml_app_api")
    if is_third_party and type not in _THIRD_PARTY_TYPES:
        raise AppError("application.invalid_third_party_application_type")


def _refuse_protected(protected_app_metadata: dict[str, Any] | None) -> None:
    if not protected_app_metadata:
        raise AppError("application.protected_app_metadata_is_required")
    raise AppError("application.protected_app_not_configured")


def _checked_oidc_metadata(metadata: Any) -> dict[str, Any]:
    checked: dict[str, Any] = validate(OIDC_CLIENT_METADATA, metadata, path="oidcClientMetadata")
    for name in ("redirectUris", "postLogoutRedirectUris"):
        validate_redirect_uris(checked[name], path=f"oidcClientMetadata.{name}")
    validate_backchannel_logout(checked)
    return checked


def _checked_custom_metadata(
    given: Any, *, type: str, is_third_party: bool, was_device_flow: bool | None
) -> dict[str, Any]:
    """`was_device_flow` is `None` for a new application."""
    metadata: dict[str, Any] = validate(CUSTOM_CLIENT_METADATA, given, path="customClientMetadata")
    is_device_flow = bool(metadata.get("isDeviceFlow"))
    if was_device_flow is None and is_device_flow and type != ApplicationType.NATIVE:
        raise AppError("application.device_flow_native_only")
    if was_device_flow is not None and is_device_flow != was_device_flow:
        raise AppError("application.device_flow_not_changeable")
    if is_third_party and metadata.get("allowTokenExchange"):
        raise AppError("application.third_party_application_cannot_enable_token_exchange")
    validate_security(
        metadata,
        is_confidential=Application(type=type).is_confidential,
        signs_people_in=type != ApplicationType.MACHINE_TO_MACHINE and not is_device_flow,
    )
    return metadata


@transaction.atomic
def create_application(
    *,
    name: str,
    type: str,
    description: str | None = None,
    oidc_client_metadata: dict[str, Any] | None = None,
    custom_client_metadata: dict[str, Any] | None = None,
    custom_data: dict[str, Any] | None = None,
    is_third_party: bool = False,
    protected_app_metadata: dict[str, Any] | None = None,
    application_id: str | None = None,
    registered_itself: bool = False,
    actor: Actor,
) -> Application:
    """Register an application; one that can keep a secret gets its first, `Default secret`.

    `application_id` chooses the client id instead of drawing one; it is for an installation's own applications.
    `registered_itself` is for a client that no developer has registered (RFC 7591).
    Raises `guard.invalid_input` for metadata that has not its shape or a redirect URI that cannot be registered, and
    the `application.*` codes of types and flags.
    """
    _refuse_unless_supported(type, is_third_party=is_third_party)
    if type == ApplicationType.PROTECTED:
        _refuse_protected(protected_app_metadata)
    application = Application(
        name=name,
        type=type,
        description=description,
        oidc_client_metadata=_checked_oidc_metadata(oidc_client_metadata or _NO_URIS),
        custom_client_metadata=_checked_custom_metadata(
            custom_client_metadata or {}, type=type, is_third_party=is_third_party, was_device_flow=None
        ),
        custom_data=custom_data or {},
        is_third_party=is_third_party,
    )
    if registered_itself:
        application.registration_source = Application.RegistrationSource.DCR
    if application_id is not None:
        application.id = application_id
    with constraint_errors(applications_application_pkey="entity.unique_integrity_violation"):
        application.save(force_insert=True)
    if application.is_confidential:
        add_secret(application, name=DEFAULT_SECRET_NAME, actor=actor)
    after = {"name": name, "type": type, "isThirdParty": is_third_party}
    record("Application.Created", actor=actor, subject=application, after=after)
    return application


@transaction.atomic
def update_application(application: Application, *, actor: Actor, **changes: Unpack[ApplicationChanges]) -> Application:
    """Change an application; its type and its third-party flag never change. Nothing to change is no error.

    `is_admin` gives a machine-to-machine application the hidden administrator role, or takes it. Raises what
    `create_application` raises, `application.device_flow_not_changeable` and `application.protected_application_only`.
    """
    if application.type == ApplicationType.SAML:
        raise AppError("application.saml.use_saml_app_api")
    if changes.pop("protected_app_metadata", None) is not None:
        raise AppError("application.protected_application_only")
    is_admin = changes.pop("is_admin", None)
    if is_admin is not None:
        set_application_admin(application, is_admin=is_admin, actor=actor)
    if "oidc_client_metadata" in changes:
        changes["oidc_client_metadata"] = _checked_oidc_metadata(changes["oidc_client_metadata"])
    if "custom_client_metadata" in changes:
        changes["custom_client_metadata"] = _checked_custom_metadata(
            changes["custom_client_metadata"],
            type=application.type,
            is_third_party=application.is_third_party,
            was_device_flow=bool(application.custom_client_metadata.get("isDeviceFlow")),
        )
    return change_application(application, dict(changes), actor=actor)


def change_application(application: Application, changes: dict[str, Any], *, actor: Actor) -> Application:
    """Write changes that have been checked, in the caller's transaction, and record them."""
    before, after = changed(application, changes)
    for field, value in changes.items():
        setattr(application, field, value)
    if changes:
        application.save(update_fields=list(changes))
        record(UPDATED, actor=actor, subject=application, before=before, after=after)
    return application


@transaction.atomic
def merge_application_custom_data(
    application: Application, *, custom_data: dict[str, Any], actor: Actor
) -> dict[str, Any]:
    """Put the given keys next to or over those an application's custom data has, and return the whole."""
    locked = Application.objects.select_for_update().get(id=application.id)
    before, merged = locked.custom_data, {**locked.custom_data, **custom_data}
    locked.custom_data = merged
    locked.save(update_fields=["custom_data"])
    record(UPDATED, actor=actor, subject=locked, before={"custom_data": before}, after={"custom_data": merged})
    application.custom_data = merged
    return merged


@atomic_with_retries
def delete_application(application: Application, *, actor: Actor) -> None:
    """Remove an application with its secrets, roles, grants and tokens. Raises `application.saml.use_saml_app_api`."""
    if application.type == ApplicationType.SAML:
        raise AppError("application.saml.use_saml_app_api")
    remove_application(application, actor=actor)


def remove_application(application: Application, *, actor: Actor) -> None:
    """Remove an application that may be removed, in the caller's transaction, and record it."""
    lock_deletions()
    record("Application.Deleted", actor=actor, subject=application)
    application.delete()
