"""Operations of the REST APIs, declared next to their handlers.

A declaration gives what a caller must know and a view cannot say by itself; the OpenAPI documents are generated from it
(`management_api/openapi`), and the view reads its body and query with the serializers that it names:

    @operation("CreateRole", "Create a role", body=RoleCreation, answer=ROLE, status=201, errors=["role.name_in_use"])
    def post(self, request: Request) -> Response:
        return Response(ROLE.of(create_role(**self.body(), actor=self.actor)), status=201)

Every test of a REST API proves that the status, the members and the page of its answers are the declared ones
(`tests/openapi/agreement.py`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

Pages = Literal["", "always", "optional"]


@dataclass(frozen=True, slots=True)
class With:
    """The rows of a shape with further members, or with some of its own told more closely, by a `TypedDict`."""

    shape: Any
    members: type


@dataclass(frozen=True, slots=True)
class Told:
    """What a schema says of a member: `Annotated[int, Told("Milliseconds since 1970.", format="int64")]`."""

    description: str
    format: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """An answer that is not JSON, or a form; `member` is what the form must have, `texts` what it may have."""

    type: str
    member: str = ""
    texts: tuple[str, ...] = ()


# The word `Created`.
CREATED = Media("text/plain")
# A form, of which the file has a member of its own.
UPLOAD = Media("multipart/form-data", "file")
FORM = Media("application/x-www-form-urlencoded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What one method of a view does.

    `body` and `query` are serializers, or, where a service validates what is handed through, its `common.shapes`; a
    `Media` is a form. `answer` is a database `Shape` or `common.shapes`, a type (`TypedDict`, `list[Row]`), a list of
    one of them, `With(SHAPE, Members)`, a `Media`, or `None` for no body. `errors` are codes of the catalog, with their
    status where it is not the catalog's. What every operation may answer is added (`auth.*`, `guard.*`).
    """

    id: str
    summary: str
    description: str = ""
    tag: str = ""
    body: Any = None
    partial: bool = False
    query: Any = None
    flags: Mapping[str, str]
    pages: Pages = ""
    search: Any = None
    answer: Any = None
    statuses: tuple[int, ...]
    errors: tuple[tuple[str, int | None], ...] = ()
    deprecated: bool = False

    @property
    def status(self) -> int:
        """The status of success; of several, the one of an ordinary call."""
        return self.statuses[0]


def operation(
    id: str,
    summary: str,
    *,
    description: str = "",
    tag: str = "",
    body: Any = None,
    partial: bool = False,
    query: Any = None,
    flags: Mapping[str, str] | None = None,
    pages: Pages = "",
    search: Any = None,
    answer: Any = None,
    status: int | Sequence[int] | None = None,
    errors: Iterable[str | tuple[str, int]] = (),
    deprecated: bool = False,
) -> Callable[[F], F]:
    """Declare the operation that a handler is, as `Operation` has it.

    `tag` is told by the first segment of the path if it is empty. `partial` is a PATCH whose members are all optional.
    `flags` are query parameters read with `self.flag`, each with its meaning. `status` is 200, 204 without an answer,
    or several: the ordinary one first.
    """
    if status is None:
        status = HTTPStatus.OK if answer is not None else HTTPStatus.NO_CONTENT
    declared = Operation(
        id=id,
        summary=summary,
        description=description,
        tag=tag,
        body=body,
        partial=partial,
        query=query,
        flags=flags or {},
        pages=pages,
        search=search,
        answer=answer,
        statuses=(int(status),) if isinstance(status, int) else tuple(status),
        errors=tuple((error, None) if isinstance(error, str) else error for error in errors),
        deprecated=deprecated,
    )

    def attach(handler: F) -> F:
        handler.operation = declared  # type: ignore[attr-defined]  # read by `find_operation`
        return handler

    return attach


def find_operation(view: Any, method: str) -> Operation | None:
    """Return what a view, or its class, declares for an HTTP method."""
    # HEAD is answered by the handler of GET.
    name = "get" if method.upper() == "HEAD" else method.lower()
    found: Operation | None = getattr(getattr(view, name, None), "operation", None)
    return found
