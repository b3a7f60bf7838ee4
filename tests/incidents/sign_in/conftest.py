"""The application, browsers and mailbox of `tests.experience`."""

from tests.experience.conftest import *  # noqa: F403
from tests.experience.pages.conftest import *  # noqa: F403
