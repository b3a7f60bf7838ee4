"""`/api/saml-applications`: SAML applications and their certificates."""

from rest_framework.request import Request
from rest_framework.response import Response

from applications.services.saml_applications import delete_saml_application
from common.rest.operations import operation
from management_api.answers import Certificate
from management_api.saml_applications import answers
from management_api.saml_applications.serializers import (
    CertificateCreation,
    CertificateUpdate,
    SamlApplicationCreation,
    SamlApplicationUpdate,
    certificate_row,
    saml_application_row,
)
from management_api.views import ApiView, no_content
from saml.selectors import get_config, get_saml_application, list_secrets
from saml.services.applications import create_saml_application, update_saml_application
from saml.services.secrets import create_secret, delete_secret, set_secret_active


class SamlApplicationsView(ApiView):
    """Registers SAML applications; `/api/applications?types=SAML` lists them."""

    @operation(
        "CreateSamlApplication",
        "Register a SAML application",
        body=SamlApplicationCreation,
        answer=answers.SamlApplication,
        status=201,
        errors=[
            "application.saml.acs_url_scheme_not_supported",
            "application.saml.certificate_required",
            "application.saml.invalid_certificate_pem_format",
            "application.saml.acs_url_binding_not_supported",
        ],
    )
    def post(self, request: Request) -> Response:
        config = create_saml_application(**self.body(), actor=self.actor)
        return Response(saml_application_row(config), status=201)


class SamlApplicationView(ApiView):
    """One SAML application."""

    @operation(
        "GetSamlApplication",
        "Get a SAML application",
        answer=answers.SamlApplication,
        errors=["entity.not_exists_with_id", "application.saml.saml_application_only"],
    )
    def get(self, request: Request, id: str) -> Response:
        return Response(saml_application_row(get_config(get_saml_application(id))))

    @operation(
        "UpdateSamlApplication",
        "Change a SAML application",
        body=SamlApplicationUpdate,
        partial=True,
        answer=answers.SamlApplication,
        errors=[
            "application.saml.saml_application_only",
            "entity.not_found",
            "application.saml.acs_url_scheme_not_supported",
            "application.saml.certificate_required",
            "application.saml.invalid_certificate_pem_format",
            "application.saml.acs_url_binding_not_supported",
        ],
    )
    def patch(self, request: Request, id: str) -> Response:
        application = get_saml_application(id)
        changes = self.body()
        config = update_saml_application(application, actor=self.actor, **changes)
        return Response(saml_application_row(config))

    @operation(
        "DeleteSamlApplication",
        "Delete a SAML application",
        errors=["entity.not_found", "application.saml.saml_application_only"],
    )
    def delete(self, request: Request, id: str) -> Response:
        delete_saml_application(get_saml_application(id), actor=self.actor)
        return no_content()


class CertificatesView(ApiView):
    """Lists and makes the certificates of a SAML application."""

    @operation(
        "ListSamlApplicationSecrets",
        "List the certificates of a SAML application",
        answer=[Certificate],
        errors=["application.saml.saml_application_only", "entity.not_found"],
    )
    def get(self, request: Request, id: str) -> Response:
        return Response([certificate_row(secret) for secret in list_secrets(get_saml_application(id))])

    @operation(
        "CreateSamlApplicationSecret",
        "Create a certificate of a SAML application",
        body=CertificateCreation,
        answer=Certificate,
        status=201,
        errors=["application.saml.saml_application_only", "entity.not_found"],
    )
    def post(self, request: Request, id: str) -> Response:
        application = get_saml_application(id)
        secret = create_secret(application, **self.body(), actor=self.actor)
        return Response(certificate_row(secret), status=201)


class CertificateView(ApiView):
    """One certificate."""

    @operation(
        "UpdateSamlApplicationSecret",
        "Let a certificate sign, or stop it",
        body=CertificateUpdate,
        answer=Certificate,
        errors=["application.saml.saml_application_only", "entity.not_found"],
    )
    def patch(self, request: Request, id: str, secret_id: str) -> Response:
        application = get_saml_application(id)
        active = self.body()["active"]
        secret = set_secret_active(application, secret_id=secret_id, active=active, actor=self.actor)
        return Response(certificate_row(secret))

    @operation(
        "DeleteSamlApplicationSecret",
        "Delete a certificate of a SAML application",
        errors=[
            "application.saml.saml_application_only",
            "application.saml.can_not_delete_active_secret",
            "entity.not_found",
        ],
    )
    def delete(self, request: Request, id: str, secret_id: str) -> Response:
        delete_secret(get_saml_application(id), secret_id=secret_id, actor=self.actor)
        return no_content()
