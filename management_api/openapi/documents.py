"""The three OpenAPI documents: what is in each, and how it is generated.

They are generated when the code changes, not while the installation runs: `manage.py openapi` writes them next to this
file, `tests/openapi` fails if they are not what the code says, and `serving` answers with them.
"""

import json
import re
from pathlib import Path
from typing import Any

from django.urls import URLResolver
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.settings import patched_settings

from common.rest.operations import find_operation
from management_api.openapi.answers import Answers
from management_api.openapi.inspection import OperationSchema, path_on_the_wire
from management_api.openapi.plain_views import UNROUTED
from management_api.openapi.texts import DOCUMENTS, ORIGIN, Document

FOLDER = Path(__file__).parent / "documents"

_ERROR = {
    "type": "object",
    "description": "Why a request is refused. `code` is stable; `message` is for people, in their language.",
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string"},
        "data": {"description": "What a program may want to know of the refusal."},
        "details": {"type": "string"},
    },
    "required": ["code", "message"],
}


class _Endpoints(EndpointEnumerator):
    """The declared operations of a document, each at the address that is its own."""

    document: Document

    def _get_api_endpoints(self, patterns: Any, prefix: str) -> list[Any]:
        found: list[Any] = []
        for pattern in (patterns if patterns is not None else self.patterns) or ():
            address = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                found += self._get_api_endpoints(pattern.url_patterns, address)
                continue
            path = _path_of(address)
            if not any(re.match(start, path) for start in self.document.paths):
                continue
            view: Any = getattr(pattern.callback, "view_class", None) or UNROUTED.get(address)
            if view is None:
                continue
            # A word that takes the place of a name adds its own methods; the others belong to the name.
            methods = vars(view) if pattern.default_args else dir(view)
            callback = pattern.callback if hasattr(pattern.callback, "cls") else view.as_view()
            found += [
                (path, address, method.upper(), callback)
                for method in view.http_method_names
                if method in methods and method != "head" and find_operation(view, method)
            ]
        return found


def _path_of(route: str) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)


class _Generator(SchemaGenerator):
    endpoint_inspector_cls = _Endpoints


def render(document: Document) -> dict[str, Any]:
    """Return a document as JSON, in a stable order."""
    answers = Answers()
    _Endpoints.document, OperationSchema.answers, OperationSchema.tags = document, answers, document.tags
    schema = _Generator().get_schema(public=True)
    paths = dict(sorted((path_on_the_wire(path), operations) for path, operations in schema["paths"].items()))
    used = {operation["tags"][0] for operations in paths.values() for operation in operations.values()}
    components = {"Error": _ERROR, **schema.get("components", {}).get("schemas", {}), **answers.components}
    return {
        "openapi": "3.1.0",
        "info": {"title": document.title, "version": document.version, "description": document.description},
        "servers": [{"url": ORIGIN}],
        "security": document.security,
        "tags": [{"name": tag} for tag in sorted(used)],
        "paths": paths,
        "components": {
            "securitySchemes": document.security_schemes,
            "schemas": _reachable(paths, components),
        },
    }


def _reachable(paths: Any, components: dict[str, Any]) -> dict[str, Any]:
    """Return the components that the paths refer to, and those that these refer to."""
    kept: dict[str, Any] = {}
    waiting = [paths]
    while waiting:
        for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(waiting.pop())):
            if name not in kept:
                kept[name] = components[name]
                waiting.append(components[name])
    return dict(sorted(kept.items()))


def as_text(document: dict[str, Any]) -> str:
    """Return a document as it is kept: a change of one member is a change of one line."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def generated() -> dict[Path, str]:
    """Return what the code says now, by the file that keeps it."""
    with patched_settings({"OAS_VERSION": "3.1.0", "POSTPROCESSING_HOOKS": [], "ENFORCE_NON_BLANK_FIELDS": True}):
        return {FOLDER / f"{document.name}.json": as_text(render(document)) for document in DOCUMENTS}
