"""A setting has one definition: what the console refuses, the Management API refuses, and the other way round.

The console once stored a code lifetime of one second, while the API's minimum was sixty: each had bounds of its own.
"""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from common.shapes import Flag, Integer
from console.admin.setting_paths import values_at
from console.admin.sign_in_bindings import PATHS as SIGN_IN_PATHS
from console.admin.sign_in_bindings import to_form
from console.security.forms import BLOCKLIST_PATHS, GENERAL_PATHS, PASSWORD_PATHS, RESTRICTION_PATHS
from experience.models import SignInExperience
from experience.services.settings import get_sign_in_experience
from experience.settings_shape import SIGN_IN_EXPERIENCE
from tenants.context import enter_tenant
from tests.edges import edges
from tests.management_api.conftest import api_client, make_backend

JSON = "application/json"
# The tabs of the page about security, with what stands on each.
SECURITY_PAGES = {
    "": PASSWORD_PATHS,
    "blocklist/": BLOCKLIST_PATHS,
    "restrictions/": RESTRICTION_PATHS,
    "general/": GENERAL_PATHS,
}
PATHS = {**SIGN_IN_PATHS, **PASSWORD_PATHS, **BLOCKLIST_PATHS, **RESTRICTION_PATHS, **GENERAL_PATHS}
# A value inside of its own bounds that other settings do not allow is for the rules, which have tests of their own.
COMPANIONS = {
    "username_min": {"username_max": 128},
    "password_min": {"password_max": 2_147_483_647},
    "password_max": {"password_min": 1},
}


CASES: list[tuple[str, Any, bool]] = [
    (field, value, good)
    for field, path in PATHS.items()
    for value, good in edges(SIGN_IN_EXPERIENCE.at(path))
    # The days of an expiration have a lower bound with a code of its own.
    if not (field == "password_days" and isinstance(value, int) and value < 1)
    and field not in ("fallback_language", "support_email_")
]


@pytest.fixture(autouse=True)
def _inside_default(installation: dict[str, Any]) -> Iterator[None]:
    with enter_tenant("default"):
        yield


def stored() -> dict[str, Any]:
    """The settings without what the form shows in another way."""
    return copy.deepcopy(dict(get_sign_in_experience().wire))


def with_value(field: str, value: Any) -> dict[str, Any]:
    """The member of the settings that a form field is about, whole, with a value in it."""
    full = SIGN_IN_EXPERIENCE.fill(stored())
    for name, given in {**COMPANIONS.get(field, {}), field: value}.items():
        *parents, last = PATHS[name]
        target = full
        for parent in parents:
            target = target[parent]
        target[last] = given
    return {PATHS[field][0]: full[PATHS[field][0]]}


def by_api(field: str, value: Any) -> bool:
    """Whether the Management API takes the value."""
    answer = api_client(make_backend()).patch("/api/sign-in-exp", with_value(field, value), content_type=JSON)
    assert answer.status_code in (200, 400), answer.content
    if answer.status_code == 400:
        place = ".".join(PATHS[field])
        assert answer.json()["code"] == "guard.invalid_input"
        assert [row["path"] for row in answer.json()["data"]["issues"]] == [place]
    return bool(answer.status_code == 200)


def shown(field: str) -> Any:
    """The stored value, as the console shows it."""
    if field in SIGN_IN_PATHS:
        return to_form(stored())[field]
    return values_at(SIGN_IN_EXPERIENCE.fill(stored()), PATHS)[field]


def by_console(console: Client, field: str, value: Any) -> bool:
    """Whether the console takes the value; a refusal is shown at its field."""
    if field in SIGN_IN_PATHS:
        path, key = f"/console/default/experience/signinexperience/{SignInExperience.objects.get().pk}/change/", None
    else:
        tab = next(tab for tab, paths in SECURITY_PAGES.items() if field in paths)
        path, key = f"/console/default/security/{tab}", "form"

    def form_of(answer: Any) -> Any:
        return answer.context[key] if key else answer.context["adminform"].form

    form = form_of(console.get(path))
    given = {**{name: form[name].value() for name in form.fields}, **COMPANIONS.get(field, {}), field: value}
    sent = {name: value for name, value in given.items() if value is not None and value is not False}
    answer = console.post(path, sent)
    if answer.status_code == 200:
        assert form_of(answer).errors.keys() == {field}
    return bool(answer.status_code == 302)


def put_back(row: dict[str, Any]) -> None:
    """Undo what the first door stored."""
    SignInExperience.objects.update(**{name: value for name, value in row.items() if name not in ("id", "tenant_id")})


@pytest.mark.parametrize(
    ("field", "value", "good"), CASES, ids=[f"{field}-{str(value)[:24]}" for field, value, _ in CASES]
)
def test_both_doors_give_the_same_answer(console: Client, field: str, value: Any, good: bool) -> None:
    before, rows = stored(), dict(SignInExperience.objects.values().get())
    assert by_api(field, value) is good
    if good:
        assert shown(field) == value
    else:
        assert stored() == before
    put_back(rows)
    assert by_console(console, field, value) is good
    if good:
        assert shown(field) == value
    else:
        assert stored() == before


def test_every_bounded_setting_is_walked() -> None:
    """A setting that gets a bound gets its cases; one that the console lacks is checked by the service all the same.

    Days of trust are on the page of second factors, whose tests walk them.
    """
    bounded = {path for path, shape in SIGN_IN_EXPERIENCE.leaves() if isinstance(shape, Integer)}
    assert bounded - {".".join(path) for path in PATHS.values()} == {
        "customUiAssets.createdAt",
        "trustedDevice.durationDays",
    }
    assert len(CASES) > 60
    assert not any(isinstance(SIGN_IN_EXPERIENCE.at(PATHS[field]), Flag) for field, _, _ in CASES)


LOCKED_OUT = {"identifiers": ["email"], "password": True, "verify": True}
USERNAME_ONLY = [{"identifier": "username", "password": True, "verificationCode": False, "isPasswordPrimary": True}]


def test_sign_up_that_locks_out_is_refused_at_both_doors(console: Client) -> None:
    """Sign-up by email address while sign-in takes usernames alone could be stored: nobody came in a second time."""
    before = stored()
    change = {"signUp": LOCKED_OUT, "signIn": {"methods": USERNAME_ONLY}}
    answer = api_client(make_backend()).patch("/api/sign-in-exp", change, content_type=JSON)
    code = "sign_in_experiences.miss_sign_up_identifier_in_sign_in"
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (400, code, {"identifier": "email"})
    row = SignInExperience.objects.get()
    path = f"/console/default/experience/signinexperience/{row.pk}/change/"
    form = console.get(path).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields}
    given = {**shown, "sign_up_identifier": "email", "method_email": "", "method_username": "password"}
    answer = console.post(path, {name: value for name, value in given.items() if value not in (None, False)})
    assert "email" in str(answer.context["adminform"].form.errors["method_email"])
    assert stored() == before
