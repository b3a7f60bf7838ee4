"""`/api/interaction`: the consent that a third-party application waits for, and giving a request up."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from applications.scopes import OFFLINE_ACCESS, OPENID
from common.errors import AppError
from common.rest.fields import Texts
from common.rest.operations import operation
from experience.api import answers
from experience.api.base import ExperienceView, Prompt, pending_request
from oidc.authorization.pending import ABORTED, abort
from oidc.consent.agreement import agree
from oidc.consent.question import Question, read_question
from oidc.consent.selectors import ResourceScopes
from oidc.models import Session
from oidc.sessions.cookies import read_session
from oidc.sessions.sessions import find_session
from tenants.hosts import origin_of_request

_UNLISTED = frozenset({OPENID, OFFLINE_ACCESS})


class ConsentBody(serializers.Serializer[Any]):
    organizationIds = Texts(required=False, max_length=1000, item={"min_length": 1, "max_length": 21})


def _session(request: Request) -> Session | None:
    return find_session(read_session(request._request))


def _assert_own_page(request: Request) -> None:
    """A page of another origin cannot answer for the user: cookies of the same site alone are no proof."""
    origin = request.headers.get("Origin")
    if origin is not None and origin != origin_of_request(request._request):
        raise AppError("auth.forbidden")


def _resources(resources: tuple[ResourceScopes, ...]) -> list[dict[str, Any]]:
    return [
        {
            "resource": {"id": found.id, "name": found.name, "indicator": found.indicator},
            "scopes": [scope._asdict() for scope in found.scopes],
        }
        for found in resources
    ]


def _application(question: Question) -> dict[str, Any]:
    presentation = question.presentation
    said = {
        "displayName": presentation.display_name,
        "branding": presentation.branding,
        "termsOfUseUrl": presentation.terms_of_use_url,
        "privacyPolicyUrl": presentation.privacy_policy_url,
    }
    return {"id": question.client.id, "name": question.client.name or question.application_name} | {
        key: is_ for key, is_ in said.items() if is_
    }


def represent_question(question: Question) -> dict[str, Any]:
    """Return what is asked, as the contract has it."""
    user = question.user
    found: dict[str, Any] = {
        "application": _application(question),
        "user": {
            "id": user.id,
            "name": user.name,
            "avatar": user.avatar,
            "username": user.username,
            "primaryEmail": user.primary_email,
            "primaryPhone": user.primary_phone,
        },
        "missingOIDCScope": [name for name in question.missing.scopes if name not in _UNLISTED],
        "missingResourceScopes": _resources(question.resources),
        "redirectUri": question.redirect_uri,
    }
    if question.organizations is not None:
        found["organizations"] = [
            {"id": offer.id, "name": offer.name, "missingResourceScopes": _resources(offer.resources)}
            for offer in question.organizations
        ]
    return found


class ConsentView(ExperienceView):
    """`GET|POST /interaction/consent`."""

    @operation("GetConsent", "Get what a third-party application asks for", answer=answers.ConsentQuestion)
    def get(self, request: Request) -> Response:
        pending = pending_request(request, prompt=Prompt.CONSENT)
        return Response(represent_question(read_question(pending, _session(request))))

    @operation(
        "Consent", "Consent to what a third-party application asks for", body=ConsentBody, answer=answers.Redirection
    )
    def post(self, request: Request) -> Response:
        _assert_own_page(request)
        pending = pending_request(request, prompt=Prompt.CONSENT)
        organization_ids = self.body().get("organizationIds", [])
        return Response({"redirectTo": agree(pending, _session(request), organization_ids=organization_ids)})


class InteractionView(ExperienceView):
    """`DELETE /interaction`: the user gives up, and the application is told so."""

    @operation("DeleteInteraction", "Give the authorization request up", answer=answers.Redirection)
    def delete(self, request: Request) -> Response:
        _assert_own_page(request)
        pending = pending_request(request, prompt=None)
        return Response({"redirectTo": abort(pending, error=ABORTED, description="the user gave up")})
