"""What of an entry is masked, what is left out, and what stays."""

from typing import Any

import pytest

from events.sanitizing import sanitized

MASK = "******"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "secret",
            "clientSecret",
            "client_secret",
            "CLIENT-SECRET",
            "secretKey",
            "password",
            "newPassword",
            "passwordHash",
        ),
        *("apiKey", "api_key", "x-api-key", "privateKey", "private-keys", "credential", "webauthnCredentials"),
        *("cookie", "Set-Cookie", "authorization", "Authorization", "x-functions-key", "xFunctionsKey"),
        *("token", "accessToken", "refresh_token", "ID-TOKEN", "subject_token"),
        # A code is good for a while as what it stands for.
        *("code", "code_verifier"),
    ],
)
def test_secrets_are_masked_whatever_their_kind(name: str) -> None:
    for value in ("s3cret", 7, ["s3cret"], {"name": "s3cret"}):
        assert sanitized({"outer": [{name: value}]}) == {"outer": [{name: MASK}]}


@pytest.mark.parametrize(
    "name",
    [
        "script",
        "scriptBody",
        "userScript",
        "Script",
        "environmentVariables",
        "environment_variables",
        "oldEnvironmentVariables",
    ],
)
def test_scripts_and_what_they_are_given_are_left_out(name: str) -> None:
    assert sanitized({"outer": {name: "return 1;", "kept": 1}}) == {"outer": {"kept": 1}}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("passwordVerified", True),
        ("hasPassword", False),
        ("hasPassword", None),
        ("tokenTypes", ["AccessToken", "RefreshToken"]),
        ("tokenId", "t1"),
        ("authorizationUri", "https://idp.example/auth"),
        ("description", "Reads"),
        ("subscription", "gold"),
        ("applicationSecret", {"name": "Default secret"}),
        ("passwordPolicy", {"min": 8}),
    ],
)
def test_what_is_no_secret_stays(name: str, value: Any) -> None:
    assert sanitized({name: value}) == {name: value}


def test_of_an_applications_secret_the_name_alone_stays() -> None:
    told = {"name": "Default secret", "value": "s3cret"}
    assert sanitized({"applicationSecret": told}) == {"applicationSecret": {"name": "Default secret"}}
    assert sanitized({"applicationSecret": "s3cret"}) == {"applicationSecret": MASK}
    assert sanitized({"application_secret": {"value": "s3cret"}}) == {"application_secret": MASK}


def test_characters_that_the_database_refuses() -> None:
    assert sanitized({"a\x00b": ["c\x00d", "\ud800"]}) == {"ab": ["cd", "?"]}
