"""The guides of providers: what they say to enter is taken."""

import json
import re

import pytest

from tests.connectors.provider import kind
from tests.connectors.provider_cases import ALL, TYPES

_BLOCK = re.compile(r"```json\n(.*?)```", re.DOTALL)


def examples(factory_id: str) -> list[object]:
    return [json.loads(block) for block in _BLOCK.findall(kind(factory_id).readme)]


@pytest.mark.parametrize("factory_id", ALL)
def test_an_example_of_templates_can_be_entered(factory_id: str) -> None:
    """An example of one row was a whole configuration to whoever pasted it, and refused."""
    example = examples(factory_id)[-1]
    key = "deliveries" if factory_id == "mailgun-email" else "templates"
    is_row = isinstance(example, dict) and "usageType" in example
    value = [{**example, "usageType": name} for name in TYPES] if is_row and isinstance(example, dict) else example
    assert kind(factory_id).validated(ALL[factory_id].config | {key: value})[key] == value


def test_the_example_of_smtp_can_be_entered() -> None:
    [row] = examples("simple-mail-transfer-protocol")
    assert isinstance(row, dict)
    rows = [{**row, "usageType": name} for name in TYPES]
    config = {"host": "smtp.example.com", "port": 587, "fromEmail": "no-reply@example.com", "templates": rows}
    assert kind("simple-mail-transfer-protocol").validated(config)["templates"] == rows


@pytest.mark.parametrize("factory_id", ALL)
def test_a_guide_says_where_reports_go(factory_id: str) -> None:
    factory = kind(factory_id)
    assert ("## Bounces and complaints" in factory.readme) == (factory.events is not None)
