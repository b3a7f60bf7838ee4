"""Enterprise connectors whose users join an organization just in time."""

from collections.abc import Collection

from django.db import transaction

from common.actors import Actor
from common.errors import AppError
from connectors.models import SsoConnector
from organizations.errors import missing_reference
from organizations.models import JitSsoConnector, Organization
from organizations.services.jit import record_rules
from organizations.services.organizations import hold

# The kind of ids in the history.
_CONNECTORS = "ssoConnectorIds"


@transaction.atomic
def add_jit_sso_connectors(organization: Organization, *, connector_ids: Collection[str], actor: Actor) -> None:
    """Admit whoever signs in through these connectors from now on.

    Raises 422 `entity.relation_foreign_key_not_found` for an unknown connector.
    """
    hold(organization)
    connectors = _existing(connector_ids)
    before = set(JitSsoConnector.objects.filter(organization=organization).values_list("connector_id", flat=True))
    JitSsoConnector.objects.bulk_create(
        [JitSsoConnector(organization=organization, connector=connector) for connector in connectors],
        ignore_conflicts=True,
    )
    added = [connector.id for connector in connectors if connector.id not in before]
    record_rules(organization, actor, added={_CONNECTORS: added})


@transaction.atomic
def replace_jit_sso_connectors(organization: Organization, *, connector_ids: Collection[str], actor: Actor) -> None:
    """Make these the only connectors whose users are admitted; raises as `add_jit_sso_connectors`."""
    hold(organization, alone=True)
    leaving = JitSsoConnector.objects.filter(organization=organization).exclude(connector_id__in=set(connector_ids))
    removed = list(leaving.values_list("connector_id", flat=True))
    leaving.delete()
    record_rules(organization, actor, removed={_CONNECTORS: removed})
    add_jit_sso_connectors(organization, connector_ids=connector_ids, actor=actor)


@transaction.atomic
def remove_jit_sso_connector(organization: Organization, *, connector_id: str, actor: Actor) -> None:
    """No longer admit whoever signs in through a connector; raises `entity.not_found`."""
    if not JitSsoConnector.objects.filter(organization=organization, connector_id=connector_id).delete()[0]:
        raise AppError("entity.not_found")
    record_rules(organization, actor, removed={_CONNECTORS: [connector_id]})


def _existing(connector_ids: Collection[str]) -> list[SsoConnector]:
    wanted = set(connector_ids)
    found = list(SsoConnector.objects.select_for_update(no_key=True).filter(id__in=wanted).order_by("id"))
    if len(found) != len(wanted):
        raise missing_reference()
    return found
