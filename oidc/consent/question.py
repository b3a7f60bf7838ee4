"""What the user is asked: derived from the waiting request alone, when it is shown and again when it is answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from access.models import Scope
from applications.allowed_scopes import allowed_to_ask
from applications.clients import Client
from applications.scopes import ORGANIZATIONS, ORGANIZATIONS_RESOURCE, intersect_scopes
from common.oauth.errors import OAuthError, access_denied
from identity.models import User
from oidc.admission.policies import assert_application_admits
from oidc.authorization.answer import Answer
from oidc.authorization.errors import session_not_found
from oidc.authorization.parameters import Parameters
from oidc.authorization.pipeline import CHECKS, CLIENT_AND_REDIRECT, run
from oidc.authorization.request import Authorization
from oidc.authorization.requested_scopes import requested_scope_set
from oidc.claims.available_scopes import get_resource
from oidc.claims.consented_organizations import consented_organization_ids
from oidc.consent.selectors import Presentation, ResourceScopes, ScopeInfo, by_resource, presentation_of
from oidc.models import AuthorizationRequest, Grant, Session
from oidc.sessions import grants
from oidc.sessions.grants import ScopeSet
from organizations.models import OrganizationMember, OrganizationScope
from organizations.selectors import list_memberships, resource_scope_names_of_roles


@dataclass(frozen=True, slots=True)
class OrganizationOffer:
    """One of the user's organizations, and what the application could do there beyond what it may do anyway."""

    id: str
    name: str
    is_consented: bool
    missing: ScopeSet
    resources: tuple[ResourceScopes, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What an application asks of a user now: only what it was not granted yet.

    `organizations` is `None` if the application does not ask for organizations.
    """

    client: Client
    presentation: Presentation
    user: User
    missing: ScopeSet
    resources: tuple[ResourceScopes, ...]
    organizations: tuple[OrganizationOffer, ...] | None
    redirect_uri: str

    @property
    def application_name(self) -> str:
        """What the page calls the client; one with a metadata document goes by its host."""
        if self.client.has_document:
            return urlsplit(self.client.id).netloc
        return self.presentation.display_name or self.client.name

    @property
    def takes_one_organization(self) -> bool:
        """Whether the client gets one organization with each grant, not as many as the user likes."""
        return self.client.has_document

    def answered(self, organization_ids: Iterable[str]) -> Answer:
        """Return the user's agreement to what is asked, with the organizations they let the application into.

        Organizations that are not asked about are dropped: nobody can agree to more than was asked.
        """
        if self.organizations is None:
            return Answer(self.missing)
        chosen = set(organization_ids)
        consented = [organization for organization in self.organizations if organization.id in chosen]
        agreed = dict(self.missing.by_resource)
        for organization in consented:
            for indicator, names in organization.missing.by_resource.items():
                agreed[indicator] = tuple(dict.fromkeys([*agreed.get(indicator, ()), *names]))
        return Answer(ScopeSet(self.missing.scopes, agreed), tuple(organization.id for organization in consented))


def read_question(pending: AuthorizationRequest, session: Session | None) -> Question:
    """Return what a request that waits for consent asks of the session's user.

    Raises `session.not_found` where the request waits for something else or was opened in another session, what the
    checks of the authorization endpoint raise if the application may not ask this any more, and `access_denied` (403)
    for a user whom the application's access control keeps out.
    """
    if session is None or pending.prompt != AuthorizationRequest.Prompt.CONSENT or pending.session_id != session.id:
        raise session_not_found()
    authorization = Authorization(Parameters.from_json(pending.parameters), pending.origin)
    run(CLIENT_AND_REDIRECT, authorization)
    run(CHECKS, authorization)
    grant = grants.usable_grant(grants.find_session_authorization(session, authorization.client))
    return question_of(authorization, session, grant=grant)


def question_of(authorization: Authorization, session: Session, *, grant: Grant | None) -> Question:
    """Return what a checked request asks of the session's user beyond a grant.

    The tenant's own application sees and works in all organizations of the user: none is chosen. Raises `access_denied`
    (403) for a user whom the application's access control keeps out.
    """
    client = authorization.client
    _assert_admits(client, session.user_id)
    asked = requested_scope_set(authorization, session.user_id)
    missing = grants.missing_from(grant, asked)
    in_organizations: dict[str, ScopeSet] = {}
    members: list[OrganizationMember] = []
    chooses_organizations = client.is_third_party and ORGANIZATIONS in missing.scopes
    if chooses_organizations:
        members = list(list_memberships(session.user_id))
        held = (
            grants.held_by(grant, scopes=authorization.scopes, indicators=authorization.resources) if grant else asked
        )
        for member in members:
            in_organizations[member.id] = _missing_in(member, authorization, known=(asked, held))
    catalog = _catalog([missing, *in_organizations.values()])
    return Question(
        client=client,
        presentation=Presentation() if client.is_unverified else presentation_of(client.id),
        user=session.user,
        missing=missing,
        resources=_described(missing, catalog),
        organizations=_offers(session.user_id, client, members, in_organizations, catalog)
        if chooses_organizations
        else None,
        redirect_uri=authorization.redirect_uri,
    )


def _assert_admits(client: Client, user_id: str) -> None:
    try:
        assert_application_admits(client, user_id=user_id)
    except OAuthError as error:
        raise access_denied(status=403) from error


def _missing_in(member: OrganizationMember, authorization: Authorization, *, known: tuple[ScopeSet, ...]) -> ScopeSet:
    """What the user's roles in one organization would add: permissions of APIs that only count within organizations."""
    role_ids = [held.role_id for held in member.member_roles.all()]
    allowed = allowed_to_ask(authorization.client)
    missing = {}
    for indicator in authorization.resources:
        if indicator == ORGANIZATIONS_RESOURCE:
            continue
        resource_id = get_resource(indicator).id
        offered = resource_scope_names_of_roles(role_ids, resource_id)
        names = intersect_scopes(authorization.scopes, offered, allowed.of_resource_in_organizations(resource_id))
        fresh = tuple(name for name in names if not any(name in part.by_resource.get(indicator, ()) for part in known))
        if fresh:
            missing[indicator] = fresh
    return ScopeSet((), missing)


def _offers(
    user_id: str,
    client: Client,
    members: Iterable[OrganizationMember],
    missing: Mapping[str, ScopeSet],
    catalog: Mapping[str, ResourceScopes],
) -> tuple[OrganizationOffer, ...]:
    consented = set(consented_organization_ids(client, user_id=user_id, grant_id=""))
    return tuple(
        OrganizationOffer(
            member.organization_id,
            member.organization.name,
            member.organization_id in consented,
            missing[member.id],
            _described(missing[member.id], catalog),
        )
        for member in members
    )


def _catalog(sets: Iterable[ScopeSet]) -> dict[str, ResourceScopes]:
    """Every permission in the sets with its name and description, by the API's indicator. At most 2 statements."""
    names: dict[str, set[str]] = {}
    for scopes in sets:
        for indicator, wanted in scopes.by_resource.items():
            names.setdefault(indicator, set()).update(wanted)
    of_organizations = names.pop(ORGANIZATIONS_RESOURCE, set())
    found: dict[str, ResourceScopes] = {}
    if any(names.values()):
        rows = Scope.objects.filter(resource__indicator__in=names).select_related("resource").order_by("name")
        wanted_rows = [scope for scope in rows if scope.name in names[scope.resource.indicator]]
        found |= {resource.indicator: resource for resource in by_resource(wanted_rows)}
    if of_organizations:
        template = OrganizationScope.objects.filter(name__in=of_organizations).order_by("name")
        described = tuple(ScopeInfo(scope.id, scope.name, scope.description) for scope in template)
        name = get_resource(ORGANIZATIONS_RESOURCE).name
        found[ORGANIZATIONS_RESOURCE] = ResourceScopes(ORGANIZATIONS_RESOURCE, name, ORGANIZATIONS_RESOURCE, described)
    return found


def _described(scopes: ScopeSet, catalog: Mapping[str, ResourceScopes]) -> tuple[ResourceScopes, ...]:
    return tuple(
        catalog[indicator]._replace(scopes=tuple(s for s in catalog[indicator].scopes if s.name in names))
        for indicator, names in scopes.by_resource.items()
        if names and indicator in catalog
    )
