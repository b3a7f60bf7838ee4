"""The people of `tests.oidc.authorization.people`, and an application that listens."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from applications.models import Application
from tests.oidc.authorization.people import (  # noqa: F401
    MakeApplication,
    alice,
    bob,
    browser,
    make_application,
    mallory,
    spa,
    web,
)
from tests.spec.oidc_back_channel_logout.receiver import Receiver, listening


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as found:
        yield found


@pytest.fixture
def listener(make_application: MakeApplication, receiver: Receiver) -> Application:  # noqa: F811
    """An application that wants to know which session ended."""
    return make_application(oidc={"backchannelLogoutUri": receiver.uri, "backchannelLogoutSessionRequired": True})


@pytest.fixture
def committed(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Callable[[], AbstractContextManager[Any]]:
    """Let what a block does take effect as at a commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)
