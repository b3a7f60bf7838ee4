"""What third-party applications may ask for, which organizations they are let into, how they present themselves.

`/api/applications/:id/user-consent-scopes`, `…/users/:userId/consent-organizations` and `…/sign-in-experience`.
"""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from applications.models import Application
from applications.selectors import get_application
from applications.services.consent_configuration import (
    ScopeType,
    allow_user_consent_scopes,
    assert_third_party,
    disallow_user_consent_scope,
)
from applications.services.sign_in_experience import set_application_sign_in_experience
from common.rest.operations import CREATED, operation
from common.rest.pagination import paginated
from identity.models import User
from identity.selectors import get_user
from management_api.applications import answers
from management_api.applications.consent_serializers import (
    OrganizationIds,
    PresentationInput,
    ScopeTypeInput,
    SomeOrganizationIds,
    UserConsentScopesInput,
    configuration_row,
    consented_organization_rows,
    presentation_row,
)
from management_api.views import ApiView, created, no_content
from oidc.consent.selectors import (
    get_application_sign_in_experience,
    get_consent_configuration,
    list_consented_organizations,
)
from oidc.sessions.organization_access import (
    add_consented_organizations,
    remove_consented_organization,
    replace_consented_organizations,
)


class UserConsentScopesView(ApiView):
    """What an application may ask users for."""

    @operation(
        "ListApplicationUserConsentScopes",
        "Get what an application may ask users for",
        answer=answers.ConsentScopes,
        errors=["entity.not_exists_with_id"],
    )
    def get(self, request: Request, application_id: str) -> Response:
        return Response(configuration_row(get_consent_configuration(get_application(application_id))))

    @operation(
        "CreateApplicationUserConsentScope",
        "Let an application ask users for more",
        body=UserConsentScopesInput,
        answer=CREATED,
        status=201,
        errors=[
            "entity.not_exists_with_id",
            "application.consent_management_api_scopes_not_allowed",
            "application.third_party_application_only",
            "application.user_consent_scopes_not_found",
        ],
    )
    def post(self, request: Request, application_id: str) -> HttpResponse:
        application = get_application(application_id)
        scopes = self.body()
        allow_user_consent_scopes(application, actor=self.actor, **scopes)
        return created()


class UserConsentScopeView(ApiView):
    """One entry of what an application may ask for."""

    @operation(
        "DeleteApplicationUserConsentScope",
        "Stop an application asking for a permission",
        errors=["guard.invalid_input", "entity.not_exists_with_id", "entity.not_found"],
    )
    def delete(self, request: Request, application_id: str, scope_type: str, scope_id: str) -> Response:
        named = self.validated(ScopeTypeInput, {"scopeType": scope_type})["scopeType"]
        disallow_user_consent_scope(
            get_application(application_id), scope_type=ScopeType(named), scope_id=scope_id, actor=self.actor
        )
        return no_content()


def _parties(id: str, user_id: str) -> tuple[Application, User]:
    application = get_application(id)
    assert_third_party(application)
    return application, get_user(user_id)


class ConsentedOrganizationsView(ApiView):
    """The organizations that a user lets a third-party application into."""

    @operation(
        "ListApplicationUserConsentOrganizations",
        "List the organizations that a user lets an application into",
        pages="always",
        answer=answers.CONSENTED_ORGANIZATIONS,
        errors=["entity.not_exists_with_id", "entity.not_found", "application.third_party_application_only"],
    )
    def get(self, request: Request, id: str, user_id: str) -> Response:
        application, user = _parties(id, user_id)
        return paginated(request, list_consented_organizations(application, user.id), consented_organization_rows)

    @operation(
        "CreateApplicationUserConsentOrganization",
        "Let an application into organizations of a user",
        body=SomeOrganizationIds,
        answer=CREATED,
        status=201,
        errors=[
            "entity.not_exists_with_id",
            "entity.not_found",
            "application.third_party_application_only",
            "organization.require_membership",
        ],
    )
    def post(self, request: Request, id: str, user_id: str) -> HttpResponse:
        application, user = _parties(id, user_id)
        body = self.body()
        add_consented_organizations(application, user=user, actor=self.actor, **body)
        return created()

    @operation(
        "ReplaceApplicationUserConsentOrganizations",
        "Replace the organizations that a user lets an application into",
        body=OrganizationIds,
        errors=[
            "entity.not_exists_with_id",
            "entity.not_found",
            "application.third_party_application_only",
            "organization.require_membership",
        ],
    )
    def put(self, request: Request, id: str, user_id: str) -> Response:
        application, user = _parties(id, user_id)
        body = self.body()
        replace_consented_organizations(application, user=user, actor=self.actor, **body)
        return no_content()


class ConsentedOrganizationView(ApiView):
    """One organization that a user lets a third-party application into."""

    @operation(
        "DeleteApplicationUserConsentOrganization",
        "Shut an application out of an organization of a user",
        errors=["entity.not_exists_with_id", "entity.not_found", "application.third_party_application_only"],
    )
    def delete(self, request: Request, id: str, user_id: str, organization_id: str) -> Response:
        application, user = _parties(id, user_id)
        remove_consented_organization(application, user=user, organization_id=organization_id, actor=self.actor)
        return no_content()


class ApplicationSignInExperienceView(ApiView):
    """How an application presents itself."""

    @operation(
        "GetApplicationSignInExperience",
        "Get how an application presents itself",
        answer=answers.ApplicationPresentation,
        errors=["entity.not_exists_with_id"],
    )
    def get(self, request: Request, application_id: str) -> Response:
        return Response(presentation_row(get_application_sign_in_experience(get_application(application_id))))

    @operation(
        "ReplaceApplicationSignInExperience",
        "Set how an application presents itself",
        body=PresentationInput,
        answer=answers.ApplicationPresentation,
        status=(200, 201),
        errors=["entity.not_exists_with_id"],
    )
    def put(self, request: Request, application_id: str) -> Response:
        application = get_application(application_id)
        changes = self.body()
        presentation, is_first = set_application_sign_in_experience(application, actor=self.actor, **changes)
        return Response(presentation_row(presentation), status=201 if is_first else 200)
