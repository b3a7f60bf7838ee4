"""`/api/configuration`: the tenant's configuration as a file, what another file would change, and changing it.

An extension of the contract; see `docs/configuration-as-code.md`.
"""

import json
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.fields import Flag, Text
from common.rest.operations import operation
from configuration.secrets import MAX_SECRET_LENGTH, resolver_of
from configuration.services import apply_configuration, export_configuration, export_text, plan_configuration
from management_api.configuration import answers
from management_api.views import ApiView

YAML = "application/yaml"  # RFC 9512
_MAX_SECRETS = 1000


class _File(serializers.JSONField):
    """A configuration: YAML as a text, or the same as an object."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            return json.dumps(data, ensure_ascii=False)
        if not isinstance(data, str):
            raise serializers.ValidationError(_("Must be a text or an object."), code="invalid")
        return data


class PlanBody(serializers.Serializer[Any]):
    """A file, the secrets that it refers to by `${env:NAME}`, and whether what it does not name is deleted."""

    configuration = _File()
    secrets = serializers.DictField(child=Text(max_length=MAX_SECRET_LENGTH), required=False)
    prune = Flag(required=False, default=False)

    def validate_secrets(self, value: dict[str, str]) -> dict[str, str]:
        if len(value) > _MAX_SECRETS:
            raise serializers.ValidationError(_("There are too many items."), code="max_length")
        return value


class ApplyBody(PlanBody):
    """The same with the version of the plan that it was read from."""

    version = Text(max_length=64)


class ExportQuery(serializers.Serializer[Any]):
    """The form of the file."""

    format = serializers.ChoiceField(choices=["json", "yaml"], required=False)


_REFUSALS = ["configuration.invalid_file", "configuration.busy"]


class ConfigurationView(ApiView):
    """The whole configuration: JSON, or YAML for those who ask for it (`Accept: application/yaml`, `?format=yaml`)."""

    @operation(
        "GetConfiguration",
        "Export the configuration",
        description="YAML instead of JSON with `format=yaml` or `Accept: application/yaml`.",
        query=ExportQuery,
        flags={
            "organizations": "Also export organizations and their just-in-time rules.",
            "ids": "Fix the ids of applications.",
        },
        answer=dict[str, Any],
        errors=["configuration.invalid_file"],
    )
    def get(self, request: Request) -> Response | HttpResponse:
        parts = {"with_organizations": self.flag("organizations"), "with_ids": self.flag("ids")}
        if self.query().get("format") == "yaml" or YAML in request.headers.get("Accept", ""):
            return HttpResponse(export_text(**parts), content_type=YAML)
        return Response(export_configuration(**parts))


class PlanView(ApiView):
    """What a file would change; nothing is."""

    @operation("PlanConfiguration", "Plan a configuration", body=PlanBody, answer=answers.Plan, errors=_REFUSALS)
    def post(self, request: Request) -> Response:
        body = self.body()
        plan = plan_configuration(
            body["configuration"],
            prune=body["prune"],
            resolve=resolver_of(body.get("secrets", {})),
            actor=self.actor,
        )
        return Response(plan.as_json())


class ApplyView(ApiView):
    """Make the tenant what a file says, if it is still what was planned for."""

    @operation(
        "ApplyConfiguration",
        "Apply a configuration",
        body=ApplyBody,
        answer=answers.Plan,
        errors=[*_REFUSALS, "configuration.tenant_changed"],
    )
    def post(self, request: Request) -> Response:
        body = self.body()
        applied = apply_configuration(
            body["configuration"],
            prune=body["prune"],
            resolve=resolver_of(body.get("secrets", {})),
            version=body["version"],
            actor=self.actor,
        )
        return Response(applied.as_json())
