"""Keys of SAML connectors: they sign requests, and open what an identity provider encrypts for us.

During a rotation there are several: all of them open, the active one signs.
"""

from datetime import timedelta
from typing import Final

from django.db import transaction

from common.actors import Actor
from common.clock import now
from common.crypto import seal
from common.errors import AppError
from common.saml.certificates import create_signing_key
from connectors.enterprise.provider import ProviderType, get_provider
from connectors.enterprise.selectors import KEY_CONTEXT, config_of
from connectors.enterprise.services.connectors import subject_of
from connectors.models import SsoConnector, SsoSigningKey
from events.history import record

_EVENT: Final = "SsoConnector.SigningKeys.Updated"
MAX_KEYS: Final = 10
_VALID_DAYS: Final = 3 * 365


def create_sso_signing_key(connector: SsoConnector, *, active: bool = False, actor: Actor) -> SsoSigningKey:
    """Create a key of a SAML connector; `active` puts it in the place of the one that signs now.

    Raises `connector.unexpected_type` for another protocol, 422 `entity.value_too_long` for too many keys.
    """
    if get_provider(connector.provider_name).type != ProviderType.SAML:
        raise AppError("connector.unexpected_type")
    moment = now()
    private_key, certificate = create_signing_key(common_name="Gatehouse", days=_VALID_DAYS, moment=moment)
    with transaction.atomic():
        _hold(connector)
        if SsoSigningKey.objects.filter(connector=connector).count() >= MAX_KEYS:
            raise AppError("entity.value_too_long")
        if active:
            _retire(connector)
        key = SsoSigningKey.objects.create(
            connector=connector,
            sealed_private_key=seal(private_key, context=KEY_CONTEXT),
            certificate=certificate,
            active=active,
            expires_at=moment + timedelta(days=_VALID_DAYS),
        )
        record(_EVENT, actor=actor, subject=subject_of(connector), added={"signingKeys": [key.id]}, active=active)
    key.refresh_from_db()
    return key


@transaction.atomic
def set_signing_key_active(key: SsoSigningKey, *, active: bool, actor: Actor) -> SsoSigningKey:
    """Let a key sign from now on, in the place of the one that does, or no longer.

    Raises `single_sign_on.can_not_deactivate_signing_key_in_use` while the connector signs its requests.
    """
    connector = _hold(key.connector)
    key.refresh_from_db()
    if key.active == active:
        return key
    if active:
        _retire(connector)
    elif config_of(connector).get("signAuthnRequest"):
        raise AppError("single_sign_on.can_not_deactivate_signing_key_in_use")
    key.active = active
    key.save(update_fields=["active"])
    record(
        _EVENT,
        actor=actor,
        subject=subject_of(connector),
        before={"active": not active},
        after={"active": active},
        keyId=key.id,
    )
    return key


@transaction.atomic
def delete_signing_key(key: SsoSigningKey, *, actor: Actor) -> None:
    """Remove a key; raises `single_sign_on.can_not_delete_active_signing_key`."""
    connector = _hold(key.connector)
    key.refresh_from_db()
    if key.active:
        raise AppError("single_sign_on.can_not_delete_active_signing_key")
    record(_EVENT, actor=actor, subject=subject_of(connector), removed={"signingKeys": [key.id]})
    key.delete()


def _hold(connector: SsoConnector) -> SsoConnector:
    """Keep others from changing the connector's keys and its configuration until the end of the transaction."""
    return SsoConnector.objects.select_for_update().get(id=connector.id)


def _retire(connector: SsoConnector) -> None:
    # Saved one by one: the configuration's cache follows saved rows.
    for key in SsoSigningKey.objects.filter(connector=connector, active=True):
        key.active = False
        key.save(update_fields=["active"])
