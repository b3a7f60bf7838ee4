"""The secrets of an application: any of them that has not expired authenticates it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from applications.models import Application, ApplicationSecret
from applications.models.application import ApplicationType
from applications.selectors import SECRET_CONTEXT, get_secret, secret_value
from common.actors import Actor
from common.clock import now
from common.constraints import constraint_errors
from common.crypto import seal, sha256_hex
from common.errors import AppError
from common.ids import new_secret
from events.history import Subject, record

DEFAULT_SECRET_NAME = "Default secret"


@transaction.atomic
def add_secret(
    application: Application,
    *,
    name: str,
    value: str | None = None,
    expires_at: datetime | None = None,
    actor: Actor,
) -> ApplicationSecret:
    """Give an application another secret; drawn at random unless `value` brings one.

    Raises `application.invalid_type` for an application that cannot keep one, `application.saml.use_saml_app_api`,
    `application.secret_name_exists`, and
    `request.invalid_input` for an expiry in the past.
    """
    if application.type == ApplicationType.SAML:
        # Its certificates are its secrets; a client secret would open a second way to what its users are asked for.
        raise AppError("application.saml.use_saml_app_api")
    if not application.is_confidential:
        raise AppError("application.invalid_type")
    if expires_at is not None and expires_at <= now():
        raise AppError("request.invalid_input")
    plain = value or new_secret()
    with constraint_errors(
        application_secret="application.secret_name_exists",
        applications_applicationsecret_application_id_in_tenant="entity.not_exists_with_id",
    ):
        secret = ApplicationSecret.objects.create(
            application=application,
            name=name,
            sealed_value=seal(plain, context=SECRET_CONTEXT),
            value_sha256=sha256_hex(plain),
            expires_at=expires_at,
        )
        _record("Created", application, secret, actor)
    return secret


@transaction.atomic
def rename_secret(application: Application, *, name: str, new_name: str, actor: Actor) -> ApplicationSecret:
    """Rename a secret. Raises `entity.not_found` and `application.secret_name_exists`."""
    secret = get_secret(application, name)
    secret.name = new_name
    with constraint_errors(application_secret="application.secret_name_exists"):
        secret.save(update_fields=["name"])
    _record("Updated", application, secret, actor, before={"name": name}, after={"name": new_name})
    return secret


@transaction.atomic
def delete_secret(application: Application, *, name: str, actor: Actor) -> None:
    """Remove a secret: it stops authenticating at once. Raises `entity.not_found`."""
    secret = get_secret(application, name)
    _record("Deleted", application, secret, actor)
    secret.delete()


def _record(
    what: str, application: Application, secret: ApplicationSecret, actor: Actor, **changes: Mapping[str, str]
) -> None:
    subject = Subject.of(secret)
    record(
        f"ApplicationSecret.{what}",
        actor=actor,
        subject=subject,
        application_id=application.id,
        **changes,  # type: ignore[arg-type]
    )


@transaction.atomic
def reveal_secret(secret: ApplicationSecret, *, actor: Actor) -> str:
    """Return the value of a secret to somebody who looks at it, which is recorded."""
    _record("Revealed", secret.application, secret, actor)
    return secret_value(secret)


def delete_legacy_secret() -> Application:
    """Remove the unnamed secret that applications once had; none has one here: `application.no_legacy_secret_found`."""
    raise AppError("application.no_legacy_secret_found")
