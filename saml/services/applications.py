"""SAML applications are created, changed and removed: the client of the provider, and its service provider."""

from typing import Any, TypedDict, Unpack

from django.db import transaction

from applications.models import Application
from applications.services.saml_applications import create_saml_client, update_saml_client
from common.actors import Actor
from events.history import Subject, changed, record
from saml.models import SamlApplicationConfig
from saml.selectors import get_config
from saml.services.secrets import create_secret
from saml.settings import check_settings

UPDATED = "SamlApplication.Data.Updated"
FIRST_CERTIFICATE_YEARS = 3

_CLIENT = frozenset({"name", "description", "custom_data", "app_level_access_control_enabled"})


class ServiceProviderChanges(TypedDict, total=False):
    """What can change of a SAML application; an absent key leaves it, JSON objects are replaced whole."""

    name: str
    description: str | None
    custom_data: dict[str, Any]
    app_level_access_control_enabled: bool
    attribute_mapping: dict[str, str]
    entity_id: str | None
    acs_url: dict[str, str] | None
    encryption: dict[str, Any] | None
    name_id_format: str
    signing_certificate: str | None
    slo_url: dict[str, str] | None


@transaction.atomic
def create_saml_application(
    *,
    name: str,
    description: str | None = None,
    custom_data: dict[str, Any] | None = None,
    actor: Actor,
    **settings: Any,
) -> SamlApplicationConfig:
    """Register a SAML application with an active certificate of three years; `settings` are those of the provider.

    Raises what `saml.settings.check_settings` raises.
    """
    checked = check_settings(settings)
    application = create_saml_client(name=name, description=description, custom_data=custom_data, actor=actor)
    config = SamlApplicationConfig.objects.create(application=application, **checked)
    create_secret(application, years=FIRST_CERTIFICATE_YEARS, is_active=True, actor=actor)
    return config


@transaction.atomic
def update_saml_application(
    application: Application, *, actor: Actor, **changes: Unpack[ServiceProviderChanges]
) -> SamlApplicationConfig:
    """Change a SAML application. Raises what `create_saml_application` raises, and
    `application.saml.saml_application_only`."""
    config = get_config(application)
    of_client: dict[str, Any] = {name: value for name, value in changes.items() if name in _CLIENT}
    config.application = update_saml_client(application, actor=actor, **of_client)
    settings = check_settings({name: value for name, value in changes.items() if name not in _CLIENT})
    if settings:
        before, after = changed(config, settings)
        for name, value in settings.items():
            setattr(config, name, value)
        if after:
            config.save(update_fields=list(after))
            record(UPDATED, actor=actor, subject=Subject.of(application), before=before, after=after)
    return config
