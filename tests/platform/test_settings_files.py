"""A setting may stand in a file of its own."""

from pathlib import Path

import pytest

from config.settings.variables import env


def test_the_newline_at_a_files_end_is_no_part_of_the_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`REDIS_URL_FILE` written by `echo` gave database `0\\n`; `ENCRYPTION_KEYS_FILE` did not start at all."""
    file = tmp_path / "value"
    file.write_text("redis://redis:6379/0\n")
    monkeypatch.setenv("SOME_ADDRESS_FILE", str(file))
    assert env.str("SOME_ADDRESS") == "redis://redis:6379/0"
