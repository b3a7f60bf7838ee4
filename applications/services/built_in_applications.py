"""The rows of the built-in applications, which sessions, grants and tokens refer to."""

from typing import Any

from applications.built_in import BUILT_IN
from applications.models import Application
from tenants.context import all_tenants_scope
from tenants.database.statements import write
from tenants.models import Tenant

_SEED_EVERYWHERE = """
INSERT INTO applications_application (tenant_id, id, name, type, oidc_client_metadata, custom_client_metadata,
  custom_data, is_third_party, app_level_access_control_enabled, registration_source)
SELECT tenant.id, known.id, known.name, known.type, '{}', '{}', '{}', false, false, 'manual'
FROM unnest(%(tenants)s::varchar[]) AS tenant (id),
  unnest(%(ids)s::varchar[], %(names)s::varchar[], %(types)s::varchar[]) AS known (id, name, type)
ON CONFLICT (tenant_id, id) DO NOTHING"""


def seed_built_in_applications(**_: Any) -> None:
    """Give the current, new tenant its built-in applications."""
    Application.with_hidden.bulk_create(
        Application(id=id, name=built_in.name, type=built_in.type) for id, built_in in BUILT_IN.items()
    )


def ensure_built_in_applications(**_: Any) -> None:
    """Give every tenant those it lacks, after a `migrate`: tenants are older than the version that brings one."""
    tenants = list(Tenant.objects.values_list("id", flat=True))
    if not tenants:
        return
    parameters = {
        "tenants": tenants,
        "ids": list(BUILT_IN),
        "names": [known.name for known in BUILT_IN.values()],
        "types": [known.type for known in BUILT_IN.values()],
    }
    with all_tenants_scope():
        write(_SEED_EVERYWHERE, parameters)
