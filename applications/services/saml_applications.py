"""SAML applications as clients of the provider; what a service provider is, is the room `saml`'s to say."""

from typing import Any, TypedDict, Unpack

from django.db import transaction

from applications.models import Application
from applications.models.application import ApplicationType
from applications.services.applications import change_application, remove_application
from common.actors import Actor
from common.errors import AppError
from events.history import record
from tenants.database.conflicts import atomic_with_retries


class SamlClientChanges(TypedDict, total=False):
    """What can change of the client of a SAML application; an absent key leaves it."""

    name: str
    description: str | None
    custom_data: dict[str, Any]
    app_level_access_control_enabled: bool


def _assert_is_saml(application: Application) -> None:
    if application.type != ApplicationType.SAML:
        raise AppError("application.saml.saml_application_only")


@transaction.atomic
def create_saml_client(
    *, name: str, description: str | None = None, custom_data: dict[str, Any] | None = None, actor: Actor
) -> Application:
    """Register the client: first-party, without a secret, answered at the installation itself alone."""
    application = Application.objects.create(
        name=name,
        type=ApplicationType.SAML,
        description=description,
        oidc_client_metadata={"redirectUris": [], "postLogoutRedirectUris": []},
        custom_data=custom_data or {},
    )
    after = {"name": name, "type": ApplicationType.SAML, "isThirdParty": False}
    record("Application.Created", actor=actor, subject=application, after=after)
    return application


@transaction.atomic
def update_saml_client(application: Application, *, actor: Actor, **changes: Unpack[SamlClientChanges]) -> Application:
    """Change the client. Raises `application.saml.saml_application_only`."""
    _assert_is_saml(application)
    return change_application(application, dict(changes), actor=actor)


@atomic_with_retries
def delete_saml_application(application: Application, *, actor: Actor) -> None:
    """Remove a SAML application with its certificates, sessions and grants.

    Raises `application.saml.saml_application_only`.
    """
    _assert_is_saml(application)
    remove_application(application, actor=actor)
