"""Rows of any tenant-owned model, made from its fields alone, so that a new model needs nothing here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection, models

from applications.models import ApplicationSecret
from applications.selectors import SECRET_CONTEXT
from common.clock import now
from common.crypto import seal
from common.ids import new_id
from common.saml.certificates import create_signing_key
from connectors.enterprise.selectors import CONFIG_CONTEXT
from connectors.models import SsoConnector, SsoSigningKey
from events.models import Delivery, Hook, LogStream
from events.streams.configuration import seal_config as seal_stream_config
from events.webhooks.configuration import seal_config, seal_key
from experience.captcha.provider import SEAL_CONTEXT as CAPTCHA_CONTEXT
from experience.models import CaptchaProvider
from tenants.context import all_tenants_scope, enter_tenant
from tenants.isolation import tenant_models
from tenants.models import SigningKey, TenantModel

# What a row must hold to be of use, beyond what its fields tell.
_VALUES: dict[type[models.Model], Callable[[], dict[str, Any]]] = {
    ApplicationSecret: lambda: {"sealed_value": seal("secret", context=SECRET_CONTEXT)},
    CaptchaProvider: lambda: {
        "sealed_config": seal('{"type": "ProofOfWork", "hmacKey": "k"}', context=CAPTCHA_CONTEXT)
    },
    Delivery: lambda: {"body": '{"hookId": "x"}', "event": "Role.Created"},
    Hook: lambda: {
        "events": ["Role.Created"],
        "sealed_config": seal_config({"url": "http://127.0.0.1:9/"}),
        "sealed_signing_key": seal_key("key"),
    },
    LogStream: lambda: {"sealed_config": seal_stream_config({"url": "http://127.0.0.1:9/", "headers": {}})},
    SsoConnector: lambda: {"provider_name": "SAML", "sealed_config": seal("{}", context=CONFIG_CONTEXT)},
    SsoSigningKey: lambda: {"certificate": create_signing_key(common_name="x", days=1, moment=now())[1]},
}


class Rows:
    """One row of every tenant-owned model in a tenant; rows that others refer to are made first."""

    def __init__(self, tenant_id: str) -> None:
        self.tenant_id = tenant_id
        self._made: dict[type[models.Model], TenantModel] = {}

    def fill(self) -> None:
        """Make the row of every model."""
        for model in tenant_models():
            self.of(model)

    def of(self, model: type[models.Model]) -> TenantModel:
        """Return the tenant's row of the model, made when it is first asked for."""
        if model not in self._made:
            self._made[model] = self._make(model)
        return self._made[model]

    def values(self, model: type[models.Model]) -> dict[str, Any]:
        """Return fresh values for another row of the model, by attribute."""
        values: dict[str, Any] = {}
        for field in model._meta.local_concrete_fields:
            if field.name == "tenant" or isinstance(field, models.AutoField):
                continue
            if isinstance(field, models.ForeignKey):
                if field.related_model is not model:
                    values[field.attname] = self._reference(field)
            elif not field.has_default() and not field.has_db_default() and not field.null:
                values[field.attname] = _value(field)
        return values | _VALUES.get(model, dict)()

    def _reference(self, field: models.ForeignKey[Any, Any]) -> Any:
        target = self.of(field.related_model)
        return getattr(target, field.target_field.attname)

    def _make(self, model: type[models.Model]) -> TenantModel:
        with enter_tenant(self.tenant_id):
            row = _seeded(model)
            if row is None:
                row = model(**self.values(model))
                models.Model.save(row, force_insert=True)
        assert isinstance(row, TenantModel)
        assert row.tenant_id == self.tenant_id
        return row


def _seeded(model: type[models.Model]) -> models.Model | None:
    """Return the row that a tenant is born with: its key, and what it has exactly one of."""
    unique = (constraint for constraint in model._meta.constraints if isinstance(constraint, models.UniqueConstraint))
    is_single = any(constraint.fields == ("tenant",) and not constraint.condition for constraint in unique)
    return model._default_manager.first() if is_single or model is SigningKey else None


def _value(field: models.Field[Any, Any]) -> Any:
    """Return a value that the field takes and no other row has."""
    if field.choices:
        return str(next(iter(field.flatchoices))[0])
    match field:
        case models.BooleanField():
            return False
        case models.IntegerField():
            return 1
        case models.DateTimeField():
            return now()
        case models.DateField():
            return now().date()
        case models.UUIDField():
            return None
        case models.JSONField():
            return {}
        case models.BinaryField():
            return b"value"
        case models.CharField() | models.TextField():
            return new_id()[: field.max_length or 21]
    raise AssertionError(f"tests/isolation/rows.py has no value for {field}: teach `_value` its type")


def snapshot(tenant_id: str) -> dict[str, str]:
    """Return a digest of all rows of the tenant, by table. 1 statement."""
    quote = connection.ops.quote_name
    parts = [
        f"SELECT '{table}', coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '')"
        f" FROM {quote(table)} t WHERE t.tenant_id = %(tenant)s"
        for table in sorted(model._meta.db_table for model in tenant_models())
    ]
    with all_tenants_scope(), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), {"tenant": tenant_id})
        return dict(cursor.fetchall())
