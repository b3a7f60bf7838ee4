"""Types of members that answers of several areas have; an area's own rows are in its `answers.py`."""

from typing import Annotated, Any, TypedDict

from common.rest.operations import Told

Milliseconds = Annotated[int, Told("Milliseconds since 1970.", format="int64")]
Seconds = Annotated[int, Told("Seconds since 1970.", format="int64")]
JsonObject = dict[str, Any]


class Reference(TypedDict):
    """Something by its id, and what it is called."""

    id: str
    name: str


class FeaturedUser(TypedDict):
    """One of a few users who stand for all of them."""

    id: str
    avatar: str | None
    name: str | None


class RolesHeld(TypedDict):
    """The roles that a user or an application holds in an organization."""

    organizationRoles: list[Reference]


class RoleIdsAnswer(TypedDict):
    """The roles that were named."""

    roleIds: list[str]


class AddedRoleIds(RoleIdsAnswer):
    """The roles that were named, and those of them that were not held before."""

    addedRoleIds: list[str]


class Sha256Fingerprint(TypedDict):
    """A fingerprint with and without colons."""

    formatted: str
    unformatted: str


class Fingerprints(TypedDict):
    """The fingerprints of a certificate."""

    sha256: Sha256Fingerprint


class Certificate(TypedDict):
    """A certificate whose private key never leaves."""

    id: str
    certificate: str
    createdAt: Milliseconds
    expiresAt: Milliseconds
    active: bool
    fingerprints: Fingerprints


class UploadedFile(TypedDict):
    """Where an uploaded file is."""

    url: str
