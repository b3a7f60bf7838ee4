"""How drf-spectacular reads our views: everything comes from the operation that is declared next to the handler."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework.serializers import BaseSerializer

from common.errors import catalog
from common.rest.fields import Flag, JsonObject, Moment
from common.rest.operations import Media, Operation, find_operation
from common.rest.pagination import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE
from common.shapes import Shape
from management_api.json_objects import JsonObjectBody
from management_api.openapi.answers import Answers, Schema, schema_of_setting
from management_api.views import ApiView

_ERROR: Schema = {"$ref": "#/components/schemas/Error"}
_HEADERS_OF_PAGES: Schema = {
    "Total-Number": {"description": "How many there are in all.", "schema": {"type": "integer"}},
    "Total-Number-Is-Capped": {
        "description": "`true` if counting stopped: there are more than `Total-Number`.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Link": {"description": "Addresses of the first, previous, next and last page.", "schema": {"type": "string"}},
}
_KEY: Schema = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "A name of this request: repeated under it, it is carried out once.",
    "schema": {"type": "string"},
}
_CODES_OF_KEYS = (
    "request.idempotency_key_invalid",
    "request.idempotency_key_not_supported",
    "request.idempotency_key_in_use",
    "request.idempotency_key_reused",
    "request.idempotent_answer_too_large",
)
_CODES_OF_CALLERS = (
    "auth.authorization_header_missing",
    "auth.authorization_token_type_not_supported",
    "auth.unauthorized",
    "auth.jwt_sub_missing",
    "auth.forbidden",
)


class FlagExtension(OpenApiSerializerFieldExtension):
    target_class = Flag

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        return {"type": "boolean"}


class JsonObjectExtension(OpenApiSerializerFieldExtension):
    target_class = JsonObject

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        return {"type": "object"}


class MessageExtension(OpenApiSerializerFieldExtension):
    target_class = "management_api.organization_invitations.serializers.MessagePayload"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        return {"anyOf": [{"type": "object"}, {"const": False}]}


class MomentExtension(OpenApiSerializerFieldExtension):
    target_class = Moment

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        return {"type": "number", "description": "Milliseconds since 1970."}


class TextExtension(OpenApiSerializerFieldExtension):
    target_class = "common.rest.fields.Text"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        field = self.target
        schema: Schema = {"type": "string"}
        if field.min_length or not field.allow_blank:
            schema["minLength"] = field.min_length or 1
        if field.max_length is not None:
            schema["maxLength"] = field.max_length
        # Texts of a certain form have a regular expression.
        if shape := getattr(field, "shape", None):
            schema["pattern"] = f"^(?:{shape.pattern})?$" if field.allow_blank else f"^(?:{shape.pattern})$"
        return schema


class IdentifierExtension(OpenApiSerializerFieldExtension):
    target_class = "experience.api.serializers.IdentifierField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        value = {"type": "string", "minLength": 1, "maxLength": self.target.value.max_length}
        members = {"type": {"type": "string", "enum": list(self.target.kinds)}, "value": value}
        return {"type": "object", "properties": members, "required": list(members)}


class ConnectorDataExtension(OpenApiSerializerFieldExtension):
    target_class = "experience.api.serializers.ConnectorDataField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        return {"type": "object"}


class ValuesExtension(OpenApiSerializerFieldExtension):
    target_class = "experience.api.serializers.ValuesField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        return {"type": "object"}


class MessagePayloadExtension(OpenApiSerializerFieldExtension):
    target_class = "management_api.organization_invitations.serializers.MessagePayload"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        return {"anyOf": [{"type": "object"}, {"const": False}], "default": False}


class QueryMomentExtension(OpenApiSerializerFieldExtension):
    target_class = "management_api.logs.serializers.QueryMoment"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        return {"type": "integer", "description": "Milliseconds since 1970."}


def camel(name: str) -> str:
    """Return the wire's spelling of a parameter."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def path_on_the_wire(path: str) -> str:
    """Return a path with its parameters as the wire has them."""
    return re.sub(r"{(\w+)}", lambda found: "{" + camel(found[1]) + "}", path)


