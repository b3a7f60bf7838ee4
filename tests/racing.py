"""Calls that run at the same moment: threads on PostgreSQL, each with a connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from common.errors import AppError
from tenants.context import enter_tenant


def race(calls: Sequence[Callable[[], Any]], *, tenant_id: str = "default") -> list[Any]:
    """Run the calls in threads that start together, each as the tenant; return what each returned, or its error's code.

    Anything but an `AppError` is raised here. The test is one of `django_db(transaction=True)`.
    """
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            with enter_tenant(tenant_id):
                connection.ensure_connection()
                barrier.wait()
                return call()
        except AppError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
