"""SAML libraries of others, called one function at a time in Node.js (`saml_tool.mjs`)."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
MODULES: Final = ("@node-saml/node-saml", "samlp", "samlify")


class RefusedError(Exception):
    """The library did not take what it was given, in its own words."""


def why_missing() -> str:
    """Why the libraries cannot run on this machine; empty if they can."""
    if shutil.which("node") is None:
        return "node is not installed"
    absent = [module for module in MODULES if not (HERE / "node_modules" / module).is_dir()]
    return f"npm ci --prefix tests/counterparts was not run: {', '.join(absent)}" if absent else ""


def call(name: str, **values: Any) -> Any:
    """Call a function of the tool; raises `RefusedError` with the library's message."""
    answer = subprocess.run(
        ["node", str(HERE / "saml_tool.mjs")],
        input=json.dumps({"call": name, **values}),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    said = json.loads(answer.stdout)
    if "error" in said:
        raise RefusedError(said["error"])
    return said["result"]
