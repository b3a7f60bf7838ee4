"""New users are written, many in a statement: rows, roles, linked accounts, factors, where they came from."""

from collections.abc import Sequence

from django.db import connection, transaction

from common.clock import now
from events.history import entries_written_together
from identity.factors.backup_codes.codes import candidate_hashes
from identity.factors.backup_codes.service import new_backup_codes
from identity.factors.totp.service import new_totp
from identity.factors.webauthn.ceremony import NewCredential
from identity.factors.webauthn.service import new_passkey
from identity.imports.decisions import Decision
from identity.imports.memberships import memberships
from identity.models import Factor, SocialIdentity, SsoIdentity, User, UserImport, UserRole, UserSource
from identity.services.users import announce_user
from tenants.database.rows import insert_all


def write_new_users(user_import: UserImport, decisions: Sequence[Decision], default_role_ids: Sequence[str]) -> None:
    """Write the users, all or none; 12 statements, whatever their number, and the events if they are wanted.

    References are checked before it ends, not with the commit: so a conflict is seen while rows can still be
    written one by one. Raises Django's `DatabaseError`.
    """
    if not decisions:
        return
    publish: bool = user_import.options["publishEvents"]
    users = [_user_of(decision) for decision in decisions]
    pairs = list(zip(decisions, users, strict=True))
    with transaction.atomic():
        insert_all(users)
        insert_all([row for decision, user in pairs for row in _social_identities(user)])
        insert_all([row for decision, user in pairs for row in _enterprise_identities(decision, user)])
        insert_all([row for decision, user in pairs for row in _roles(decision, user, default_role_ids)])
        insert_all([row for decision, user in pairs for row in factors_of(decision, user)])
        insert_all([row for decision, user in pairs for row in source_rows(decision, user.id, user_import.source)])
        joined = {user.id: decision.memberships for decision, user in pairs if decision.memberships}
        if joined:
            memberships().add(joined, publish=publish, actor=user_import.actor)
        if publish:
            with entries_written_together():
                for user in users:
                    announce_user("User.Created", user, user_import.actor)
        check_references()


def check_references() -> None:
    """Check now what PostgreSQL would check with the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _user_of(decision: Decision) -> User:
    user, password = decision.candidate.user, decision.candidate.password
    if password is not None:
        user.password_encrypted, user.password_encryption_method = password.encrypted, password.method
        user.password_updated_at = now()
    return user


def _social_identities(user: User) -> list[SocialIdentity]:
    return [
        SocialIdentity(user=user, target=target, identity_id=identity["userId"], created_at=now())
        for target, identity in user.identities.items()
    ]


def _enterprise_identities(decision: Decision, user: User) -> list[SsoIdentity]:
    identities = decision.candidate.record.enterprise_identities
    return [
        SsoIdentity(
            user=user,
            connector_id=connector_id,
            issuer=identity.issuer,
            identity_id=identity.identity_id,
            detail=dict(identity.detail),
            created_at=now(),
        )
        for identity, connector_id in zip(identities, decision.connector_ids, strict=True)
        if connector_id is not None
    ]


def _roles(decision: Decision, user: User, default_role_ids: Sequence[str]) -> list[UserRole]:
    return [UserRole(user=user, role_id=role_id) for role_id in dict.fromkeys([*default_role_ids, *decision.role_ids])]


def factors_of(decision: Decision, user: User) -> list[Factor]:
    """Return the factors that a row brings, not stored yet."""
    record = decision.candidate.record
    factors = []
    if record.totp_secret:
        factors.append(new_totp(user, secret=record.totp_secret))
    for passkey in record.passkeys:
        credential = NewCredential(
            credential_id=passkey.credential_id,
            public_key=passkey.public_key,
            sign_count=passkey.counter,
            transports=tuple(passkey.transports),
            aaguid=passkey.aaguid,
            rp_id=passkey.rp_id or "",
        )
        factors.append(new_passkey(user, credential=credential, name=passkey.name, user_handle=passkey.user_handle))
    if record.backup_codes:
        hashes = [candidate_hashes(user.id, code)[0] for code in record.backup_codes]
        factors.append(new_backup_codes(user, hashes=hashes))
    return factors


def source_rows(decision: Decision, user_id: str, source: str) -> list[UserSource]:
    """Return where a user came from, not stored yet; none if the row has no id."""
    source_id = decision.candidate.record.source_id
    return [UserSource(user_id=user_id, source=source, source_id=source_id)] if source_id else []
