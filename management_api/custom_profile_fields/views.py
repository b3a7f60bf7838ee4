"""`/api/custom-profile-fields`: what the tenant collects about its users."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from common.rest.parsers import json_body
from common.shapes import AnyObject, Integer, Items, Members, Text, validate
from experience.profile_fields.catalog import get_profile_field_row, list_profile_fields
from experience.profile_fields.field import represent_field
from experience.services.profile_fields import (
    create_profile_fields,
    delete_profile_field,
    reorder_profile_fields,
    update_profile_field,
)
from management_api.custom_profile_fields import answers
from management_api.views import ApiView, no_content

_MOST_AT_ONCE = 20

_NAMED = Members({"name": Text(required=True)})
_BATCH = Items(of=AnyObject(), max_items=_MOST_AT_ONCE)
_PLACE = Members({"name": Text(required=True), "sieOrder": Integer(minimum=0, maximum=32_767, required=True)})
_ORDER = Members({"order": Items(of=_PLACE, max_items=100, required=True)})


def _named(value: Any, path: str = "") -> tuple[str, Any]:
    return validate(_NAMED, value, path=path)["name"], value


class FieldsView(ApiView):
    """Lists and makes fields."""

    @operation("ListCustomProfileFields", "List profile fields", answer=[answers.ProfileField])
    def get(self, request: Request) -> Response:
        return Response([field.wire for field in list_profile_fields()])

    @operation(
        "CreateCustomProfileField",
        "Add a profile field",
        body=AnyObject(),
        answer=answers.ProfileField,
        status=201,
        errors=[
            "custom_profile_fields.invalid_address_components",
            "custom_profile_fields.invalid_default_value",
            "custom_profile_fields.invalid_fullname_components",
            "custom_profile_fields.invalid_min_max_input",
            "custom_profile_fields.invalid_name",
            "custom_profile_fields.invalid_options",
            "custom_profile_fields.invalid_regex_format",
            "custom_profile_fields.invalid_sub_component_type",
            "custom_profile_fields.name_conflict_built_in_prop",
            "custom_profile_fields.name_conflict_custom_data",
            "custom_profile_fields.name_conflict_sign_in_identifier",
            "request.invalid_input",
            "custom_profile_fields.name_exists",
            "entity.value_too_long",
        ],
    )
    def post(self, request: Request) -> Response:
        [field] = create_profile_fields([_named(json_body(request))], actor=self.actor)
        return Response(represent_field(field), status=201)


class FieldView(ApiView):
    """One field, by its name."""

    @operation(
        "GetCustomProfileFieldByName", "Get a profile field", answer=answers.ProfileField, errors=["entity.not_found"]
    )
    def get(self, request: Request, name: str) -> Response:
        return Response(represent_field(get_profile_field_row(name)))

    @operation(
        "UpdateCustomProfileFieldByName",
        "Change a profile field",
        body=AnyObject(),
        answer=answers.ProfileField,
        errors=["custom_profile_fields.invalid_name", "entity.not_exists"],
    )
    def put(self, request: Request, name: str) -> Response:
        # An unknown name is told whatever the body is.
        get_profile_field_row(name, code="entity.not_exists")
        return Response(represent_field(update_profile_field(name, json_body(request), actor=self.actor)))

    @operation("DeleteCustomProfileFieldByName", "Delete a profile field", errors=["entity.not_found"])
    def delete(self, request: Request, name: str) -> Response:
        delete_profile_field(name, actor=self.actor)
        return no_content()


class BatchView(FieldView):
    """Makes several fields, all of them or none."""

    @operation(
        "CreateCustomProfileFieldsBatch",
        "Add several profile fields",
        body=_BATCH,
        answer=[answers.ProfileField],
        status=201,
        errors=["custom_profile_fields.name_conflict_sign_in_identifier", "custom_profile_fields.name_exists"],
    )
    def post(self, request: Request, name: str) -> Response:
        given = [_named(item, str(index)) for index, item in enumerate(validate(_BATCH, json_body(request)))]
        fields = create_profile_fields(given, actor=self.actor)
        return Response([represent_field(field) for field in fields], status=201)


class OrderView(ApiView):
    """Puts fields in order."""

    @operation(
        "UpdateCustomProfileFieldsSieOrder",
        "Change the order of profile fields",
        body=_ORDER,
        answer=[answers.ProfileField],
        errors=["custom_profile_fields.conflicted_sie_order", "custom_profile_fields.entity_not_exists_with_names"],
    )
    def post(self, request: Request) -> Response:
        places = validate(_ORDER, json_body(request))["order"]
        reorder_profile_fields([(place["name"], place["sieOrder"]) for place in places], actor=self.actor)
        return Response([field.wire for field in list_profile_fields()])
