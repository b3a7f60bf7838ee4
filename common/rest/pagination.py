"""Pagination of the REST APIs: `page`, `page_size`, `cursor`, and the headers `Total-Number` and `Link`.

Pages have numbers. To come to a number, the database passes over all rows before it, or over those behind it if they
are fewer and their number is known. The `next` link of a list that has places (`common.keysets`) also says where the
page ended, and whoever follows it begins there.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import AppError
from common.keysets import CursorError, Keyset, Part, find_keyset, rows_behind
from common.totals import total_of

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
# So many rows are passed over as fast as their page is read in two statements.
_FEW_TO_PASS_OVER = 1_000
_PLACES = frozenset({"page", "cursor"})


def _number(request: Request, name: str, default: int) -> int:
    raw = request.query_params.get(name) or str(default)
    if (
        len(request.query_params.getlist(name)) > 1
        or not raw.isascii()
        or not raw.isdigit()
        or len(raw) > 9
        or int(raw) < 1
    ):
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
    return not {"page", "page_size", "cursor"}.isdisjoint(request.query_params)


def _links(request: Request) -> Callable[..., str]:
    """Return what makes a link to a page: the request's address with another `page`, and perhaps a `cursor`."""
    query = request.query_params.copy()
    for name in _PLACES:
        query.pop(name, None)
    others = query.urlencode()
    start = f"<{request.build_absolute_uri(request.path)}?{others}{'&' * bool(others)}"

    def link(page: int, rel: str, cursor: str = "") -> str:
        # A cursor has no character that an address would not.
        return f'{start}page={page}{"&cursor=" * bool(cursor)}{cursor}>; rel="{rel}"'

    return link


class JsonPages(Protocol):
    """What makes a part of a list into JSON."""

    def page(
        self, rows: Any, start: int, size: int | None, *, behind: Sequence[Any] | None = None, from_end: bool = False
    ) -> Part: ...


def _part(
    items: Any,
    represent: Callable[[list[Any]], Any] | JsonPages,
    start: int,
    size: int | None,
    behind: Sequence[Any] | None = None,
    total: int = 0,
) -> Part:
    if not callable(represent):
        is_near_end = start > max(_FEW_TO_PASS_OVER, total / 2)
        return represent.page(items, start, size, behind=behind, from_end=is_near_end)
    keyset = find_keyset(items)
    if keyset is not None and behind is not None:
        items = rows_behind(items, keyset, behind)
    end = None if size is None else start + size
    if keyset is not None and start > _FEW_TO_PASS_OVER:
        # By the index of the order alone: what a row brings with it is not read for those that are passed over.
        rows = list(items.filter(pk__in=list(items.values_list("pk", flat=True)[start:end])))
    else:
        rows = list(items[start:end])
    return Part(represent(rows), len(rows), keyset.place_of(rows[-1]) if keyset and rows else None)


def _place(request: Request, keyset: Keyset | None) -> list[Any] | None:
    """The place that the caller goes on from, `None` for one who names a page alone."""
    cursors = request.query_params.getlist("cursor")
    if not cursors:
        return None
    if keyset is None or len(cursors) > 1:
        raise AppError("guard.invalid_pagination")
    try:
        return keyset.read_cursor(cursors[0])
    except CursorError as error:
        raise AppError("guard.invalid_pagination") from error


def paginated(
    request: Request,
    items: QuerySet[Any] | Sequence[Any],
    represent: Callable[[list[Any]], Any] | JsonPages,
    *,
    optional: bool = False,
) -> Response:
    """Answer one page of `items`, which `represent` turns into JSON.

    With `optional`, a request that names no parameter gets the whole list without headers. If counting stopped at the
    cap (see `totals`), the answer says so and does not name the last page. With a cursor the page begins behind it, and
    `page` is only what the links count from.
    """
    if optional and not is_paginated(request):
        return Response(_part(items, represent, 0, None).body)
    page, size = page_of(request)
    keyset = find_keyset(items)
    behind = _place(request, keyset)
    total, is_capped = total_of(items)
    body, length, end = _part(items, represent, 0 if behind else (page - 1) * size, size, behind, total)
    last = max(1, -(-total // size))
    link = _links(request)
    links = [link(1, "first")]
    if page > 1:
        links.append(link(page - 1, "prev"))
    if not is_capped:
        links.append(link(last, "last"))
    if page < last or (is_capped and length == size):
        cursor = keyset.cursor_of(end) if keyset and end and length == size else ""
        links.append(link(page + 1, "next", cursor))
    headers = {"Total-Number": str(total), "Link": ", ".join(links)}
    if is_capped:
        headers["Total-Number-Is-Capped"] = "true"
    return Response(body, headers=headers)
