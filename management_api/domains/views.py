"""`/api/domains`: the tenant's own domains and the files that are served there."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from common.rest.parsers import json_body
from common.shapes import Members
from management_api.domains import answers
from management_api.domains.serializers import CleanUpBody, DomainCreation, domain_row
from management_api.views import ApiView, no_content
from tenants.domains.checking import refresh_domain
from tenants.domains.selectors import get_domain, list_domains
from tenants.domains.services import add_domain, clean_up_domains, delete_domain, replace_verification_files
from tenants.domains.verification_files import VERIFICATION_FILES
from tenants.models import Domain


class DomainsView(ApiView):
    """Lists and adds domains. The list is as it is stored; a single domain is looked at."""

    @operation("ListDomains", "List domains", answer=[answers.Domain])
    def get(self, request: Request) -> Response:
        return Response([domain_row(domain) for domain in list_domains()])

    @operation(
        "CreateDomain",
        "Add a domain",
        body=DomainCreation,
        answer=answers.Domain,
        status=201,
        errors=[
            "domain.not_configured",
            "domain.domain_is_not_allowed",
            "domain.hostname_already_exists",
            "domain.domain_in_use",
            "domain.exceed_domain_limit",
        ],
    )
    def post(self, request: Request) -> Response:
        domain = add_domain(self.body()["domain"], actor=self.actor)
        return Response(domain_row(domain), status=201)


class DomainView(ApiView):
    """One domain."""

    @operation(
        "GetDomain",
        "Get a domain",
        description="Looks at the records and the certificate of one that is not active, every ten seconds at most.",
        answer=answers.Domain,
        errors=["entity.not_exists_with_id"],
    )
    def get(self, request: Request, id: str) -> Response:
        domain = get_domain(id)
        return Response(domain_row(domain if domain.status == Domain.Status.ACTIVE else refresh_domain(domain)))

    @operation("DeleteDomain", "Delete a domain", errors=["entity.not_exists_with_id"])
    def delete(self, request: Request, id: str) -> Response:
        delete_domain(id, actor=self.actor)
        return no_content()


class VerificationFilesView(ApiView):
    """The files that prove a domain to others."""

    @operation(
        "ListDomainVerificationFiles",
        "List the verification files of a domain",
        answer=VERIFICATION_FILES,
        errors=["entity.not_exists_with_id"],
    )
    def get(self, request: Request, id: str) -> Response:
        return Response(get_domain(id).verification_files)

    @operation(
        "ReplaceDomainVerificationFiles",
        "Replace the verification files of a domain",
        body=Members({"verificationFiles": VERIFICATION_FILES}),
        answer=VERIFICATION_FILES,
        errors=["entity.not_exists_with_id"],
    )
    def put(self, request: Request, id: str) -> Response:
        get_domain(id)
        body = json_body(request)
        files = body.get("verificationFiles") if isinstance(body, dict) else None
        return Response(replace_verification_files(id, files, actor=self.actor))


class CleanUpView(ApiView):
    """Deletes domains that never became active."""

    @operation("CleanupDomains", "Delete domains that are not active", body=CleanUpBody, answer=answers.CleanUp)
    def post(self, request: Request) -> Response:
        done = clean_up_domains(**self.body(), actor=self.actor)
        return Response(
            {
                "scannedCount": done.scanned,
                "deletedCount": done.deleted,
                "skippedActiveCount": done.skipped_active,
                # They are deleted together or not at all.
                "failedCount": 0,
            }
        )