class OperationSchema(AutoSchema):
    """Describes one method of a view; `None` for one that declares no operation."""

    # The components of the document under way; one object for all views.
    answers: Answers
    tags: dict[str, str]

    def get_operation(self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any) -> Any:
        self.registry, self.path, self.path_regex, self.path_prefix = registry, path, path_regex, path_prefix
        self.method = method
        declared = find_operation(self.view, method)
        if declared is None:
            return None
        described: dict[str, Any] = {
            "operationId": declared.id,
            "tags": [declared.tag or tag_of(path, self.tags)],
            "summary": declared.summary,
        }
        if declared.description:
            described["description"] = declared.description
        parameters = [*self._path_parameters(path), *self._query_parameters(declared)]
        if self._takes_key:
            parameters.append(_KEY)
        if parameters:
            described["parameters"] = parameters
        if declared.body is not None:
            described["requestBody"] = self._body(declared)
        described["responses"] = self._responses(declared)
        if not self.view.authentication_classes:
            described["security"] = []
        if declared.deprecated:
            described["deprecated"] = True
        return described

    @property
    def _takes_key(self) -> bool:
        """Whether the request may be repeated under a key (`management_api.idempotency`)."""
        is_private = isinstance(self.view, ApiView) and bool(self.view.authentication_classes)
        return is_private and self.method in ("POST", "PATCH")

    def _path_parameters(self, path: str) -> list[Schema]:
        return [
            {"in": "path", "name": camel(name), "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"{(\w+)}", path)
        ]

    def _schema_of_input(self, given: Any, *, is_partial: bool = False) -> Schema:
        schema: Schema
        if isinstance(given, tuple):
            return {"anyOf": [self._schema_of_input(one, is_partial=is_partial) for one in given]}
        if isinstance(given, Shape):
            schema = schema_of_setting(given)
            return {name: value for name, value in schema.items() if name != "required" or not is_partial}
        if isinstance(given, type) and issubclass(given, JsonObjectBody):
            return {"type": "object"}
        if isinstance(given, type) and issubclass(given, BaseSerializer):
            serializer = given(partial=is_partial)
            schema = self._map_serializer(serializer, "request")
            if is_partial:
                schema.pop("required", None)
            return schema
        return self.answers.schema_of(given)

    def _query_parameters(self, declared: Operation) -> list[Schema]:
        parameters = []
        if declared.query is not None:
            schema = self._schema_of_input(declared.query)
            # What is no serializer is read one by one, and may be left out.
            required = [] if isinstance(declared.query, Mapping) else schema.get("required", [])
            for name, member in schema["properties"].items():
                parameters.append(_query(name, member, required=name in required))
        parameters += [_query(name, {"type": "boolean"}, said) for name, said in declared.flags.items()]
        if declared.search is not None:
            parameters += _search_parameters(declared.search)
        if declared.pages:
            note = " Without `page` and `page_size` the whole list is answered." if declared.pages == "optional" else ""
            page = {"type": "integer", "minimum": 1, "default": 1}
            size = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE}
            parameters += [
                _query("page", page, f"The page, from 1.{note}"),
                _query("page_size", size, "How many a page has."),
                _query("cursor", {"type": "string"}, "Where the page before ended: follow the `next` address."),
            ]
        return parameters

    def _body(self, declared: Operation) -> Schema:
        if isinstance(declared.body, Media):
            form: Schema = {"type": "object"}
            if member := declared.body.member:
                file = {"type": "string", "contentMediaType": "application/octet-stream"}
                texts = {name: {"type": "string"} for name in declared.body.texts}
                form |= {"properties": {member: file, **texts}, "required": [member]}
            return {"required": True, "content": {declared.body.type: {"schema": form}}}
        schema = self._schema_of_input(declared.body, is_partial=declared.partial)
        # A body that is left out counts as an empty object.
        return {"required": bool(schema.get("required")), "content": {"application/json": {"schema": schema}}}

    def _responses(self, declared: Operation) -> Schema:
        responses = {str(status): self._success(declared, status) for status in declared.statuses}
        for status, codes in sorted(self._errors(declared).items()):
            said = "\n".join(f"- `{code}`: {catalog()[code].message}" for code in codes)
            answer = {"description": said, "content": {"application/json": {"schema": _ERROR}}}
            if str(status) in responses:
                either = [responses[str(status)]["content"]["application/json"]["schema"], _ERROR]
                answer["content"] = {"application/json": {"schema": {"anyOf": either}}}
            responses[str(status)] = answer
        return responses

    def _success(self, declared: Operation, status: int) -> Schema:
        described: Schema = {"description": HTTPStatus(status).phrase}
        if status == HTTPStatus.NO_CONTENT or declared.answer is None:
            return described
        if isinstance(declared.answer, Media):
            described["content"] = {declared.answer.type: {"schema": {"type": "string"}}}
        else:
            described["content"] = {"application/json": {"schema": self.answers.schema_of(declared.answer)}}
        if declared.pages:
            described["headers"] = _HEADERS_OF_PAGES
        return described

    def _errors(self, declared: Operation) -> dict[int, list[str]]:
        errors: list[tuple[str, int | None]] = []
        if declared.body is not None or declared.query is not None:
            errors.append(("guard.invalid_input", None))
        if declared.body is not None:
            errors.append(("guard.body_too_large", None))
        if declared.query is not None or declared.pages or declared.search is not None:
            errors.append(("guard.query_too_long", None))
        if declared.pages:
            errors.append(("guard.invalid_pagination", None))
        if declared.search is not None:
            errors.append(("request.invalid_input", None))
        if self.view.authentication_classes:
            errors += [(code, None) for code in _CODES_OF_CALLERS]
        if isinstance(self.view, ApiView):
            errors.append(("request.rate_limited", None))
        if self._takes_key:
            errors += [(code, None) for code in _CODES_OF_KEYS]
        errors += [(code, None) for code in getattr(self.view, "refusals", ())]
        errors += declared.errors
        # What an address names may not be there.
        if "{" in self.path and not any((status or catalog()[code].status) == 404 for code, status in errors):
            errors.append(("entity.not_found", None))
        by_status: dict[int, list[str]] = {}
        for code, status in errors:
            codes = by_status.setdefault(status or catalog()[code].status, [])
            if code not in codes:
                codes.append(code)
        return by_status


