"""The rows of the built-in applications, which sessions, grants and tokens refer to."""

from typing import Any

from django.db import connection

from applications.built_in import BUILT_IN
from applications.models import Application
from tenants.context import all_tenants_scope
from tenants.models import Tenant

_SEED_EVERYWHERE = """
INSERT INTO applications_application (tenant_id, id, name, type, oidc_client_metadata, custom_client_metadata,
  custom_data, is_third_party, app_level_access_control_enabled, registration_source)
SELECT id, %s, %s, %s, '{}', '{}', '{}', false, false, 'manual' FROM tenants_tenant
ON CONFLICT (tenant_id, id) DO NOTHING"""


def seed_built_in_applications(**_: Any) -> None:
    """Give the current, new tenant its built-in applications."""
    Application.with_hidden.bulk_create(
        Application(id=id, name=built_in.name, type=built_in.type) for id, built_in in BUILT_IN.items()
    )


def ensure_built_in_applications(**_: Any) -> None:
    """Give every tenant those it lacks, after a `migrate`: tenants are older than the version that brings one."""
    if not Tenant.objects.exists():
        return
    with all_tenants_scope(), connection.cursor() as cursor:
        cursor.executemany(_SEED_EVERYWHERE, [(id, known.name, known.type) for id, known in BUILT_IN.items()])
