"""What else goes when something is deleted: counted by kind, the first few by name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import ngettext_lazy

from access.models import Resource, Role, RoleScope
from applications.models import Application
from common.clock import now
from common.totals import total_of
from connectors.factories import SocialFactory, find_factory
from connectors.models import Connector, SsoConnector
from connectors.selectors import list_social_targets, target_of
from console.dashboard import display_total
from console.links import client_of, page_of
from experience.models import CustomProfileField, SignInExperience
from identity.models import SocialIdentity, User
from organizations.invitations import with_status
from organizations.models import (
    JitRole,
    JitSsoConnector,
    Organization,
    OrganizationInvitation,
    OrganizationRole,
    OrganizationScope,
)

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Loss:
    """Rows that go along. `count_text` is plural by `count`; `named` leads from a row to what people know it by."""

    rows: QuerySet[Any]
    count_text: str | Promise
    named: Callable[[Any], Model | str]


def _losses_of_user(user: User) -> Iterator[Loss]:
    yield Loss(
        user.memberships.select_related("organization"),
        ngettext_lazy("%(shown)s organization membership", "%(shown)s organization memberships", "count"),
        lambda row: row.organization,
    )
    yield Loss(
        user.user_roles.select_related("role"),
        ngettext_lazy("%(shown)s role assignment", "%(shown)s role assignments", "count"),
        lambda row: row.role,
    )
    yield Loss(
        user.grants.filter(revoked_at=None, expires_at__gt=now()).select_related("application"),
        ngettext_lazy("%(shown)s application authorization", "%(shown)s application authorizations", "count"),
        client_of,
    )
    yield Loss(
        user.sessions.filter(expires_at__gt=now()),
        ngettext_lazy("%(shown)s sign-in session", "%(shown)s sign-in sessions", "count"),
        lambda _row: "",
    )
    yield Loss(
        user.personal_access_tokens.all(),
        ngettext_lazy("%(shown)s personal access token", "%(shown)s personal access tokens", "count"),
        lambda row: row.name,
    )
    yield Loss(
        user.trusted_devices.filter(expires_at__gt=now()),
        ngettext_lazy("%(shown)s trusted device", "%(shown)s trusted devices", "count"),
        lambda _row: "",
    )


def _losses_of_organization(organization: Organization) -> Iterator[Loss]:
    yield Loss(
        organization.members.select_related("user"),
        ngettext_lazy("%(shown)s membership", "%(shown)s memberships", "count"),
        lambda row: row.user,
    )
    yield Loss(
        organization.organization_applications.select_related("application"),
        ngettext_lazy(
            "%(shown)s machine-to-machine application’s access",
            "%(shown)s machine-to-machine applications’ access",
            "count",
        ),
        lambda row: row.application,
    )
    yield Loss(
        organization.jit_email_domains.all(),
        ngettext_lazy("%(shown)s just-in-time email domain", "%(shown)s just-in-time email domains", "count"),
        lambda row: row.email_domain,
    )
    yield Loss(
        organization.invitations.filter(with_status(OrganizationInvitation.Status.PENDING, now())),
        ngettext_lazy("%(shown)s pending invitation", "%(shown)s pending invitations", "count"),
        str,
    )


def _losses_of_application(application: Application) -> Iterator[Loss]:
    yield Loss(
        application.secrets.all(),
        ngettext_lazy("%(shown)s client secret", "%(shown)s client secrets", "count"),
        lambda row: row.name,
    )
    yield Loss(
        application.grants.filter(revoked_at=None, expires_at__gt=now()).select_related("user"),
        ngettext_lazy(
            "%(shown)s user authorization with its tokens", "%(shown)s user authorizations with their tokens", "count"
        ),
        lambda row: row.user,
    )
    yield Loss(
        application.application_roles.select_related("role"),
        ngettext_lazy("%(shown)s role assignment", "%(shown)s role assignments", "count"),
        lambda row: row.role,
    )
    yield Loss(
        application.organization_applications.select_related("organization"),
        ngettext_lazy("access to %(shown)s organization", "access to %(shown)s organizations", "count"),
        lambda row: row.organization,
    )


def _losses_of_role(role: Role) -> Iterator[Loss]:
    yield Loss(
        role.user_roles.select_related("user"),
        ngettext_lazy("%(shown)s assignment to a user", "%(shown)s assignments to users", "count"),
        lambda row: row.user,
    )
    yield Loss(
        role.application_roles.select_related("application"),
        ngettext_lazy("%(shown)s assignment to an application", "%(shown)s assignments to applications", "count"),
        lambda row: row.application,
    )


def _losses_of_resource(resource: Resource) -> Iterator[Loss]:
    yield Loss(
        resource.scopes.order_by("name"),
        ngettext_lazy("%(shown)s permission", "%(shown)s permissions", "count"),
        lambda row: row.name,
    )
    yield Loss(
        RoleScope.objects.filter(scope__resource=resource).select_related("role"),
        ngettext_lazy("%(shown)s grant of them to a role", "%(shown)s grants of them to roles", "count"),
        lambda row: row.role,
    )


def _losses_of_organization_role(role: OrganizationRole) -> Iterator[Loss]:
    yield Loss(
        role.member_roles.select_related("member__user"),
        ngettext_lazy("%(shown)s assignment to a member", "%(shown)s assignments to members", "count"),
        lambda row: row.member.user,
    )
    yield Loss(
        role.organization_application_roles.select_related("organization_application__application"),
        ngettext_lazy("%(shown)s assignment to an application", "%(shown)s assignments to applications", "count"),
        lambda row: row.organization_application.application,
    )
    yield Loss(
        JitRole.objects.filter(role=role).select_related("organization"),
        ngettext_lazy("%(shown)s organization’s default role", "the default role of %(shown)s organizations", "count"),
        lambda row: row.organization,
    )


def _losses_of_organization_scope(scope: OrganizationScope) -> Iterator[Loss]:
    yield Loss(
        scope.role_scopes.select_related("role"),
        ngettext_lazy("%(shown)s grant to an organization role", "%(shown)s grants to organization roles", "count"),
        lambda row: row.role,
    )


def _losses_of_sso_connector(connector: SsoConnector) -> Iterator[Loss]:
    yield Loss(
        connector.identities.select_related("user"),
        ngettext_lazy(
            "%(shown)s user’s link to this identity provider",
            "%(shown)s users’ links to this identity provider",
            "count",
        ),
        lambda row: row.user,
    )
    yield Loss(
        JitSsoConnector.objects.filter(connector=connector).select_related("organization"),
        ngettext_lazy(
            "%(shown)s organization’s joining just in time", "joining just in time of %(shown)s organizations", "count"
        ),
        lambda row: row.organization,
    )


def _losses_of_connector(connector: Connector) -> Iterator[Loss]:
    factory = find_factory(connector.factory_id)
    if not isinstance(factory, SocialFactory):
        return
    target = target_of(factory, connector.metadata)
    if target not in list_social_targets(without=connector.pk):
        yield Loss(
            SocialIdentity.objects.filter(target=target).select_related("user").order_by("created_at"),
            ngettext_lazy(
                "the sign-in of %(shown)s user with this provider (the linked account stays)",
                "the sign-in of %(shown)s users with this provider (the linked accounts stay)",
                "count",
            ),
            lambda row: row.user,
        )
    yield Loss(
        connector.token_sets.all(),
        ngettext_lazy("the stored tokens of %(shown)s user", "the stored tokens of %(shown)s users", "count"),
        lambda _row: "",
    )


def _losses_of_profile_field(field: CustomProfileField) -> Iterator[Loss]:
    asks = Q(sign_up_profile_fields__isnull=True) | Q(sign_up_profile_fields__contains=[{"name": field.name}])
    yield Loss(
        SignInExperience.objects.filter(asks),
        ngettext_lazy("the question at sign-up", "%(shown)s questions at sign-up", "count"),
        lambda _row: "",
    )


_LOSSES: Mapping[type[Model], Callable[[Any], Iterator[Loss]]] = {
    User: _losses_of_user,
    Organization: _losses_of_organization,
    Application: _losses_of_application,
    Connector: _losses_of_connector,
    Role: _losses_of_role,
    Resource: _losses_of_resource,
    OrganizationRole: _losses_of_organization_role,
    OrganizationScope: _losses_of_organization_scope,
    SsoConnector: _losses_of_sso_connector,
    CustomProfileField: _losses_of_profile_field,
}


def describe_losses(entity: Model) -> list[dict[str, Any]]:
    """Return what goes with an object: `text` with the number, the first names with their links, and how many more."""
    described = []
    for loss in _LOSSES.get(type(entity), lambda _entity: iter(()))(entity):
        total = total_of(loss.rows)
        if not total.number:
            continue
        found = [loss.named(row) for row in loss.rows[:_NAMED]]
        names = [(str(one), page_of(one)) for one in found if str(one)]
        text = loss.count_text % {"count": total.number, "shown": display_total(total)}
        described.append({"text": text, "names": names, "more": bool(names) and total.number > len(names)})
    return described
