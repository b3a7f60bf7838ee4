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
from common.rest.pagination import paginated
from identity.models import User
from identity.selectors import get_user
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

    def get(self, request: Request, id: str) -> Response:
        return Response(configuration_row(get_consent_configuration(get_application(id))))

    def post(self, request: Request, id: str) -> HttpResponse:
        application = get_application(id)
        scopes = self.body(UserConsentScopesInput)
        allow_user_consent_scopes(application, actor=self.actor, **scopes)
        return created()


class UserConsentScopeView(ApiView):
    """One entry of what an application may ask for."""

    def delete(self, request: Request, id: str, scope_type: str, scope_id: str) -> Response:
        named = self.validated(ScopeTypeInput, {"scopeType": scope_type})["scopeType"]
        disallow_user_consent_scope(
            get_application(id), scope_type=ScopeType(named), scope_id=scope_id, actor=self.actor
        )
        return no_content()


def _parties(id: str, user_id: str) -> tuple[Application, User]:
    application = get_application(id)
    assert_third_party(application)
    return application, get_user(user_id)


class ConsentedOrganizationsView(ApiView):
    """The organizations that a user lets a third-party application into."""

    def get(self, request: Request, id: str, user_id: str) -> Response:
        application, user = _parties(id, user_id)
        return paginated(request, list_consented_organizations(application, user.id), consented_organization_rows)

    def post(self, request: Request, id: str, user_id: str) -> HttpResponse:
        application, user = _parties(id, user_id)
        body = self.body(SomeOrganizationIds)
        add_consented_organizations(application, user=user, actor=self.actor, **body)
        return created()

    def put(self, request: Request, id: str, user_id: str) -> Response:
        application, user = _parties(id, user_id)
        body = self.body(OrganizationIds)
        replace_consented_organizations(application, user=user, actor=self.actor, **body)
        return no_content()


class ConsentedOrganizationView(ApiView):
    """One organization that a user lets a third-party application into."""

    def delete(self, request: Request, id: str, user_id: str, organization_id: str) -> Response:
        application, user = _parties(id, user_id)
        remove_consented_organization(application, user=user, organization_id=organization_id, actor=self.actor)
        return no_content()


class ApplicationSignInExperienceView(ApiView):
    """How an application presents itself."""

    def get(self, request: Request, id: str) -> Response:
        return Response(presentation_row(get_application_sign_in_experience(get_application(id))))

    def put(self, request: Request, id: str) -> Response:
        application = get_application(id)
        changes = self.body(PresentationInput)
        presentation, is_first = set_application_sign_in_experience(application, actor=self.actor, **changes)
        return Response(presentation_row(presentation), status=201 if is_first else 200)
