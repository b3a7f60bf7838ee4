"""Where a journey stands with second factors: whose it is, what they have, and what they are to do next."""

from collections.abc import Callable
from functools import wraps
from typing import NamedTuple

from django.http import HttpResponse

from common.errors import AppError
from experience.models import Interaction
from experience.pages.first_pages import restart
from experience.pages.outcomes import page_after
from experience.pages.page import Page, View, hosted_page
from experience.second_factors.rules import Situation
from experience.services.mfa import assert_may_stage, assert_set_up, read_situation
from experience.services.second_factors import find_identified_user
from identity.models import User

Event = Interaction.Event


class Stage(NamedTuple):
    """A journey whose user is known. `due` is what the submission would ask of them about factors, if anything."""

    interaction: Interaction
    user: User
    situation: Situation
    due: AppError | None = None

    @property
    def usable(self) -> list[str]:
        """The factors to verify with, the one to offer first at the beginning."""
        return self.situation.usable_factors

    @property
    def masked(self) -> dict[str, str]:
        """Where codes go, so that the owner alone recognizes it."""
        return self.situation.holdings.masked_identifiers(self.usable)

    @property
    def addable(self) -> list[str]:
        """The factors to set up, in the order in which they are listed; backup codes follow by themselves."""
        return [name for name in self.situation.main_factors if name not in self.situation.owned]

    @property
    def is_suggestion(self) -> bool:
        """Whether the user has a factor and another one is suggested."""
        return self.due is not None and self.due.code == "session.mfa.suggest_additional_mfa"

    @property
    def is_skippable(self) -> bool:
        """Whether the user may go on without."""
        return self.is_suggestion or self.situation.is_skippable


def verification_page(view: Callable[..., HttpResponse]) -> View:
    """Make a view `(page, stage, …)` of a page that verifies with a factor: only for who has one."""

    @hosted_page()
    @wraps(view)
    def handle(page: Page, **captured: str) -> HttpResponse:
        interaction, user = page.interaction, _find_user(page)
        if interaction is None or user is None or interaction.event != Event.SIGN_IN:
            return restart(page)
        stage = Stage(interaction, user, read_situation(interaction, user))
        return view(page, stage, **captured) if stage.usable else restart(page, notice="unavailable")

    return handle


def setup_page(*codes: str) -> Callable[[Callable[..., HttpResponse]], View]:
    """Make a view `(page, stage, …)` of a page that answers these prompts.

    Whoever has another thing to do first is led there: to the second factor of an account that has one, or to the
    prompt that comes before.
    """

    def decorate(view: Callable[..., HttpResponse]) -> View:
        @hosted_page()
        @wraps(view)
        def handle(page: Page, **captured: str) -> HttpResponse:
            interaction, user = page.interaction, _find_user(page)
            if interaction is None or user is None or interaction.event == Event.FORGOT_PASSWORD:
                return restart(page)
            try:
                situation = assert_may_stage(interaction, user)
                due = _find_due(situation)
            except AppError as error:
                due = error
            if due is None or due.code not in codes:
                return (page_after(page, due) if due else None) or restart(page)
            return view(page, Stage(interaction, user, situation, due), **captured)

        return handle

    return decorate


def _find_user(page: Page) -> User | None:
    return find_identified_user(page.interaction) if page.interaction else None


def _find_due(situation: Situation) -> AppError | None:
    try:
        assert_set_up(situation)
    except AppError as error:
        return error
    return None
