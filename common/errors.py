"""The one exception that services raise, and the table of its codes.

Each app declares its codes in `<app>/errors.py` with `declare`; a code carries its HTTP status and its message, so no
caller repeats either. Renderers (API body, OAuth body, HTML page) translate an `AppError` at the edge.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ErrorSpec(NamedTuple):
    """What a code means: its HTTP status and its message, a lazy translation with optional `%(name)s` places."""

    status: int
    message: str | Promise


_catalog: dict[str, ErrorSpec] = {}


def declare(table: Mapping[str, tuple[int, str | Promise]]) -> None:
    """Add codes to the catalog: `{code: (status, message)}`. A code belongs to exactly one table."""
    for code, (status, message) in table.items():
        if code in _catalog and _catalog[code] != (status, message):
            raise ValueError(f"error code declared twice: {code}")
        _catalog[code] = ErrorSpec(status, message)


def catalog() -> Mapping[str, ErrorSpec]:
    """Return every declared code."""
    return _catalog


class AppError(Exception):
    """A failure that a caller is told about.

    `code` is dotted and stable (`user.username_already_in_use`). `data` is JSON for the caller. `status` overrides the
    catalog's where the contract answers the same code with another status. `params` fill the message's places.
    """

    # Further headers of the answer.
    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(
        self,
        code: str,
        *,
        data: Any = None,
        status: int | None = None,
        params: Mapping[str, Any] | None = None,
        details: str | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.data = data
        self.params = params
        self.details = details
        spec = _catalog.get(code)
        self.status = status if status is not None else (spec.status if spec else 400)

    @property
    def message(self) -> str:
        """The message in the active language; the code itself if none is declared."""
        spec = _catalog.get(self.code)
        if spec is None:
            return self.code
        text = str(spec.message)
        return text % self.params if self.params else text

    def as_body(self) -> dict[str, Any]:
        """Return the API body `{code, message, data?, details?}`."""
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.data is not None:
            body["data"] = self.data
        if self.details is not None:
            body["details"] = self.details
        return body


def invalid_values(issues: Iterable[tuple[str, str, str | Promise]]) -> AppError:
    """Return `guard.invalid_input` about several values, each given as its place on the wire, a code and words."""
    rows = [{"path": path, "code": code, "message": str(message)} for path, code, message in issues]
    lines = "\n".join(f'Error in key path "{row["path"]}": ({row["code"]}) {row["message"]}' for row in rows)
    return AppError("guard.invalid_input", data={"issues": rows}, details=lines)


def invalid_value(path: str, message: str | Promise, *, code: str = "custom") -> AppError:
    """Return `guard.invalid_input` about one value."""
    return invalid_values([(path, code, message)])


declare(
    {
        "auth.authorization_header_missing": (401, _("The Authorization header is missing.")),
        "auth.authorization_token_type_not_supported": (401, _("Only bearer tokens are accepted.")),
        "auth.unauthorized": (401, _("The access token is invalid or has expired.")),
        "auth.expected_role_not_found": (401, _("The user does not have the role that was asked for.")),
        "auth.jwt_sub_missing": (401, _("The access token names nobody.")),
        "auth.forbidden": (403, _("This is not allowed.")),
        "guard.invalid_input": (400, _("The request is invalid.")),
        "guard.invalid_pagination": (400, _("The page or page size is invalid.")),
        "guard.body_too_large": (413, _("The request body is too large.")),
        "guard.query_too_long": (414, _("The query of the address is too long.")),
        "request.invalid_input": (400, _("The input is invalid.")),
        "request.feature_not_supported": (422, _("This feature is not supported.")),
        "request.not_found": (404, _("There is nothing at this address.")),
        "request.method_not_allowed": (405, _("This method is not allowed here.")),
        "request.internal_error": (500, _("Something went wrong on our side.")),
        "entity.not_found": (404, _("The resource does not exist.")),
        "entity.not_exists": (404, _("The resource does not exist.")),
        "entity.not_exists_with_id": (404, _("No resource exists with this id.")),
        "entity.invalid_input": (422, _("The input changes nothing or is invalid.")),
        "entity.value_too_long": (422, _("A value is too long.")),
        "entity.create_failed": (422, _("The resource could not be created.")),
        "entity.db_constraint_violated": (422, _("The input violates a constraint.")),
        "entity.relation_foreign_key_not_found": (404, _("A referenced resource does not exist.")),
        "entity.unique_integrity_violation": (422, _("The resource exists already.")),
    }
)
