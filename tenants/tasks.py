"""Periodic work of this room."""

from celery import shared_task

from tenants import counts


@shared_task
def fold_counts() -> None:
    """Add up the changes of the kept row counts, of every tenant."""
    counts.fold_counts()
