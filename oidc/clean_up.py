"""Deleting what has expired, in batches, so that no transaction grows with the backlog."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from applications.registration import client_registration
from common.clock import now
from oidc.models import (
    AccessToken,
    AuthorizationCode,
    AuthorizationRequest,
    DeviceGrant,
    Grant,
    PushedAuthorizationRequest,
    RefreshToken,
    Session,
    SubjectToken,
    UsedProof,
)

_BATCH = 1000
# A code or token that is replayed some time later still revokes what came of it.
_KEPT = timedelta(days=1)
# A session names the grant of each of its applications, good or not, until it ends and they are told.
_OUT_OF_USE = Q(session_authorizations=None)

_EXPIRED: tuple[tuple[Any, Callable[[datetime], Q]], ...] = (
    (AuthorizationRequest, lambda moment: Q(expires_at__lt=moment)),
    (PushedAuthorizationRequest, lambda moment: Q(expires_at__lt=moment)),
    (UsedProof, lambda moment: Q(expires_at__lt=moment)),
    (AuthorizationCode, lambda moment: Q(expires__lt=moment - _KEPT)),
    (AccessToken, lambda moment: Q(expires__lt=moment)),
    (RefreshToken, lambda moment: Q(expires__lt=moment)),
    (Session, lambda moment: Q(expires_at__lt=moment)),
    (Grant, lambda moment: _OUT_OF_USE & (Q(expires_at__lt=moment) | Q(revoked_at__lt=moment - _KEPT))),
    (SubjectToken, lambda moment: Q(expires_at__lt=moment - _KEPT)),
    (DeviceGrant, lambda moment: Q(expires__lt=moment, consumed_at=None) | Q(expires__lt=moment - _KEPT)),
)


def delete_expired() -> int:
    """Delete the current tenant's expired requests, codes, tokens, sessions and grants; returns how many."""
    moment, count = now(), 0
    for model, condition in _EXPIRED:
        while ids := list(model.objects.filter(condition(moment)).values_list("id", flat=True)[:_BATCH]):
            model.objects.filter(id__in=ids).delete()
            count += len(ids)
    return count


def delete_unused_clients() -> int:
    """Delete clients that registered themselves long ago and that no user has granted access; returns how many."""
    in_use = Grant.objects.filter(revoked_at=None, expires_at__gt=now()).values("application_id")
    return client_registration.delete_unused_clients(in_use=in_use)
