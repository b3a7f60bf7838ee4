"""The OpenAPI documents are those of the code, valid, and complete."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.validation import validate_schema

from common.rest.operations import find_operation
from management_api.openapi.documents import FOLDER, generated
from management_api.openapi.texts import DOCUMENTS, Document

METHODS = ("get", "post", "put", "patch", "delete")


def read(document: Document) -> dict[str, Any]:
    """Return a document as it is committed."""
    kept: dict[str, Any] = json.loads((FOLDER / f"{document.name}.json").read_text())
    return kept


def operations_of(document: Document) -> dict[str, dict[str, Any]]:
    """Return the operations of a document by `METHOD path`."""
    return {
        f"{method.upper()} {path}": found
        for path, methods in read(document)["paths"].items()
        for method, found in methods.items()
    }


def test_the_committed_documents_are_those_of_the_code() -> None:
    for path, text in generated().items():
        assert path.read_text() == text, f"{path.name} is not what the code says: run manage.py openapi"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_a_document_is_valid(document: Document) -> None:
    validate_schema(read(document))  # type: ignore[no-untyped-call]  # the library lacks it


def test_operation_ids_are_unique() -> None:
    ids = Counter(found["operationId"] for document in DOCUMENTS for found in operations_of(document).values())
    assert not [name for name, count in ids.items() if count > 1]


def _views(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Any:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns, address)
        elif address.startswith("api/") and (view := getattr(pattern.callback, "view_class", None)):
            yield address, view


def test_every_handler_declares_its_operation() -> None:
    undeclared = [
        f"{method.upper()} {address}"
        for address, view in _views(get_resolver().url_patterns)
        for method in METHODS
        if hasattr(view, method) and find_operation(view, method) is None
    ]
    assert not undeclared, "next to the handler: @operation(...), see management_api/README.md"
