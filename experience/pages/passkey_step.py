"""The step of a page that asks the browser for a passkey, or to make one."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponse

from common.errors import AppError
from experience.pages.forms import PasskeyForm
from experience.pages.outcomes import page_after
from experience.pages.page import Page
from experience.pages.step import Action, Link, render_step
from experience.services.second_factors import Challenge


def render_passkey(
    page: Page,
    *,
    title: str,
    form: Any,
    submit: str,
    lead: str,
    challenge: Callable[[], Challenge],
    creates: bool = False,
    starts_itself: bool = False,
    links: Sequence[Link] = (),
    actions: Sequence[Action] = (),
) -> HttpResponse:
    """Draw the step with a new challenge; what has just been answered was good once.

    `starts_itself`: the browser is asked at once, as long as nothing has gone wrong. Without scripts the page says so
    and has no button.
    """
    asked: Challenge | None = None
    try:
        asked = challenge()
    except AppError as error:
        if response := page_after(page, error):
            return response
        if not form.is_bound:
            form = PasskeyForm.empty()
        form.add_app_error(error, field=None)
    return render_step(
        page,
        title=title,
        form=form,
        submit=submit,
        lead=lead,
        links=links,
        actions=actions,
        template="passkey",
        ceremony="create" if creates else "get",
        verification_id=asked.verification_id if asked else "",
        options=json.dumps(asked.options) if asked else "",
        starts_itself=starts_itself and not page.is_post,
    )
