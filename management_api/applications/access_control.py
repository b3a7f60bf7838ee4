"""`/api/applications/…/access-control`: whom an application admits while its access is controlled."""

from collections import defaultdict
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from applications.access_rules import AccessRules, read_access_rules
from applications.selectors import get_application
from applications.services.access_control import replace_access_rules
from common.rest.fields import Text, Texts
from common.rest.operations import operation
from management_api.applications import answers
from management_api.views import ApiView


class OrganizationRoleRuleInput(serializers.Serializer[Any]):
    """Roles that admit within one organization."""

    organizationId = Text(source="organization_id")
    organizationRoleIds = Texts(source="role_ids")


class AccessRulesInput(serializers.Serializer[Any]):
    """All rules of an application."""

    userIds = Texts(source="user_ids")
    userRoleIds = Texts(source="role_ids")
    organizationIds = Texts(source="organization_ids")
    organizationRoleRules = OrganizationRoleRuleInput(source="organization_role_rules", many=True)


def _parsed(values: dict[str, Any]) -> AccessRules:
    by_organization: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for rule in values["organization_role_rules"]:
        by_organization[rule["organization_id"]] += tuple(rule["role_ids"])
    return AccessRules(
        tuple(values["user_ids"]), tuple(values["role_ids"]), tuple(values["organization_ids"]), by_organization
    )


def _row(rules: AccessRules) -> dict[str, Any]:
    return {
        "userIds": list(rules.user_ids),
        "userRoleIds": list(rules.role_ids),
        "organizationIds": list(rules.organization_ids),
        "organizationRoleRules": [
            {"organizationId": organization_id, "organizationRoleIds": list(role_ids)}
            for organization_id, role_ids in rules.organization_roles.items()
        ],
    }


class AccessControlView(ApiView):
    """Shows and replaces the access rules."""

    @operation(
        "GetApplicationAccessControl",
        "Get whom an application admits",
        answer=answers.AccessRules,
        errors=["entity.not_exists_with_id"],
    )
    def get(self, request: Request, application_id: str) -> Response:
        return Response(_row(read_access_rules(get_application(application_id))))

    @operation(
        "ReplaceApplicationAccessControl",
        "Set whom an application admits",
        body=AccessRulesInput,
        answer=answers.AccessRules,
        errors=["entity.not_exists_with_id", "entity.relation_foreign_key_not_found", "entity.db_constraint_violated"],
    )
    def put(self, request: Request, application_id: str) -> Response:
        application = get_application(application_id)
        rules = _parsed(self.body())
        return Response(_row(replace_access_rules(application, rules, actor=self.actor)))
