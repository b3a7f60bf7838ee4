"""The cookies of trusted devices of the request under way, for the services that a step calls."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest

from experience.trusted_devices import DeviceCookie

_device: ContextVar[DeviceCookie | None] = ContextVar("current_device", default=None)


@contextmanager
def device_of(request: HttpRequest) -> Iterator[DeviceCookie]:
    """Make the request's cookies known to the block; whoever answers writes what it has left to the response."""
    cookie = DeviceCookie(request)
    token = _device.set(cookie)
    try:
        yield cookie
    finally:
        _device.reset(token)


def current_device() -> DeviceCookie | None:
    """Return the cookies of the request under way, `None` outside of one."""
    return _device.get()
