"""The application, browsers and mailbox of `tests.experience`."""

from tests.experience.conftest import *
from tests.experience.pages.conftest import *
from tests.experience.providers.conftest import *
from tests.experience.second_factors.conftest import *
