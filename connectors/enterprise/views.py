"""`/enterprise-sso/<id>`: the metadata of a SAML connector's service provider, for whoever sets up the other side."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from common.saml.metadata import CONTENT_TYPE
from connectors.enterprise.saml.service_provider import find_service_provider_metadata
from tenants.hosts import origin_of_request


@require_safe
def service_provider_metadata(request: HttpRequest, connector_id: str) -> HttpResponse:
    """Answer with the metadata, which is public; 404 if there is no such SAML connector."""
    metadata = find_service_provider_metadata(origin_of_request(request), connector_id)
    if metadata is None:
        raise Http404
    return HttpResponse(metadata, content_type=CONTENT_TYPE)
