"""Certificates of a SAML application: created, activated, deactivated and removed.

To change certificates without an outage, create the next one, let service providers take it from the metadata, which
lists all that are valid, and activate it then.
"""

from datetime import timedelta

from django.db import transaction

from applications.models import Application
from common.actors import Actor
from common.clock import now
from common.crypto import seal
from common.errors import AppError, invalid_value
from common.saml.certificates import create_signing_key
from events.history import Subject, record
from saml.models import SamlApplicationSecret
from saml.selectors import SECRET_CONTEXT, get_saml_application, get_secret

_DAYS_OF_YEAR = 365
MAX_YEARS = 100


@transaction.atomic
def create_secret(
    application: Application, *, years: int, is_active: bool = False, actor: Actor
) -> SamlApplicationSecret:
    """Make a key and its certificate, valid for so many years from now. Raises `guard.invalid_input`."""
    if not 1 <= years <= MAX_YEARS:
        raise invalid_value("lifeSpanInYears", f"Must be between 1 and {MAX_YEARS}.")
    moment = now()
    days = years * _DAYS_OF_YEAR
    private_key, certificate = create_signing_key(common_name="Gatehouse", days=days, moment=moment)
    secret = SamlApplicationSecret.objects.create(
        application=application,
        sealed_private_key=seal(private_key, context=SECRET_CONTEXT),
        certificate=certificate,
        created_at=moment,
        expires_at=moment + timedelta(days=days),
        active=is_active,
    )
    _record("Created", application, secret, actor)
    return secret


@transaction.atomic
def set_secret_active(application: Application, *, secret_id: str, active: bool, actor: Actor) -> SamlApplicationSecret:
    """Let a certificate sign, in the place of the one that did, or stop it from signing.

    Raises `entity.not_found`, and `application.saml.no_active_secret` for one that has expired.
    """
    # Whoever activates another one at the same time waits here.
    get_saml_application(application.id, lock=True)
    secret = get_secret(application, secret_id)
    if active and secret.expires_at <= now():
        raise AppError("application.saml.no_active_secret")
    if secret.active != active:
        SamlApplicationSecret.objects.filter(application=application, active=True).update(active=False)
        secret.active = active
        secret.save(update_fields=["active"])
        _record("Updated", application, secret, actor)
    return secret


@transaction.atomic
def delete_secret(application: Application, *, secret_id: str, actor: Actor) -> None:
    """Remove a certificate. Raises `entity.not_found` and `application.saml.can_not_delete_active_secret`."""
    get_saml_application(application.id, lock=True)
    secret = get_secret(application, secret_id)
    if secret.active:
        raise AppError("application.saml.can_not_delete_active_secret")
    _record("Deleted", application, secret, actor)
    secret.delete()


def _record(what: str, application: Application, secret: SamlApplicationSecret, actor: Actor) -> None:
    record(
        f"SamlApplicationSecret.{what}",
        actor=actor,
        subject=Subject.of(application),
        secretId=secret.id,
        after={"active": secret.active, "expiresAt": secret.expires_at.isoformat()},
    )
