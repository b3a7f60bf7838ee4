"""Keeping the answer to a request with an `Idempotency-Key`: whoever asks again gets it and changes nothing.

The request runs in one transaction, in which its answer is written too. After a crash there are both or neither, and
who asks again is told what has happened, or makes it happen. A lock of that transaction tells a request that is still
under way; it ends with its connection, so that no key stays locked.

What a service writes in a transaction that must not be part of another one (a guess at a code) cannot share it. Such a
view has `keeps_answer_apart`: its answer is written after its changes. It uses a thing up by itself, so that a crash
between the two costs the answer and nothing else.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse, HttpResponseBase
from rest_framework.response import Response

from common.clock import now
from common.crypto import seal, unseal
from common.errors import AppError
from common.rest.renderers import to_json
from management_api.idempotency.keys import RequestIdentity
from management_api.models import KeptAnswer
from tenants.context import current_tenant_id
from tenants.database.conflicts import is_conflict, run_again_on_conflict
from tenants.rate_limits import TooManyRequestsError, find_wait

KEPT_FOR = timedelta(hours=24)
# A larger answer is not kept: whoever asks again is told so.
MAX_BODY_BYTES = 65_536
_HEADERS = ("Content-Type", "Location")
# What another attempt may be answered otherwise, and should be tried for.
_PASSING = frozenset({408, 425, 429})

Work = Callable[[], HttpResponseBase]
Render = Callable[[Exception], HttpResponseBase]


def answer_once(identity: RequestIdentity, work: Work, render: Render, *, apart: bool) -> HttpResponseBase:
    """Return the kept answer of a request, or do the work and keep its answer.

    `render` makes an answer of what the work raises. Raises `request.idempotency_key_reused` (422) for another request
    under the same key, `request.idempotency_key_in_use` (409) while the first one is under way,
    `request.idempotent_answer_too_large` (409), and `TooManyRequestsError`. Besides the work's: 3 statements.
    """
    if apart:
        return _find(identity) or _keep(identity, _run(work, render))

    @transaction.atomic
    def answer() -> HttpResponseBase:
        _lock(identity)
        return _find(identity) or _keep(identity, _run(work, render))

    try:
        return run_again_on_conflict(answer)
    except DatabaseError as error:
        # What a deferred constraint refuses at the commit.
        return render(error)


def delete_old_answers() -> None:
    """Delete the current tenant's answers that are not given any more."""
    KeptAnswer.objects.filter(created_at__lt=now() - KEPT_FOR).delete()


def _lock(identity: RequestIdentity) -> None:
    name = f"idempotency/{current_tenant_id()}/{identity.key_digest}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        row = cursor.fetchone()
    if row is None or not row[0]:
        raise AppError("request.idempotency_key_in_use")


def _find(identity: RequestIdentity) -> HttpResponse | None:
    """Return the kept answer, `None` if there is none."""
    kept = KeptAnswer.objects.filter(key_digest=identity.key_digest, created_at__gte=now() - KEPT_FOR).first()
    if kept is None:
        if wait := find_wait("IDEMPOTENCY_LIMIT_PER_TENANT"):
            raise TooManyRequestsError(wait)
        return None
    if kept.request_digest not in identity.request_digests:
        raise AppError("request.idempotency_key_reused")
    if kept.sealed_body is None:
        raise AppError("request.idempotent_answer_too_large")
    body = unseal(kept.sealed_body, context=_context(identity))
    return HttpResponse(body, status=kept.status, headers={**kept.headers, "Idempotent-Replayed": "true"})


def _run(work: Work, render: Render) -> HttpResponseBase:
    """Do the work. A refusal is answered as without a key; what fails, or breaks the transaction, is undone."""
    try:
        return work()
    except AppError as error:
        return render(error)
    except Exception as error:
        if connection.in_atomic_block and is_conflict(error):
            raise
        answer = render(error)
        if connection.in_atomic_block and (isinstance(error, DatabaseError) or answer.status_code >= 500):
            transaction.set_rollback(True)
        return answer


def _keep(identity: RequestIdentity, answer: HttpResponseBase) -> HttpResponseBase:
    """Write the answer and return it. A failure of the server is not kept, nor what was undone with its transaction."""
    is_undone = connection.in_atomic_block and transaction.get_rollback()
    if is_undone or answer.streaming or answer.status_code >= 500 or answer.status_code in _PASSING:
        return answer
    body = _body_of(answer)
    is_small = len(body) <= MAX_BODY_BYTES
    kept = KeptAnswer(
        key_digest=identity.key_digest,
        request_digest=identity.request_digests[0],
        status=answer.status_code,
        headers={name: answer.headers[name] for name in _HEADERS if name in answer.headers},
        sealed_body=seal(body.decode(), context=_context(identity)) if is_small else None,
        created_at=now(),
    )
    columns = ["request_digest", "status", "headers", "sealed_body", "created_at"]
    # An answer of yesterday gives way.
    KeptAnswer.objects.bulk_create(
        [kept], update_conflicts=True, unique_fields=["tenant", "key_digest"], update_fields=columns
    )
    return answer


def _body_of(answer: Any) -> bytes:
    if not isinstance(answer, Response):
        return bytes(answer.content)
    answer.headers["Content-Type"] = "application/json"
    return to_json(answer.data)


def _context(identity: RequestIdentity) -> str:
    return f"management_api.KeptAnswer.body:{current_tenant_id()}:{identity.key_digest}"
