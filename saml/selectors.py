"""Reads of SAML applications."""

from django.db.models import QuerySet

from applications.models import Application
from applications.models.application import ApplicationType
from common.errors import AppError
from saml.models import SamlApplicationConfig, SamlApplicationSecret

# What private keys are sealed for.
SECRET_CONTEXT = "saml_application_secret"


def get_saml_application(application_id: str, *, lock: bool = False) -> Application:
    """Return a SAML application; raises `entity.not_exists_with_id` and
    `application.saml.saml_application_only`.

    With `lock` its row is held until the transaction ends.
    """
    found = Application.objects.filter(id=application_id)
    application = (found.select_for_update(no_key=True) if lock else found).first()
    if application is None:
        raise AppError("entity.not_exists_with_id")
    if application.type != ApplicationType.SAML:
        raise AppError("application.saml.saml_application_only")
    return application


def get_config(application: Application) -> SamlApplicationConfig:
    """Return the service provider of a SAML application, with its application; raises `entity.not_found`."""
    config = SamlApplicationConfig.objects.select_related("application").filter(application=application).first()
    if config is None:
        raise AppError("entity.not_found")
    return config


def list_secrets(application: Application) -> QuerySet[SamlApplicationSecret]:
    """Return the certificates of a SAML application, the latest first."""
    return SamlApplicationSecret.objects.filter(application=application).order_by("-created_at", "-id")


def get_secret(application: Application, secret_id: str) -> SamlApplicationSecret:
    """Return a certificate of a SAML application; raises `entity.not_found`."""
    secret = SamlApplicationSecret.objects.filter(application=application, id=secret_id).first()
    if secret is None:
        raise AppError("entity.not_found")
    return secret
