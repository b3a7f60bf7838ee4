"""`/api/saml-applications`: SAML applications and their certificates."""

from rest_framework.request import Request
from rest_framework.response import Response

from applications.services.saml_applications import delete_saml_application
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

    def post(self, request: Request) -> Response:
        config = create_saml_application(**self.body(SamlApplicationCreation), actor=self.actor)
        return Response(saml_application_row(config), status=201)


class SamlApplicationView(ApiView):
    """One SAML application."""

    def get(self, request: Request, id: str) -> Response:
        return Response(saml_application_row(get_config(get_saml_application(id))))

    def patch(self, request: Request, id: str) -> Response:
        application = get_saml_application(id)
        changes = self.body(SamlApplicationUpdate, partial=True)
        config = update_saml_application(application, actor=self.actor, **changes)
        return Response(saml_application_row(config))

    def delete(self, request: Request, id: str) -> Response:
        delete_saml_application(get_saml_application(id), actor=self.actor)
        return no_content()


class CertificatesView(ApiView):
    """Lists and makes the certificates of a SAML application."""

    def get(self, request: Request, id: str) -> Response:
        return Response([certificate_row(secret) for secret in list_secrets(get_saml_application(id))])

    def post(self, request: Request, id: str) -> Response:
        application = get_saml_application(id)
        secret = create_secret(application, **self.body(CertificateCreation), actor=self.actor)
        return Response(certificate_row(secret), status=201)


class CertificateView(ApiView):
    """One certificate."""

    def patch(self, request: Request, id: str, secret_id: str) -> Response:
        application = get_saml_application(id)
        active = self.body(CertificateUpdate)["active"]
        secret = set_secret_active(application, secret_id=secret_id, active=active, actor=self.actor)
        return Response(certificate_row(secret))

    def delete(self, request: Request, id: str, secret_id: str) -> Response:
        delete_secret(get_saml_application(id), secret_id=secret_id, actor=self.actor)
        return no_content()
