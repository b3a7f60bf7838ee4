"""The picture that somebody uploads while signing up."""

from common.actors import ANONYMOUS
from common.errors import AppError
from common.networks import network_of
from common.request_context import request_origin
from experience.models import Interaction
from tenants.files.models import StoredFile
from tenants.files.services import store_file
from tenants.rate_limits import TooManyRequestsError, find_wait


def throttle_avatars(interaction: Interaction) -> None:
    """Count an upload, before its content is looked at, against the caller's network and the tenant.

    Raises `session.invalid_interaction_type` outside of a registration, and `request.rate_limited`.
    """
    if interaction.event != Interaction.Event.REGISTER:
        raise AppError("session.invalid_interaction_type")
    network = network_of(request_origin().ip)
    wait = find_wait("UPLOAD_LIMIT_PER_ADDRESS", network) or find_wait("UPLOAD_LIMIT_PER_TENANT")
    if wait:
        raise TooManyRequestsError(wait)


def store_avatar(content: bytes) -> StoredFile:
    """Store a picture, whose address the profile may then name; raises as `store_file`.

    It is deleted after a day unless a user has it by then.
    """
    return store_file(content, kind=StoredFile.Kind.AVATAR, actor=ANONYMOUS)
