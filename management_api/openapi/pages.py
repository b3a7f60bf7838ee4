"""The page that shows a document: static HTML that needs no other host, made once; a script finds and opens operations.

The page works without the script: operations open by themselves, and the browser finds in it. What is on it comes from
the code alone, and is escaped all the same.
"""

import base64
import hashlib
import re
from html import escape
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from management_api.openapi.texts import DOCUMENTS, Document

_FOLDER = Path(__file__).parent / "page"
STYLE = (_FOLDER / "page.css").read_text()
SCRIPT = (_FOLDER / "page.js").read_text()


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


POLICY = (
    f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_METHODS = ("get", "post", "put", "patch", "delete")
_REFERENCE = re.compile(r"#/components/schemas/(\w+)")
_BOUNDS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "from {}",
    "maximum": "to {}",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "default": "{} if absent",
}


def render_page(document: Document, whole: dict[str, Any]) -> str:
    """Return the page of a document."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in whole["paths"].items():
        for method in _METHODS:
            if method in operations:
                found = operations[method]
                groups.setdefault(found["tags"][0], []).append(_operation(method, path, found))
    context = {
        "document": document,
        "documents": [
            {"title": other.title, "path": _path_of(other), "is_current": other == document} for other in DOCUMENTS
        ],
        "file": f"/api/.well-known/{document.name}.openapi.json",
        "groups": [{"name": tag, "id": _anchor(tag), "operations": groups[tag]} for tag in sorted(groups)],
        "count": sum(map(len, groups.values())),
        "schemas": [
            {"name": name, "html": mark_safe(_schema(schema))}  # noqa: S308 - made of escaped parts
            for name, schema in whole["components"]["schemas"].items()
        ],
        "style": mark_safe(STYLE),  # noqa: S308 - our own file
        "script": mark_safe(SCRIPT),  # noqa: S308 - our own file
    }
    return render_to_string("management_api/openapi.html", context)


def _path_of(document: Document) -> str:
    return "/api/docs" if document == DOCUMENTS[0] else f"/api/docs/{document.name}"


def _anchor(tag: str) -> str:
    return "tag-" + re.sub(r"[^a-z0-9]+", "-", tag.lower()).strip("-")


def _operation(method: str, path: str, found: dict[str, Any]) -> dict[str, Any]:
    body = found.get("requestBody", {}).get("content", {})
    return {
        "id": found["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": found["summary"],
        "description": found.get("description", ""),
        "is_public": found.get("security") == [],
        "parameters": [_parameter(parameter) for parameter in found.get("parameters", [])],
        "bodies": [_content(media, held["schema"]) for media, held in body.items()],
        "answers": [_answer(status, answer) for status, answer in sorted(found["responses"].items())],
    }


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    schema = parameter["schema"]
    return {
        "name": parameter["name"],
        "place": parameter["in"],
        "is_required": parameter.get("required", False),
        "type": _type(schema),
        "description": parameter.get("description", ""),
        "bounds": _bounds(schema),
    }


def _content(media: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"media": media, "html": mark_safe(_schema(schema))}  # noqa: S308 - made of escaped parts


def _answer(status: str, answer: dict[str, Any]) -> dict[str, Any]:
    is_error = not status.startswith("2")
    contents = answer.get("content", {})
    return {
        "status": status,
        "is_error": is_error,
        "codes": re.findall(r"^- `([\w.]+)`", answer["description"], re.MULTILINE),
        "description": "" if is_error else answer["description"],
        "headers": list(answer.get("headers", {})),
        "contents": [] if is_error else [_content(media, held["schema"]) for media, held in contents.items()],
    }


def _type(schema: dict[str, Any]) -> str:
    """Return what a value is, in a few words."""
    if reference := _REFERENCE.search(schema.get("$ref", "")):
        return reference[1]
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return " | ".join(_type(held) for held in schema[choice])
    kind = schema.get("type", "any")
    kinds = [kind] if isinstance(kind, str) else kind
    if "array" in kinds:
        return f"list of {_type(schema.get('items', {}))}" + (" | null" if "null" in kinds else "")
    return " | ".join(kinds)


def _bounds(schema: dict[str, Any]) -> str:
    said = [text.format(schema[name]) for name, text in _BOUNDS.items() if name in schema]
    return ", ".join([*said, *([f"matches {schema['pattern']}"] if "pattern" in schema else [])])


def _schema(schema: dict[str, Any]) -> str:
    """Return a schema as HTML: its type, with a link to a component, and its members."""
    kind = escape(_type(schema))
    for name in dict.fromkeys(_REFERENCE.findall(str(schema))) if "properties" not in schema else ():
        kind = re.sub(rf"\b{name}\b", f'<a href="#schema-{name}">{name}</a>', kind)
    notes = [escape(note) for note in (schema.get("description", ""), _bounds(schema)) if note]
    said = f'<span class="type">{kind}</span>' + "".join(f' <span class="note">{note}</span>' for note in notes)
    return said + _members(schema)


def _members(schema: dict[str, Any]) -> str:
    inner = schema.get("items", schema)
    if not isinstance(inner, dict) or not inner.get("properties"):
        choices = [held for name in ("anyOf", "oneOf") for held in inner.get(name, []) if held.get("properties")]
        return "".join(f'<div class="choice">{_schema(choice)}</div>' for choice in choices)
    required = inner.get("required", [])
    rows = [
        f"<li><code>{escape(name)}</code>{'' if name in required else ' <i>optional</i>'} {_schema(member)}</li>"
        for name, member in inner["properties"].items()
    ]
    return f'<ul class="members">{"".join(rows)}</ul>'
