"""Whether what is due gets done: a task of the schedule leaves a mark, and readiness looks at its age.

The mark comes the whole way: from beat, with Redis through the broker and a worker, to the database.
"""

from common.clock import now
from common.models import Heartbeat

# Several times the interval in `CELERY_BEAT_SCHEDULE`.
SILENT_AFTER = 180.0

_NAME = "scheduler"


def record_heartbeat() -> None:
    """Leave the mark."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=_NAME, beat_at=now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beat_at"],
    )


def find_silence() -> float | None:
    """Return the seconds since the last mark; `None` if there never was one."""
    moment = Heartbeat.objects.filter(name=_NAME).values_list("beat_at", flat=True).first()
    return None if moment is None else max(0.0, (now() - moment).total_seconds())
