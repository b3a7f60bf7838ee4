"""Page-number pagination of the REST APIs: `page`, `page_size`, and the headers `Total-Number` and `Link`."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import AppError
from common.totals import total_of

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100


def _number(request: Request, name: str, default: int) -> int:
    raw = request.query_params.get(name) or str(default)
    if not raw.isascii() or not raw.isdigit() or len(raw) > 9 or int(raw) < 1:
        raise AppError("guard.invalid_pagination")
    return int(raw)


def page_of(request: Request) -> tuple[int, int]:
    """Return `(page, page_size)`; `guard.invalid_pagination` for zero, negative, non-numeric or over-large values."""
    page, size = _number(request, "page", 1), _number(request, "page_size", DEFAULT_PAGE_SIZE)
    if size > MAX_PAGE_SIZE:
        raise AppError("guard.invalid_pagination")
    return page, size


def is_paginated(request: Request) -> bool:
    """Whether the caller asked for a page, for lists whose pagination is optional."""
    return "page" in request.query_params or "page_size" in request.query_params


def _link(request: Request, page: int, rel: str) -> str:
    query = request.query_params.copy()
    query["page"] = str(page)
    return f'<{request.build_absolute_uri(request.path)}?{query.urlencode()}>; rel="{rel}"'


class JsonPages(Protocol):
    """What makes a part of a list into JSON, and says how many rows it has."""

    def page(self, rows: Any, start: int, size: int | None) -> tuple[bytes, int]: ...


def _part(
    items: Any, represent: Callable[[list[Any]], Any] | JsonPages, start: int, size: int | None
) -> tuple[Any, int]:
    if not callable(represent):
        return represent.page(items, start, size)
    rows = list(items[start : None if size is None else start + size])
    return represent(rows), len(rows)


def paginated(
    request: Request,
    items: QuerySet[Any] | Sequence[Any],
    represent: Callable[[list[Any]], Any] | JsonPages,
    *,
    optional: bool = False,
) -> Response:
    """Answer one page of `items`, which `represent` turns into JSON.

    With `optional`, a request that names neither parameter gets the whole list without headers. Where counting stopped
    at the cap (see `totals`), the answer says so and does not name the last page.
    """
    if optional and not is_paginated(request):
        return Response(_part(items, represent, 0, None)[0])
    page, size = page_of(request)
    total, is_capped = total_of(items)
    body, length = _part(items, represent, (page - 1) * size, size)
    last = max(1, -(-total // size))
    links = [_link(request, 1, "first")]
    if page > 1:
        links.append(_link(request, page - 1, "prev"))
    if not is_capped:
        links.append(_link(request, last, "last"))
    if page < last or (is_capped and length == size):
        links.append(_link(request, page + 1, "next"))
    headers = {"Total-Number": str(total), "Link": ", ".join(links)}
    if is_capped:
        headers["Total-Number-Is-Capped"] = "true"
    return Response(body, headers=headers)
