"""A configuration is written as YAML: block style, in the order it has, texts of several lines as they are."""

from typing import Any

import yaml

from configuration.document import plain_scalar

_WIDTH = 120


class _Dumper(yaml.CSafeDumper):
    """Writes no aliases, and quotes whatever would be read as something else than a text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.CSafeDumper, value: str) -> yaml.Node:
    style = "|" if "\n" in value else None
    if not isinstance(plain_scalar(value), str):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def to_yaml(content: dict[str, Any]) -> str:
    """Return an object as YAML that `read_document` reads as the same."""
    text: str = yaml.dump(
        content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=_WIDTH
    )
    return text
