"""Entries of the audit log, as they are declared."""

from typing import Annotated, TypedDict

from common.rest.operations import Told, With
from management_api.answers import JsonObject
from management_api.logs.serializers import LOG

_PAYLOAD = (
    "`key`, `result` (`Success` or `Error`), `error`, `ip`, `userAgent`, `userId`, `applicationId` and what else the"
    " event tells. `userAgentParsed` is read from `userAgent`: `{ua, browser?: {name, version?, major?, type?},"
    " os?: {name, version?}, device?: {model?, vendor?}}`."
)


class AuditLog(TypedDict):
    """An entry."""

    payload: Annotated[JsonObject, Told(_PAYLOAD)]


ENTRY = With(LOG, AuditLog)
