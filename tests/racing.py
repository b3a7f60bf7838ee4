"""Calls that run at the same moment: threads on PostgreSQL, each with a connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from threading import Barrier
from typing import Any

from django.db import connection

from common.errors import AppError
from tenants.context import enter_tenant


def race(calls: Sequence[Callable[[], Any]], *, tenant_id: str | None = "default") -> list[Any]:
    """Run the calls in threads that start together; return what each returned, or its error's code.

    Each runs as the tenant; with `None` it enters one itself, as a request does. Anything but an `AppError` is raised
    here. The test is one of `django_db(transaction=True)`.
    """
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            with nullcontext() if tenant_id is None else enter_tenant(tenant_id):
                connection.ensure_connection()
                barrier.wait()
                return call()
        except AppError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def outcome(call: Callable[[], Any]) -> str:
    """The code a call fails with, or `ok`."""
    try:
        call()
    except AppError as error:
        return error.code
    return "ok"


def race_outcomes(calls: Sequence[Callable[[], Any]]) -> list[str]:
    """How each of the calls ends that start together: `ok`, or its error's code."""
    return race([partial(outcome, call) for call in calls])
