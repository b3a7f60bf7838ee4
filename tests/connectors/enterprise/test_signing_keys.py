"""Keys of SAML connectors: made, rotated and removed without a gap."""

import pytest

from common.actors import SYSTEM
from common.errors import AppError
from common.saml.certificates import parse_certificate
from connectors.enterprise.selectors import list_signing_key_rows, list_signing_keys
from connectors.enterprise.services.connectors import create_sso_connector, update_sso_connector
from connectors.enterprise.services.signing_keys import (
    MAX_KEYS,
    create_sso_signing_key,
    delete_signing_key,
    set_signing_key_active,
)
from connectors.models import SsoConnector, SsoSigningKey
from events.models import AuditLog
from tenants.models import Tenant
from tests.connectors.enterprise.initech import MANUAL, create_saml_connector

SIGNED = MANUAL | {"signAuthnRequest": True}


def code_of(failure: pytest.ExceptionInfo[AppError]) -> str:
    return failure.value.code


def test_a_key_is_made_with_a_certificate_and_is_sealed(initech: SsoConnector) -> None:
    key = create_sso_signing_key(initech, active=True, actor=SYSTEM)
    assert parse_certificate(key.certificate).not_after == key.expires_at.replace(microsecond=0)
    (opened,) = list_signing_keys(initech.id)
    assert opened.private_key.startswith("-----BEGIN PRIVATE KEY-----")
    assert opened.is_active
    assert b"PRIVATE KEY" not in bytes(key.sealed_private_key)
    assert "PRIVATE KEY" not in "".join(str(entry.payload) for entry in AuditLog.objects.all())


def test_activating_a_key_retires_the_one_before(initech: SsoConnector) -> None:
    old = create_sso_signing_key(initech, active=True, actor=SYSTEM)
    new = create_sso_signing_key(initech, actor=SYSTEM)
    assert [key.is_active for key in list_signing_keys(initech.id)] == [True, False]
    set_signing_key_active(new, active=True, actor=SYSTEM)
    assert {row.id: row.active for row in list_signing_key_rows(initech)} == {old.id: False, new.id: True}
    assert [key.certificate for key in list_signing_keys(initech.id)] == [new.certificate, old.certificate]
    delete_signing_key(old, actor=SYSTEM)
    assert list(list_signing_key_rows(initech)) == [new]


def test_an_active_key_is_not_deleted(initech: SsoConnector) -> None:
    key = create_sso_signing_key(initech, active=True, actor=SYSTEM)
    with pytest.raises(AppError) as failure:
        delete_signing_key(key, actor=SYSTEM)
    assert code_of(failure) == "single_sign_on.can_not_delete_active_signing_key"


def test_signing_needs_a_key_and_keeps_it(initech: SsoConnector) -> None:
    with pytest.raises(AppError) as failure:
        update_sso_connector(initech, config=SIGNED, actor=SYSTEM)
    assert code_of(failure) == "single_sign_on.active_signing_key_required"
    key = create_sso_signing_key(initech, active=True, actor=SYSTEM)
    update_sso_connector(initech, config=SIGNED, actor=SYSTEM)
    with pytest.raises(AppError) as failure:
        set_signing_key_active(key, active=False, actor=SYSTEM)
    assert code_of(failure) == "single_sign_on.can_not_deactivate_signing_key_in_use"
    update_sso_connector(initech, config=MANUAL, actor=SYSTEM)
    assert not set_signing_key_active(key, active=False, actor=SYSTEM).active


def test_a_new_connector_cannot_sign_yet(tenant: Tenant) -> None:
    with pytest.raises(AppError) as failure:
        create_saml_connector(config=SIGNED)
    assert code_of(failure) == "single_sign_on.active_signing_key_required"


def test_a_key_is_for_saml_alone(tenant: Tenant) -> None:
    okta = create_sso_connector(provider_name="Okta", connector_name="Okta", actor=SYSTEM)
    with pytest.raises(AppError) as failure:
        create_sso_signing_key(okta, actor=SYSTEM)
    assert code_of(failure) == "connector.unexpected_type"


def test_there_is_a_limit(initech: SsoConnector) -> None:
    held = create_sso_signing_key(initech, actor=SYSTEM)
    for _ in range(MAX_KEYS - 1):
        SsoSigningKey.objects.create(
            connector=initech, sealed_private_key=b"", certificate="", expires_at=held.expires_at
        )
    with pytest.raises(AppError) as failure:
        create_sso_signing_key(initech, actor=SYSTEM)
    assert code_of(failure) == "entity.value_too_long"
