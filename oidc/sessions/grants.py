"""What users grant to applications: given at authorization, added to within a session, and revoked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.db import transaction

from applications.clients import Client
from common.actors import Actor
from common.clock import now
from common.errors import AppError
from events.history import Subject, record
from identity.models import User
from oidc.models import AccessToken, AuthorizationCode, Grant, RefreshToken, Session, SessionAuthorization
from tenants.context import current_tenant_id
from tenants.database.rows import columns_of, find_pair, insert

LIFETIME = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class ScopeSet:
    """OIDC scopes, and scopes of API resources by indicator."""

    scopes: tuple[str, ...] = ()
    resource_scopes: Mapping[str, tuple[str, ...]] | None = None

    @property
    def by_resource(self) -> Mapping[str, tuple[str, ...]]:
        return self.resource_scopes or {}

    def __bool__(self) -> bool:
        return bool(self.scopes) or any(self.by_resource.values())

    def flattened(self) -> tuple[str, ...]:
        """Every scope once, OIDC scopes first: the form of a token's `scope`."""
        names = [*self.scopes, *(name for scopes in self.by_resource.values() for name in scopes)]
        return tuple(dict.fromkeys(names))

    def limited_to(self, limit: "ScopeSet") -> "ScopeSet":
        """Return what of this is in `limit` too, for the OIDC scopes and for each resource."""
        return ScopeSet(
            tuple(name for name in self.scopes if name in limit.scopes),
            {
                indicator: tuple(name for name in scopes if name in limit.by_resource.get(indicator, ()))
                for indicator, scopes in self.by_resource.items()
            },
        )


@cache
def _find_place() -> str:
    return f"""
SELECT {columns_of(SessionAuthorization, "a")}, {columns_of(Grant, "g")}
FROM oidc_sessionauthorization a JOIN oidc_grant g ON g.tenant_id = a.tenant_id AND g.id = a.grant_id
WHERE a.session_id = %s AND a.application_id = %s AND a.cimd_client_id = %s
  AND a.tenant_id = %s"""  # noqa: S608 - identifiers come from code


def find_session_authorization(session: Session, client: Client) -> SessionAuthorization | None:
    """Return the client's place in the session with its grant. 1 statement."""
    address = client.id if client.has_document else ""
    parameters = [session.id, client.application_id, address, current_tenant_id()]
    found = find_pair(SessionAuthorization, Grant, _find_place(), parameters)
    if found is None:
        return None
    place, grant = found
    place.grant = grant
    return place


def usable_grant(authorization: SessionAuthorization | None) -> Grant | None:
    """Return the grant to build on: none if it has expired or was revoked.

    A client with a metadata document gets a grant of its own with each authorization: whoever holds its address may be
    another one by now.
    """
    if authorization is None or authorization.cimd_client_id:
        return None
    grant = authorization.grant
    return grant if grant.revoked_at is None and grant.expires_at > now() else None


def missing_from(grant: Grant | None, wanted: ScopeSet) -> ScopeSet:
    """Return what of `wanted` the grant does not hold yet."""
    if grant is None:
        return wanted
    return ScopeSet(
        tuple(name for name in wanted.scopes if name not in grant.scopes),
        {
            indicator: tuple(name for name in scopes if name not in grant.resource_scopes.get(indicator, ()))
            for indicator, scopes in wanted.by_resource.items()
        },
    )


def held_by(grant: Grant, *, scopes: Iterable[str], indicators: Iterable[str]) -> ScopeSet:
    """Return what the grant holds of the requested scopes, for the OIDC scopes and for each resource."""
    requested = list(scopes)
    return ScopeSet(
        tuple(name for name in requested if name in grant.scopes),
        {
            indicator: tuple(name for name in requested if name in grant.resource_scopes.get(indicator, ()))
            for indicator in indicators
        },
    )


def grant_consent(grant: Grant | None, missing: ScopeSet, *, user_id: str, client: Client) -> Grant:
    """Add what is missing to the grant, or make a grant of it. At most 1 statement."""
    if grant is None:
        return insert(
            Grant(
                user_id=user_id,
                application_id=client.application_id,
                cimd_client_id=client.id if client.has_document else "",
                cimd_client_name=client.name if client.has_document else "",
                scopes=list(missing.scopes),
                resource_scopes={name: list(scopes) for name, scopes in missing.by_resource.items() if scopes},
                created_at=now(),
                expires_at=now() + LIFETIME,
            )
        )
    if missing:
        grant.scopes = [*grant.scopes, *missing.scopes]
        for indicator, scopes in missing.by_resource.items():
            if scopes:
                grant.resource_scopes[indicator] = [*grant.resource_scopes.get(indicator, ()), *scopes]
        grant.save(update_fields=["scopes", "resource_scopes"])
    return grant


