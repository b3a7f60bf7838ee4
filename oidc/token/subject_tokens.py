"""Subject tokens come into being here and are used up here; `oidc.token.token_exchange` says when."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from common.actors import Actor
from common.clock import now
from common.constraints import constraint_errors
from common.crypto import sha256_hex
from common.ids import new_id
from events.history import record
from identity.selectors import get_user
from oidc.models import SubjectToken

LIFETIME = timedelta(seconds=600)
VALUE_PREFIX = "sub_"


def create_subject_token(*, user_id: str, context: Mapping[str, Any] | None = None, actor: Actor) -> str:
    """Return a token that stands for a user at the token endpoint, once, within `LIFETIME`.

    Raises `entity.not_found` for an unknown user.
    """
    user = get_user(user_id)
    value = VALUE_PREFIX + new_id()
    # The outermost block: the reference to the user is checked when it commits.
    with constraint_errors(oidc_subjecttoken_user_id_in_tenant="entity.not_found"):
        SubjectToken.objects.create(
            user=user,
            value_sha256=sha256_hex(value),
            context=dict(context or {}),
            creator_id=actor.id,
            expires_at=now() + LIFETIME,
        )
        record("SubjectToken.Created", actor=actor, subject=user)
    return value


def find_usable_subject_token(value: str, *, moment: datetime) -> SubjectToken | None:
    """Return the subject token with this value, if it was not used and has not expired. One statement."""
    unused = SubjectToken.objects.filter(value_sha256=sha256_hex(value), consumed_at=None, expires_at__gt=moment)
    return unused.first()


def consume_subject_token(token_id: str, *, moment: datetime) -> bool:
    """Mark a subject token as used; false where somebody was first. One statement."""
    return SubjectToken.objects.filter(id=token_id, consumed_at=None).update(consumed_at=moment) == 1
