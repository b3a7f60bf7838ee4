"""JSON Schema (draft 2020-12, as OpenAPI 3.1 has it) of what operations answer and of what services validate."""

import types
from collections.abc import Mapping
from enum import Enum
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from django.db import models
from django.utils.encoding import force_str

from common import shapes
from common.rest.operations import Told, With
from tenants.database.shapes import Shape as RowShape

Schema = dict[str, Any]

_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    None: {"type": "null"},
    type(None): {"type": "null"},
    dict: {"type": "object"},
    list: {"type": "array", "items": {}},
    Any: {},
}
_MOMENT: Schema = {"type": "integer", "format": "int64", "description": "Milliseconds since 1970."}


def nullable(schema: Schema) -> Schema:
    """Return a schema that admits `null` too."""
    if not schema:
        return schema
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def schema_of_setting(shape: shapes.Shape) -> Schema:
    """Return the schema of a setting's shape (`common.shapes`)."""
    schema = _schema_of_setting(shape)
    if shape.default is not None and not isinstance(shape, shapes.Members):
        schema = {**schema, "default": shape.default}
    return nullable(schema) if shape.nullable else schema


def _schema_of_setting(shape: shapes.Shape) -> Schema:
    match shape:
        case shapes.Members():
            schema: Schema = {
                "type": "object",
                "properties": {name: schema_of_setting(member) for name, member in shape.members.items()},
            }
            if required := [name for name, member in shape.members.items() if member.required]:
                schema["required"] = required
            return {**schema, "additionalProperties": False} if shape.is_closed else schema
        case shapes.Items():
            return {"type": "array", "items": schema_of_setting(shape.of), "maxItems": shape.max_items}
        case shapes.Values():
            return {
                "type": "object",
                "additionalProperties": schema_of_setting(shape.of),
                "maxProperties": shape.max_items,
            }
        case shapes.Flag():
            return {"type": "boolean"}
        case shapes.Integer():
            return {"type": "integer", "minimum": shape.minimum, "maximum": shape.maximum}
        case shapes.Choice():
            return {"type": "string", "enum": list(shape.choices)}
        case shapes.AnyObject():
            return {"type": "object"}
        case shapes.Text():
            bounds = {"minLength": shape.min_length} if shape.min_length else {}
            return {"type": "string", **bounds, "maxLength": shape.max_length}
    return {}


def _schema_of_field(field: "models.Field[Any, Any]") -> Schema:
    match field:
        case models.DateTimeField():
            schema = _MOMENT
        case models.BooleanField():
            schema = _PLAIN[bool]
        case models.IntegerField():
            schema = _PLAIN[int]
        case models.JSONField():
            schema = {dict: _PLAIN[dict], list: _PLAIN[list]}.get(field.default, {})
        case _ if field.choices:
            schema = {"type": "string", "enum": [value for value, _label in field.flatchoices if value is not None]}
        case _:
            schema = _PLAIN[str]
    return nullable(schema) if field.null else schema


class Answers:
    """Makes schemas of answers; the rows that have a name become components."""

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}
        self._named: dict[str, Any] = {}

    def schema_of(self, answer: Any) -> Schema:
        """Return the schema of what `common.rest.operations.Operation.answer` may be."""
        if isinstance(answer, list):
            return {"type": "array", "items": self.schema_of(answer[0])}
        if isinstance(answer, tuple):
            return {"anyOf": [self.schema_of(one) for one in answer]}
        if isinstance(answer, RowShape):
            return self._component(answer.model.__name__, answer, lambda: self._object(self._row(answer)))
        if isinstance(answer, With):
            return self._component(answer.members.__name__, answer, lambda: self._object(self._with(answer)))
        if isinstance(answer, shapes.Shape):
            return schema_of_setting(answer)
        if isinstance(answer, Mapping):
            return self._object({name: (True, self.schema_of(member)) for name, member in answer.items()})
        return self._schema_of_type(answer)

    def _component(self, name: str, source: Any, make: Any) -> Schema:
        name = name.lstrip("_")
        if self._named.setdefault(name, source) is not source:
            raise ValueError(f"two answers are called {name}")
        if name not in self.components:
            self.components[name] = {}
            self.components[name] = make()
        return {"$ref": f"#/components/schemas/{name}"}

    def _object(self, members: Mapping[str, tuple[bool, Schema]]) -> Schema:
        schema: Schema = {"type": "object", "properties": {name: schema for name, (_, schema) in members.items()}}
        required = [name for name, (is_required, _) in members.items() if is_required]
        return {**schema, "required": required} if required else schema

    def _row(self, shape: RowShape[Any]) -> dict[str, tuple[bool, Schema]]:
        return {
            name: (True, _schema_of_field(held) if isinstance(held, models.Field) else self.schema_of(held))
            for name, held in shape.describe()
        }

    def _with(self, answer: With) -> dict[str, tuple[bool, Schema]]:
        base = self._with(answer.shape) if isinstance(answer.shape, With) else None
        if isinstance(answer.shape, shapes.Members):
            described = schema_of_setting(answer.shape)
            base = {name: (False, member) for name, member in described["properties"].items()}
        elif base is None:
            base = self._typed(answer.shape) if is_typeddict(answer.shape) else self._row(answer.shape)
        return {**base, **self._typed(answer.members)}

    def _typed(self, rows: Any) -> dict[str, tuple[bool, Schema]]:
        members = {}
        for name, hint in get_type_hints(rows, include_extras=True).items():
            is_required = name in rows.__required_keys__
            held = get_args(hint)[0] if get_origin(hint) in (NotRequired, Required) else hint
            members[name] = (is_required, self.schema_of(held))
        return members

    def _schema_of_type(self, hint: Any) -> Schema:
        if hint in _PLAIN:
            return dict(_PLAIN[hint])
        if is_typeddict(hint):
            return self._component(hint.__name__, hint, lambda: self._object(self._typed(hint)))
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self._told(arguments[0], arguments[1])
        if origin is Literal:
            return {"type": "string", "enum": list(arguments)}
        if origin in (Union, types.UnionType):
            return self._union(arguments)
        if origin in (list, tuple):
            return {"type": "array", "items": self.schema_of(arguments[0])}
        if origin is dict:
            values = self.schema_of(arguments[1])
            return {"type": "object", "additionalProperties": values} if values else {"type": "object"}
        if isinstance(hint, type) and issubclass(hint, Enum):
            return {"type": "string", "enum": [force_str(member.value) for member in hint]}
        raise TypeError(f"an answer of unknown type: {hint!r}")

    def _told(self, hint: Any, more: Any) -> Schema:
        if not isinstance(more, Told):
            return self.schema_of(more)
        said = {"format": more.format} if more.format else {}
        return {**self.schema_of(hint), **said, "description": more.description}

    def _union(self, arguments: tuple[Any, ...]) -> Schema:
        some = [self.schema_of(argument) for argument in arguments if argument is not type(None)]
        schema = some[0] if len(some) == 1 else {"anyOf": some}
        return nullable(schema) if type(None) in arguments else schema
