"""Threads of its own for each queue of a worker, so that none waits for what another one waits for.

A lane is a queue with so many threads. Its messages come over a channel of its own, which is read while one of them is
free: whatever other lanes do, the next message of this one begins at once. Celery itself has one pool of threads, and
one allowance of messages, for all queues; a few slow tasks use both up.

A task that waits for its time (a retry) takes no place until then; those that are due together wait for each other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from celery import bootsteps
from celery.concurrency.base import apply_target
from celery.concurrency.thread import ApplyResult, TaskPool  # type: ignore[attr-defined]  # the stubs lack it
from celery.worker.consumer.tasks import Tasks
from django.conf import settings
from kombu import Consumer
from kombu.common import ignore_errors


class Lane:
    """One queue's threads, and how many of its tasks have one or wait for one."""

    def __init__(self, name: str, threads: int) -> None:
        self._executor = ThreadPoolExecutor(max_workers=threads, thread_name_prefix=name)
        self._threads = threads
        self._count = 0
        self._lock = threading.Lock()

    @property
    def has_room(self) -> bool:
        """Whether a task that came now would begin at once."""
        return self._count < self._threads

    def submit(self, work: Callable[..., Any], *arguments: Any, then: Callable[[], None]) -> Future[Any]:
        """Run in a thread of this lane, and say so when it is free again."""
        with self._lock:
            self._count += 1

        def leave(_done: Future[Any]) -> None:
            with self._lock:
                self._count -= 1
            then()

        future = self._executor.submit(work, *arguments)
        future.add_done_callback(leave)
        return future

    def close(self) -> None:
        """Let what runs end, and begin nothing more."""
        self._executor.shutdown(cancel_futures=True)


class LanePool(TaskPool):
    """`CELERY_WORKER_POOL`: a lane for each queue of `WORKER_LANES`; other queues share the default one's."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.lanes: Mapping[str, Lane] = {name: Lane(name, threads) for name, threads in settings.WORKER_LANES.items()}
        #: Called when a thread is free again. Set anew with every connection to the broker.
        self.wake: Callable[[], None] = _do_nothing

    def on_apply(
        self,
        target: Callable[..., Any],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
        callback: Callable[..., Any] | None = None,
        accept_callback: Callable[..., Any] | None = None,
        **_: Any,
    ) -> ApplyResult:
        """Run a task that has been received: `args` are what Celery traces, the request the third of them."""
        queue = args[2]["delivery_info"]["routing_key"] if args else ""
        lane = self.lanes.get(queue) or self.lanes[self.app.conf.task_default_queue]
        work = (target, args, kwargs, callback, accept_callback)
        return ApplyResult(lane.submit(apply_target, *work, then=self._wake))

    def _wake(self) -> None:
        self.wake()

    def on_stop(self) -> None:
        for lane in self.lanes.values():
            lane.close()
        super().on_stop()


class LaneConsumers(bootsteps.StartStopStep):
    """Consume each lane's queue over a channel of its own, as long as the lane has room."""

    requires = (Tasks,)

    def __init__(self, consumer: Any, **options: Any) -> None:
        self._consumers: list[Consumer] = []
        super().__init__(consumer, **options)

    def start(self, consumer: Any) -> None:
        """Take the lanes' queues from Celery's own consumer, before it begins."""
        self._consumers = []
        pool = consumer.pool
        # The loop looks at its channels when it is woken, and otherwise once a second.
        pool.wake = lambda: consumer.call_soon(_do_nothing)
        on_message = consumer.create_task_handler()
        for name, queue in dict(consumer.app.amqp.queues.consume_from).items():
            if (lane := pool.lanes.get(name)) is None:
                continue
            consumer.task_consumer.cancel_by_queue(name)
            channel = consumer.connection.channel()
            channel.qos.can_consume = lambda lane=lane: lane.has_room
            own = consumer.app.amqp.TaskConsumer(channel, queues=[queue], on_decode_error=consumer.on_decode_error)
            own.on_message = on_message
            own.consume()
            self._consumers.append(own)

    def stop(self, consumer: Any) -> None:
        """Take nothing more; what runs goes on."""
        for own in self._consumers:
            ignore_errors(consumer, own.cancel)

    def shutdown(self, consumer: Any) -> None:
        """Give back what was received and not begun."""
        self.stop(consumer)
        for own in self._consumers:
            ignore_errors(consumer, own.channel.close)  # type: ignore[union-attr]  # it has one
        self._consumers = []


def _do_nothing() -> None: ...
