"""API resources are registered, changed, made the default and removed."""

from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from access.models import Resource, TokenHeaderType
from access.policies import assert_resource_deletable, assert_resource_mutable
from common.actors import Actor
from common.constraints import constraint_errors
from common.errors import AppError, invalid_value
from events.history import changed, record

DEFAULT_ACCESS_TOKEN_TTL = 3600
MAX_ACCESS_TOKEN_TTL = 2_147_483_647

# Names an audience of its own in the protocol; no API can have it.
RESERVED_INDICATORS = frozenset({"urn:logto:resource:organizations"})


def _validate_indicator(indicator: str) -> None:
    """An absolute URI without a fragment (RFC 8707 section 2)."""
    try:
        parts = urlsplit(indicator)
    except ValueError:
        parts = urlsplit("")
    is_absolute = bool(parts.scheme and (parts.netloc or parts.path))
    if not is_absolute or "#" in indicator or any(sign.isspace() or ord(sign) < 32 for sign in indicator):
        raise invalid_value("indicator", _("An API identifier is an absolute URI without a fragment."))
    if indicator in RESERVED_INDICATORS:
        raise AppError("resource.resource_identifier_in_use")


def _validate_ttl(seconds: int) -> None:
    if not 1 <= seconds <= MAX_ACCESS_TOKEN_TTL:
        raise invalid_value("accessTokenTtl", _("A lifetime is a positive number of seconds."))


def _validate_header_type(value: str) -> None:
    if value not in TokenHeaderType.values:
        raise invalid_value("accessTokenHeaderType", _("The type of an access token is at+jwt or JWT."))


@transaction.atomic
def create_resource(
    *,
    name: str,
    indicator: str,
    access_token_ttl: int = DEFAULT_ACCESS_TOKEN_TTL,
    access_token_header_type: str = TokenHeaderType.AT_JWT,
    actor: Actor,
) -> Resource:
    """Register an API. Raises `resource.resource_identifier_in_use` and `guard.invalid_input`."""
    _validate_indicator(indicator)
    _validate_ttl(access_token_ttl)
    _validate_header_type(access_token_header_type)
    with constraint_errors(resource_indicator="resource.resource_identifier_in_use"):
        resource = Resource.objects.create(
            name=name,
            indicator=indicator,
            access_token_ttl=access_token_ttl,
            access_token_header_type=access_token_header_type,
        )
    after = {"name": name, "indicator": indicator, "access_token_header_type": access_token_header_type}
    record("Resource.Created", actor=actor, subject=resource, after=after)
    return resource


@transaction.atomic
def update_resource(
    resource: Resource,
    *,
    name: str | None = None,
    access_token_ttl: int | None = None,
    access_token_header_type: str | None = None,
    actor: Actor,
) -> Resource:
    """Change an API's name, or the lifetime or type of its tokens; `None` leaves it. The identifier never changes.

    Raises `resource.cannot_modify_management_api` and, if nothing is given, `entity.invalid_input`.
    """
    assert_resource_mutable(resource)
    given = {
        "name": name,
        "access_token_ttl": access_token_ttl,
        "access_token_header_type": access_token_header_type,
    }
    changes = {field: value for field, value in given.items() if value is not None}
    if not changes:
        raise AppError("entity.invalid_input")
    if access_token_ttl is not None:
        _validate_ttl(access_token_ttl)
    if access_token_header_type is not None:
        _validate_header_type(access_token_header_type)
    before, after = changed(resource, changes)
    for field, value in changes.items():
        setattr(resource, field, value)
    resource.save(update_fields=list(changes))
    record("Resource.Data.Updated", actor=actor, subject=resource, before=before, after=after)
    return resource


@transaction.atomic
def set_default_resource(resource: Resource, *, is_default: bool, actor: Actor) -> Resource:
    """Make an API the tenant's only default, or take that from it."""
    if is_default:
        # Locked in one order, so that two administrators take turns.
        list(Resource.objects.filter(is_default=True).select_for_update().order_by("id"))
        Resource.objects.filter(is_default=True).exclude(id=resource.id).update(is_default=False)
    before, after = changed(resource, {"is_default": is_default})
    resource.is_default = is_default
    with constraint_errors(resource_one_default="entity.unique_integrity_violation"):
        resource.save(update_fields=["is_default"])
    record("Resource.Data.Updated", actor=actor, subject=resource, before=before, after=after)
    return resource


@transaction.atomic
def delete_resource(resource: Resource, *, actor: Actor) -> None:
    """Remove an API with its permissions, from every role. Raises `resource.cannot_delete_management_api`."""
    assert_resource_deletable(resource)
    record("Resource.Deleted", actor=actor, subject=resource)
    resource.delete()
