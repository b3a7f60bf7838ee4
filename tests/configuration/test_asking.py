"""Identity providers are asked before the transaction, about what changes, and not too many of them."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection

from common.actors import SYSTEM
from common.errors import AppError
from configuration.asking import MOST_QUESTIONS
from configuration.secrets import resolver_of
from configuration.services import apply_configuration
from connectors.enterprise.openid.protocol import OpenIdProtocol
from connectors.models import SsoConnector

pytestmark = pytest.mark.usefixtures("tenant")


def text_of(*names: str) -> str:
    config = "{clientId: a, clientSecret: '${env:S}', issuer: 'https://id.initech.example'}"
    return "version: 1\nssoConnectors:\n" + "".join(
        f"  - {{name: {name}, provider: OIDC, config: {config}}}\n" for name in names
    )


def apply(text: str) -> None:
    apply_configuration(text, resolve=resolver_of({"S": "secret"}), actor=SYSTEM)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many savepoints there were each time an identity provider was asked."""
    depths: list[int] = []

    def describe(_protocol: Any, _config: Mapping[str, Any]) -> dict[str, Any]:
        depths.append(len(connection.savepoint_ids))
        return {}

    monkeypatch.setattr(OpenIdProtocol, "describe", describe)
    return depths


def test_what_changes_is_asked_for_before_the_transaction(asked: list[int]) -> None:
    outside = len(connection.savepoint_ids)
    apply(text_of("Initech"))
    assert (len(asked), asked[0], asked[1] > outside) == (2, outside, True)
    apply(text_of("Initech"))
    assert len(asked) == 2


def test_few_are_asked_at_once(asked: list[int]) -> None:
    with pytest.raises(AppError) as refused:
        apply(text_of(*(f"Initech {number}" for number in range(MOST_QUESTIONS + 1))))
    assert [issue["line"] for issue in refused.value.data["issues"]] == [3]
    assert (asked, SsoConnector.objects.count()) == ([], 0)


def test_one_that_does_not_answer_is_told_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def describe(_protocol: Any, _config: Mapping[str, Any]) -> dict[str, Any]:
        raise AppError("connector.timed_out")

    monkeypatch.setattr(OpenIdProtocol, "describe", describe)
    with pytest.raises(AppError) as refused:
        apply(text_of("Initech"))
    [issue] = refused.value.data["issues"]
    assert (issue["path"], issue["line"], issue["code"]) == ("ssoConnectors[0]", 3, "connector.invalid_config")
