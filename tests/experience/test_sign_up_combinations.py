"""Every combination of what signing up can ask for: which are settings, what is missing, and where a page leads."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from common.actors import SYSTEM
from common.errors import AppError
from experience.mandatory_profile import list_missing
from experience.services.settings import update_sign_in_experience
from experience.sign_in_settings import SignUp
from tests.experience.conftest import PASSWORD, method
from tests.experience.pages.conftest import Visitor, visitor  # noqa: F401  # fixtures

Outbox = list[dict[str, Any]]

# Primary identifiers -> what they make mandatory (a username wins over the others).
PRIMARY: dict[tuple[str, ...], list[str]] = {
    (): [],
    ("username",): ["username"],
    ("email",): ["email"],
    ("phone",): ["phone"],
    ("email", "phone"): ["emailOrPhone"],
    ("phone", "email"): ["emailOrPhone"],
    ("username", "email"): ["username"],
    ("username", "phone"): ["username"],
    ("username", "email", "phone"): ["username"],
}
SECONDARY: tuple[tuple[str, ...], ...] = (
    (),
    ("username",),
    ("email",),
    ("phone",),
    ("emailOrPhone",),
    ("username", "email"),
    ("username", "phone"),
    ("email", "phone"),
    ("username", "emailOrPhone"),
    ("emailOrPhone", "email"),
)
ORDER = ["username", "emailOrPhone", "email", "phone", "password"]
COMBINATIONS = list(product(PRIMARY, SECONDARY, (True, False)))


def sign_up(primary: tuple[str, ...], secondary: tuple[str, ...], *, password: bool) -> dict[str, Any]:
    verify = any(name != "username" for name in (*primary, *secondary))
    rows = [{"identifier": name, "verify": name != "username"} for name in secondary]
    return {"identifiers": list(primary), "password": password, "verify": verify, "secondaryIdentifiers": rows}


def refusal(primary: tuple[str, ...], secondary: tuple[str, ...]) -> str | None:
    """The code that the combination is refused with."""
    if secondary and not primary:
        return "sign_in_experiences.missing_sign_up_identifiers"
    kinds = " ".join((*primary, *secondary)).replace("emailOrPhone", "email phone").split()
    return "sign_in_experiences.duplicated_sign_up_identifiers" if len(kinds) != len(set(kinds)) else None


@pytest.mark.parametrize(("primary", "secondary", "password"), COMBINATIONS)
def test_what_is_missing(primary: tuple[str, ...], secondary: tuple[str, ...], password: bool) -> None:
    wanted = {*PRIMARY[primary], *secondary, *(["password"] if password else [])}
    missing = list_missing(SignUp.from_settings(sign_up(primary, secondary, password=password)), set())
    assert missing == [part for part in ORDER if part in wanted]


def test_which_are_settings(connectors: None) -> None:
    methods = [
        method("username", password=True),
        method("email", password=True, code=True),
        method("phone", password=True, code=True),
    ]
    update_sign_in_experience({"signIn": {"methods": methods}}, actor=SYSTEM)
    found: dict[Any, str | None] = {}
    for primary, secondary, password in COMBINATIONS:
        code = None
        try:
            update_sign_in_experience({"signUp": sign_up(primary, secondary, password=password)}, actor=SYSTEM)
        except AppError as error:
            code = error.code
        found[primary, secondary, password] = code
    expected: dict[Any, str | None] = {(p, s, password): refusal(p, s) for p, s, password in COMBINATIONS}
    for primary in PRIMARY:
        # A username alone is no way back in without a password.
        for secondary in SECONDARY:
            alone = "username" in primary and not {"email", "phone", "emailOrPhone"} & set(secondary)
            if alone and expected[primary, secondary, False] is None:
                expected[primary, secondary, False] = "sign_in_experiences.password_sign_in_must_be_enabled"
    assert found == expected


@pytest.mark.parametrize(
    ("primary", "secondary", "password", "typed", "pages"),
    [
        (("username",), (), True, "zoe", ["/continue/password"]),
        (("username",), ("email",), True, "zoe", ["/continue/email", "/continue/verification-code"]),
        (("username",), ("emailOrPhone",), False, "zoe", ["/continue/emailOrPhone", "/continue/verification-code"]),
        (("email",), (), False, "zoe@example.com", ["/register/verification-code"]),
        (("email",), ("username",), True, "zoe@example.com", ["/register/verification-code", "/continue/username"]),
        (("email",), ("phone",), False, "zoe@example.com", ["/register/verification-code", "/continue/phone"]),
        (("email", "phone"), (), True, "zoe@example.com", ["/register/verification-code", "/continue/password"]),
        (
            ("email", "phone"),
            ("username",),
            False,
            "+12025550188",
            ["/register/verification-code", "/continue/username"],
        ),
        (("username", "email"), (), True, "zoe@example.com", ["/register/verification-code", "/continue/username"]),
    ],
)
def test_where_the_pages_lead(
    visitor: Visitor,  # noqa: F811  # the fixture
    settings_of: Callable[..., None],
    outbox: Outbox,
    primary: tuple[str, ...],
    secondary: tuple[str, ...],
    password: bool,
    typed: str,
    pages: list[str],
) -> None:
    settings_of(
        signUp=sign_up(primary, secondary, password=password),
        signIn={"methods": [method("username", password=True), method("email", code=True), method("phone", code=True)]},
    )
    answers = {
        "/continue/password": {"password": PASSWORD},
        "/continue/username": {"identifier": "zoe"},
        "/continue/email": {"identifier": "zoe@example.com"},
        "/continue/emailOrPhone": {"identifier": "zoe@example.com"},
        "/continue/phone": {"identifier": "+12025550188"},
    }
    visitor.open(first_screen="register").send(identifier=typed)
    passed: list[str] = []
    while "csrfmiddlewaretoken" in visitor.html and len(passed) < 6:
        passed.append(visitor.path)
        is_code = visitor.path.endswith("verification-code")
        visitor.send(**({"code": outbox[-1]["payload"]["code"]} if is_code else answers[visitor.path]))
    assert passed[: len(pages)] == pages
    assert visitor.arrive()["code"]
