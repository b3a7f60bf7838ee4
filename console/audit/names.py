"""Names for the ids in entries of the audit log, looked up for a whole page of them at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from django.db.models import Model
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from access.models import Resource, Role, Scope
from applications.models import Application
from connectors.models import SsoConnector
from console.links import linked, page_of
from events.models import AuditLog, Hook
from identity.models import User
from organizations.models import Organization, OrganizationRole, OrganizationScope
from tenants.context import current_tenant_id, enter_tenant
from tenants.hosts import ADMIN_TENANT

_DEVELOPER = "Developer"
_MODELS: Mapping[str, type[Model]] = {
    model.__name__: model
    for model in (
        Application,
        Hook,
        Organization,
        OrganizationRole,
        OrganizationScope,
        Resource,
        Role,
        Scope,
        SsoConnector,
        User,
    )
}
#: What the lists of ids in an entry are ids of.
TYPE_OF_IDS: Mapping[str, str] = {
    "applicationIds": "Application",
    "developerIds": _DEVELOPER,
    "organizationIds": "Organization",
    "organizationRoleIds": "OrganizationRole",
    "organizationScopeIds": "OrganizationScope",
    "organization-scopes": "OrganizationScope",
    "organization-resource-scopes": "Scope",
    "resource-scopes": "Scope",
    "resourceScopeIds": "Scope",
    "roleIds": "Role",
    "scopeIds": "Scope",
    "ssoConnectorIds": "SsoConnector",
    "userIds": "User",
}

_Key = tuple[str, str]


class Names:
    """Who and what a page of entries is about. At most one statement for each kind of object."""

    def __init__(self, entries: Iterable[AuditLog]) -> None:
        wanted: dict[str, set[str]] = defaultdict(set)
        for kind, entity_id in (key for entry in entries for key in _keys_of(entry)):
            wanted[kind].add(entity_id)
        self._found: dict[_Key, Model] = {}
        for kind, ids in wanted.items():
            self._found |= {(kind, str(row.pk)): row for row in _read(kind, ids)}

    def show(self, kind: str, entity_id: str, *, known_as: str = "") -> SafeString:
        """Return an object's name as a link; of one that is gone, what it was called, or else its id."""
        row = self._found.get((kind, entity_id))
        if row is None:
            return linked(known_as or entity_id, None)
        # A developer's page is in tenant `admin`.
        has_page = kind != _DEVELOPER or current_tenant_id() == ADMIN_TENANT
        return linked(str(row), page_of(row) if has_page else None)

    def actor(self, entry: AuditLog) -> SafeString:
        """Return who did it."""
        actor = entry.payload.get("actor")
        if not isinstance(actor, dict):
            if entry.user_id:
                return self.show("User", entry.user_id)
            if client := _client_id(entry):
                return self.show("Application", client)
            return linked(_("Somebody"), None)
        kind, actor_id = str(actor.get("kind")), str(actor.get("id") or "")
        match kind:
            case "developer":
                return self.show(_DEVELOPER, actor_id)
            case "user":
                return self.show("User", actor_id)
            case "application":
                return self.show("Application", actor_id)
            case "system":
                return linked("Gatehouse", None)
        return linked(_("Somebody"), None)

    def subject(self, entry: AuditLog) -> SafeString:
        """Return what it was done to; empty if the entry does not say."""
        subject = entry.payload.get("subject")
        if isinstance(subject, dict):
            kind, entity_id = str(subject.get("type")), str(subject.get("id"))
            return self.show(kind, entity_id, known_as=str(subject.get("name") or ""))
        return self.show("User", entry.user_id) if entry.user_id else SafeString("")

    def application(self, entry: AuditLog) -> SafeString:
        """Return the application that it was done with; empty without one."""
        client = _client_id(entry)
        return self.show("Application", client) if client else SafeString("")


def _client_id(entry: AuditLog) -> str:
    return entry.application_id or str(entry.payload.get("cimdClientId") or "")


def _keys_of(entry: AuditLog) -> Iterator[_Key]:
    payload = entry.payload
    if entry.user_id:
        yield "User", entry.user_id
    if entry.application_id:
        yield "Application", entry.application_id
    actor, subject = payload.get("actor"), payload.get("subject")
    if isinstance(actor, dict) and actor.get("id"):
        kinds = {"developer": _DEVELOPER, "user": "User", "application": "Application"}
        yield kinds.get(str(actor.get("kind")), ""), str(actor["id"])
    if isinstance(subject, dict):
        yield str(subject.get("type")), str(subject.get("id"))
    for change in ("added", "removed"):
        lists = payload.get(change)
        for name, ids in lists.items() if isinstance(lists, dict) else ():
            if name in TYPE_OF_IDS and isinstance(ids, list):
                yield from ((TYPE_OF_IDS[name], str(entity_id)) for entity_id in ids)


def _read(kind: str, ids: set[str]) -> list[Model]:
    if kind == _DEVELOPER:
        with enter_tenant(ADMIN_TENANT):
            return list(User.objects.filter(pk__in=ids))
    model = _MODELS.get(kind)
    return [] if model is None else list(model._default_manager.filter(pk__in=ids))
