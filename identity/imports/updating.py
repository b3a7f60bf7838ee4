"""Users who exist are changed by a row: by the services that change any user, with their events and entries."""

from django.db import transaction

from common.actors import Actor
from connectors.provider_sign_in import ProviderUser
from identity.imports.decisions import Decision
from identity.imports.memberships import memberships
from identity.imports.records import EnterpriseIdentity
from identity.imports.writing import source_rows
from identity.models import SsoIdentity, User, UserImport, UserSource
from identity.selectors import get_user
from identity.services.roles import assign_user_roles
from identity.services.sso_identities import link_sso_identity
from identity.services.users import set_password, set_user_suspended, update_user


@transaction.atomic
def update_existing_user(user_import: UserImport, decision: Decision) -> None:
    """Bring a user in line with what the row says.

    What it does not say stays, and so do roles, memberships and linked accounts that it does not name. Factors are
    left alone: whoever could change a file would otherwise get past them. Raises `AppError`.
    """
    record, changes = decision.candidate.record, decision.candidate.changes
    actor = user_import.actor
    user = get_user(decision.existing)
    if "identities" in changes:
        changes["identities"] = {**user.identities, **changes["identities"]}
    for name in ("profile", "custom_data", "account_settings"):
        if name in changes:
            changes[name] = {**getattr(user, name), **changes[name]}
    if changes:
        update_user(user, actor=actor, **changes)
    if decision.candidate.password is not None:
        set_password(user, hashed_password=decision.candidate.password, actor=actor)
    if record.is_suspended is not None and record.is_suspended != user.is_suspended:
        set_user_suspended(user, suspended=record.is_suspended, actor=actor)
    if decision.role_ids:
        assign_user_roles(user, role_ids=decision.role_ids, actor=actor)
    for identity, connector_id in zip(record.enterprise_identities, decision.connector_ids, strict=True):
        if connector_id is not None:
            _link(user, connector_id, identity, actor=actor)
    if decision.memberships:
        memberships().add({user.id: decision.memberships}, publish=True, actor=actor)
    UserSource.objects.bulk_create(source_rows(decision, user.id, user_import.source), ignore_conflicts=True)


def _link(user: User, connector_id: str, identity: EnterpriseIdentity, *, actor: Actor) -> None:
    held = SsoIdentity.objects.filter(user=user, connector_id=connector_id, issuer=identity.issuer)
    if held.filter(identity_id=identity.identity_id).exists():
        return
    email, name = identity.detail.get("email"), identity.detail.get("name")
    account = ProviderUser(
        identity.identity_id,
        email=email if isinstance(email, str) else None,
        name=name if isinstance(name, str) else None,
    )
    link_sso_identity(user, connector_id=connector_id, issuer=identity.issuer, account=account, actor=actor)
