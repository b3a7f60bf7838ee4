"""Whether what an API answers is what its operation declares: the status, every member, and the headers of a page.

While tests run, every answer of a declared operation is held against the OpenAPI document, more strictly than a client
would: a member that no schema knows fails the test, too.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from django.http import HttpResponseBase
from rest_framework.request import Request

from common.rest.operations import Operation, find_operation
from common.rest.views import JsonView
from management_api.openapi.documents import FOLDER
from management_api.openapi.texts import DOCUMENTS
from management_api.views import ApiView


class DisagreementError(AssertionError):
    """An answer is not the declared one."""


@functools.cache
def _documents() -> list[dict[str, Any]]:
    return [json.loads((FOLDER / f"{document.name}.json").read_text()) for document in DOCUMENTS]


@functools.cache
def described(operation_id: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the description of an operation and its document; `None` for one that no document has."""
    for document in _documents():
        for operations in document["paths"].values():
            for found in operations.values():
                if found["operationId"] == operation_id:
                    return found, document
    return None


def _closed(schema: Any) -> Any:
    """Return a schema that refuses members which it does not name."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(held) for name, held in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") in ("object", ["object", "null"]):
        closed.setdefault("additionalProperties", False)
    return closed


@functools.cache
def _validator(operation_id: str, status: int) -> Any:
    found = described(operation_id)
    if found is None:
        raise DisagreementError(f"{operation_id} is in no document: run manage.py openapi")
    operation, document = found
    response = operation["responses"].get(str(status))
    if response is None:
        raise DisagreementError(f"{operation_id} declares no {status}")
    content = response.get("content", {}).get("application/json")
    if content is None:
        return None
    schema = {**_closed(content["schema"]), "components": {"schemas": _closed(document["components"]["schemas"])}}
    return jsonschema_rs.Draft202012Validator(schema)


def check_answer(declared: Operation, status: int, body: Any) -> None:
    """Raise `DisagreementError` unless an answer with this JSON is declared."""
    validator = _validator(declared.id, status)
    if validator is None:
        if body is not None:
            raise DisagreementError(f"{declared.id} declares no body with {status}, and answers {body!r}")
        return
    for error in validator.iter_errors(body):
        raise DisagreementError(f"{declared.id} answers {status}: {error.message} at {list(error.instance_path)}")


def _check(view: Any, request: Request, response: HttpResponseBase) -> None:
    declared = find_operation(view, request.method or "")
    # What the server itself is at fault for is the business of the test that provokes it.
    if declared is None or request.method == "HEAD" or response.status_code in (304, 405, 500):
        return
    # A step of a journey may be refused with any code of its rooms, and in the provider's words.
    if response.status_code >= 400 and not isinstance(view, ApiView):
        return
    content_type = response.headers.get("Content-Type", "")
    if content_type == "application/yaml":
        # What the caller has asked for instead of the JSON that is declared.
        return
    content = getattr(response, "content", b"")
    body = json.loads(content) if content and content_type.startswith("application/json") else None
    check_answer(declared, response.status_code, body)
    has_total = "Total-Number" in response.headers
    if response.status_code == 200 and request.method == "GET":
        if has_total and not declared.pages:
            raise DisagreementError(f"{declared.id} answers a page and declares none")
        if declared.pages == "always" and not has_total:
            raise DisagreementError(f"{declared.id} declares a page and answers none")


@pytest.fixture(autouse=True, scope="session")
def _answers_are_declared() -> Iterator[None]:
    finalize = JsonView.finalize_response

    @functools.wraps(finalize)
    def checked(self: JsonView, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = finalize(self, request, response, *args, **kwargs)
        _check(self, request, answer)
        return answer

    patch = pytest.MonkeyPatch()
    patch.setattr(JsonView, "finalize_response", checked)
    yield
    patch.undo()