def link_to_session(
    authorization: SessionAuthorization | None, *, session: Session, grant: Grant, persists_logout: bool, origin: str
) -> SessionAuthorization:
    """Note the grant as the application's in this session, and `origin`, whose issuer it knows. At most 1 statement.

    The session's row must be locked: one authorization at a time takes the application's place.
    """
    if authorization is None:
        return insert(
            SessionAuthorization(
                session=session,
                application_id=grant.application_id,
                cimd_client_id=grant.cimd_client_id,
                grant=grant,
                persists_logout=persists_logout,
                origin=origin,
            )
        )
    persists_logout = persists_logout or (authorization.grant_id == grant.id and authorization.persists_logout)
    state = {"grant_id": grant.id, "persists_logout": persists_logout, "origin": origin}
    if any(getattr(authorization, name) != value for name, value in state.items()):
        for name, value in state.items():
            setattr(authorization, name, value)
        authorization.save(update_fields=list(state))
    return authorization


def revoke_grant(grant_id: str) -> None:
    """Revoke one grant with every code and token of it."""
    revoke_grants([grant_id])


def revoke_token(token_id: str, *, grant_id: str) -> None:
    """Revoke a token's grant with everything of it; an access token without a grant goes alone."""
    if grant_id:
        revoke_grant(grant_id)
    else:
        AccessToken.objects.filter(id=token_id).delete()


@transaction.atomic
def revoke_grants(grant_ids: Sequence[str]) -> None:
    """Revoke grants with every code and token of them.

    Their applications keep their places in the sessions: the user is still signed in there, so they are told when that
    ends.
    """
    if not grant_ids:
        return
    Grant.objects.filter(id__in=grant_ids, revoked_at=None).update(revoked_at=now())
    for model in (AuthorizationCode, AccessToken, RefreshToken):
        model.objects.filter(grant_id__in=grant_ids).delete()


@transaction.atomic
def revoke_user_grant(user_id: str, grant_id: str, *, actor: Actor) -> None:
    """Revoke a grant that a user has given, with every code and token of it. Records `RevokeGrants`.

    Raises `oidc.invalid_grant` (404) for a grant that is unknown, another user's, expired or revoked.
    """
    _hold_user(user_id)
    mine = Grant.objects.select_for_update(no_key=True).filter(user_id=user_id, revoked_at=None, expires_at__gt=now())
    grant = mine.filter(id=grant_id).first()
    if grant is None:
        raise AppError("oidc.invalid_grant", status=404)
    revoke_grants([grant.id])
    record(
        "RevokeGrants",
        user_id=user_id,
        application_id=grant.client_id,
        revokeGrantIds=[grant.id],
        reason="revoked",
        actor=actor,
        subject=Subject("Grant", grant.id),
    )


def _hold_user(user_id: str) -> None:
    """Hold the user's row until the transaction ends: one change of the user's grants at a time."""
    User.objects.select_for_update(no_key=True).filter(id=user_id).first()


@transaction.atomic
def enforce_grant_limit(grant: Grant, *, limit: int) -> list[str]:
    """Revoke the oldest grants of a grant's user and application beyond `limit`; returns their ids.

    `grant` is the one in use: it stays, whatever its age. Publishes `Grant.LimitExceeded` and records `RevokeGrants`
    where there were any to revoke.
    """
    user_id, client_id = grant.user_id, grant.application_id
    _hold_user(user_id)
    active = Grant.objects.filter(user_id=user_id, application_id=client_id, revoked_at=None, expires_at__gt=now())
    ids = list(active.order_by("-created_at", "-id").values_list("id", flat=True))
    # The grant in use counts as the latest; sorting is stable.
    excess = sorted(ids, key=lambda grant_id: grant_id != grant.id)[limit:]
    if not excess:
        return []
    revoke_grants(excess)
    SessionAuthorization.objects.filter(grant_id__in=excess).delete()
    record(
        "RevokeGrants",
        user_id=user_id,
        application_id=client_id,
        revokeGrantIds=excess,
        reason="grant_limit_exceeded",
    )
    record(
        "Grant.LimitExceeded",
        user_id=user_id,
        application_id=client_id,
        revokedGrantIds=excess,
        maxAllowedGrants=limit,
        preRevocationActiveGrantCount=len(ids),
    )
    return excess
