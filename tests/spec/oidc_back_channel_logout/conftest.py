"""The people of `tests.oidc.authorization.fixtures`, and an application that listens."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from applications.models import Application
from tests.oidc.authorization.fixtures import *  # noqa: F403
from tests.oidc.authorization.fixtures import MakeApplication
from tests.spec.oidc_back_channel_logout.receiver import *  # noqa: F403
from tests.spec.oidc_back_channel_logout.receiver import Receiver


@pytest.fixture
def listener(make_application: MakeApplication, receiver: Receiver) -> Application:
    """An application that wants to know which session ended."""
    return make_application(oidc={"backchannelLogoutUri": receiver.uri, "backchannelLogoutSessionRequired": True})


@pytest.fixture
def committed(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Callable[[], AbstractContextManager[Any]]:
    """Let what a block does take effect as at a commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)
