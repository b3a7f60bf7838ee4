"""The people and applications of `tests.oidc.authorization.fixtures`, and who asks for strong sign-ins."""

import pytest

from applications.models import Application
from tests.oidc.authorization.browsing import WEB_REDIRECT, Browser
from tests.oidc.authorization.fixtures import *
from tests.oidc.authorization.fixtures import MakeApplication
from tests.spec.rfc9470_step_up.sign_ins import Walker


@pytest.fixture
def walker(browser: Browser, make_application: MakeApplication) -> Walker:
    """An application that is told how its users signed in."""
    told = make_application("Traditional", authenticationClaims=True, redirect_uris=(WEB_REDIRECT,))
    return Walker(browser, told)


@pytest.fixture
def untold(browser: Browser, web: Application) -> Walker:
    """An application that is not."""
    return Walker(browser, web)