def tag_of(path: str, overrides: dict[str, str]) -> str:
    """Return the tag of a path: its first segment in sentence case, or as the document has it."""
    first = path.removeprefix("/api").lstrip("/").split("/")[0]
    return overrides.get(first) or first.lstrip(".").replace("-", " ").capitalize()


def _query(name: str, schema: Schema, description: str = "", *, required: bool = False) -> Schema:
    schema = {**schema}
    description = description or schema.pop("description", "")
    parameter: Schema = {"in": "query", "name": name, "schema": schema}
    if required:
        parameter["required"] = True
    return {**parameter, "description": description} if description else parameter


def _search_parameters(fields: Any) -> list[Schema]:
    mode = {"type": "string", "enum": ["like", "exact", "similar_to", "posix"], "default": "like"}
    text = {"type": "string"}
    named = [_query(f"search.{name}", text, f"A pattern for `{name}` alone.") for name in fields.columns]
    return [
        _query("search", text, f"A pattern that one of {', '.join(f'`{name}`' for name in fields.columns)} matches."),
        *named,
        _query("mode", mode, "How patterns are read; `mode.<field>` is for one field."),
        _query(
            "joint", {"type": "string", "enum": ["or", "and"], "default": "or"}, "Whether one field must match, or all."
        ),
        _query("isCaseSensitive", {"type": "boolean"}, "Whether case counts."),
    ]
