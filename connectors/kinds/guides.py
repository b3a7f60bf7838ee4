"""The set-up guide of a kind: `README.md` in its folder."""

from pathlib import Path


def read_guide(module_file: str) -> str:
    """Return the guide next to a module (its `__file__`), in Markdown."""
    return Path(module_file).with_name("README.md").read_text(encoding="utf-8")
