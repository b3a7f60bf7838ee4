"""A bound on the whole of an exchange: a peer that sends a byte now and then keeps within every phase's time-out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Timer


@contextmanager
def cut_off_after(seconds: float, cut: Callable[[], object]) -> Iterator[Event]:
    """Call `cut`, on another thread, once the block takes longer; the event tells that this happened."""
    is_late = Event()

    def give_up() -> None:
        is_late.set()
        cut()

    timer = Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield is_late
    finally:
        timer.cancel()
