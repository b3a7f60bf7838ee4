"""`/api/captcha-provider`: what verifies the tenant's captchas."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.clock import to_milliseconds
from common.rest.fields import JsonObject
from common.rest.operations import operation
from experience.captcha.provider import represent_config
from experience.models import CaptchaProvider
from experience.services.captcha_provider import delete_captcha_provider, get_captcha_provider, put_captcha_provider
from management_api.captcha_provider import answers
from management_api.views import ApiView, no_content


class ProviderBody(serializers.Serializer[Any]):
    """A new configuration; the shapes of `experience.captcha` say what is in it."""

    config = JsonObject()


class CaptchaProviderView(ApiView):
    """The provider, of which there is one at most."""

    @operation(
        "GetCaptchaProvider", "Get the captcha provider", answer=answers.CaptchaProvider, errors=["entity.not_found"]
    )
    def get(self, request: Request) -> Response:
        return Response(_row(get_captcha_provider()))

    @operation("UpdateCaptchaProvider", "Set the captcha provider", body=ProviderBody, answer=answers.CaptchaProvider)
    def put(self, request: Request) -> Response:
        return Response(_row(put_captcha_provider(self.body()["config"], actor=self.actor)))

    @operation("DeleteCaptchaProvider", "Remove the captcha provider", errors=["entity.not_found"])
    def delete(self, request: Request) -> Response:
        delete_captcha_provider(actor=self.actor)
        return no_content()


def _row(provider: CaptchaProvider) -> dict[str, Any]:
    return {
        "tenantId": provider.tenant_id,
        "id": provider.id,
        "config": represent_config(provider),
        "createdAt": to_milliseconds(provider.created_at),
        "updatedAt": to_milliseconds(provider.updated_at),
    }
