"""The load generator's authenticator app shows what everybody's does."""

import shutil
import subprocess
from pathlib import Path

import pytest

from bench import load

PROGRAM = """
const { totp } = await import(process.argv[1]);
for (const seconds of [59, 1111111109, 2000000000]) console.log(totp(process.argv[2], seconds * 1000));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_codes_are_those_of_rfc_6238() -> None:
    """Appendix B, the last six of its eight digits; the secret is `12345678901234567890`."""
    module = (Path(load.__file__).parent / "totp.mjs").as_uri()
    command = ["node", "--input-type=module", "--eval", PROGRAM, module, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert shown == ["287082", "081804", "279037"]


def test_each_walk_takes_another_account() -> None:
    """All who walk a path share one line of accounts, and whoever was taken goes to its end."""
    accounts = [{"username": name} for name in ("alice", "bob", "carol")]
    first, second = load.User(accounts=accounts), load.User(accounts=accounts)
    assert load.take_accounts(first, 2) == [{"username": "alice"}, {"username": "bob"}]
    assert load.take_accounts(second, 2) == [{"username": "carol"}, {"username": "alice"}]
    assert load.take_accounts(load.User(), 1) == [], "a path without accounts"
