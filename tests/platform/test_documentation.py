"""The documentation names what is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETTINGS = sorted(
    {
        name
        for file in (ROOT / "config" / "settings").glob("*.py")
        for name in re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', file.read_text())
    }
)
GUIDES = sorted(file.name for file in (ROOT / "docs").glob("*.md"))


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_is_listed_for_operators(setting: str) -> None:
    assert f"`{setting}`" in (ROOT / "docs" / "operations.md").read_text()


@pytest.mark.parametrize("guide", GUIDES)
def test_every_guide_is_in_the_index_of_the_readme(guide: str) -> None:
    assert f"(docs/{guide})" in (ROOT / "README.md").read_text()
