"""`/api/.well-known`: the settings and the phrases that a sign-in page needs, for anybody."""

import hashlib
import json
from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.errors import AppError, invalid_value
from common.rest.operations import operation
from common.rest.parsers import JsonAlways
from common.rest.permissions import Open
from experience.api import answers
from experience.languages import choose_language
from experience.overrides import override_settings
from experience.phrases.speech import custom_tags, represent_phrases
from experience.selectors import represent_public_settings
from experience.services.captcha import create_challenge
from experience.services.settings import get_sign_in_experience
from tenants.configuration import cached
from tenants.context import current_tenant_id
from tenants.hosts import ADMIN_TENANT, TENANT_ID, origin_of_tenant
from tenants.rate_limits import count_address

# Which application's or organization's look is wanted.
LOOK = {"appId": str, "organizationId": str}


class PublicSettingsView(APIView):
    """`GET /.well-known/experience`: `?appId` and `?organizationId` choose a look."""

    permission_classes = [Open]
    content_negotiation_class = JsonAlways

    @operation(
        "GetWellKnownExperience",
        "Get the settings that a sign-in page needs",
        query=LOOK,
        errors=["request.rate_limited"],
        answer=dict[str, Any],
    )
    def get(self, request: Request) -> Response:
        count_address("EXPERIENCE_LIMIT_PER_ADDRESS")
        query = request.query_params
        settings = override_settings(
            represent_public_settings(),
            application_id=query.get("appId", ""),
            organization_id=query.get("organizationId", ""),
        )
        return Response(settings)


class SignInExperienceView(PublicSettingsView):
    """`GET /.well-known/sign-in-exp`, the older address of the same."""

    @operation(
        "GetSignInExperienceConfig",
        "Get the settings that a sign-in page needs, at the older address",
        query=LOOK,
        errors=["request.rate_limited"],
        answer=dict[str, Any],
    )
    def get(self, request: Request) -> Response:
        return super().get(request)


class TenantEndpointView(APIView):
    """`GET /.well-known/endpoints/<tenant>` at tenant `admin`: where a tenant is reached, whether or not it exists."""

    permission_classes = [Open]
    content_negotiation_class = JsonAlways

    @operation(
        "GetTenantEndpoint",
        "Get where a tenant is reached",
        errors=["guard.invalid_input", "request.not_found", "request.rate_limited"],
        answer=answers.TenantEndpoint,
    )
    def get(self, request: Request, tenant_id: str) -> Response:
        count_address("EXPERIENCE_LIMIT_PER_ADDRESS")
        if current_tenant_id() != ADMIN_TENANT:
            raise AppError("request.not_found")
        if not TENANT_ID.fullmatch(tenant_id):
            raise invalid_value("tenantId", "This is not the id of a tenant.")
        return Response({"user": origin_of_tenant(tenant_id)})


class CaptchaChallengeView(APIView):
    """`GET /.well-known/captcha-challenge`: a proof of work to solve, if the tenant asks for that."""

    permission_classes = [Open]
    content_negotiation_class = JsonAlways

    @operation(
        "GetCaptchaChallenge",
        "Get a proof of work to solve",
        errors=["entity.not_found", "request.rate_limited"],
        answer=dict[str, Any],
    )
    def get(self, request: Request) -> Response:
        return Response(create_challenge(), headers={"Cache-Control": "no-store"})


class PhrasesView(APIView):
    """`GET /.well-known/phrases`: every phrase in the best language for `?lng`, the browser and the settings."""

    permission_classes = [Open]
    content_negotiation_class = JsonAlways

    @operation(
        "GetSignInExperiencePhrases",
        "Get the phrases of the sign-in pages",
        description="In the best language for `lng`, the caller's `Accept-Language` and the settings.",
        query={"lng": str, "locale": str},
        errors=["request.rate_limited"],
        answer=dict[str, Any],
    )
    def get(self, request: Request) -> HttpResponse:
        count_address("EXPERIENCE_LIMIT_PER_ADDRESS")
        tag = choose_language(
            ui_locales=request.GET.get("lng", ""),
            locale=request.GET.get("locale", ""),
            accept_language=request.headers.get("Accept-Language", ""),
            language_info=get_sign_in_experience().wire["languageInfo"],
            custom=custom_tags(),
        )
        body, etag = cached("phrases-document", tag, lambda: _document(tag))
        headers = {"Content-Language": tag, "ETag": etag, "Vary": "Accept-Language"}
        response = HttpResponse(body, content_type="application/json", headers=headers)
        return get_conditional_response(request._request, etag=etag, response=response) or response


def _document(tag: str) -> tuple[bytes, str]:
    body = json.dumps(represent_phrases(tag), ensure_ascii=False).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'
