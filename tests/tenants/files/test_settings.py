"""Where files are kept, by the settings of an installation."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
ASK = """
import json
from config.settings import base
print(json.dumps([base.FILE_STORAGE, base.STORAGES["default"]], default=str))
"""


def settings_with(**values: str) -> tuple[str, dict[str, object]]:
    environment = {**{k: v for k, v in os.environ.items() if not k.startswith(("S3_", "FILE"))}, **values}
    ran = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    kind, storage = json.loads(ran.stdout)
    return kind, storage


def test_a_folder_is_used_unless_there_is_a_bucket(tmp_path: Path) -> None:
    kind, storage = settings_with(DATA_DIR=str(tmp_path))
    assert (kind, storage["OPTIONS"]) == ("local", {"location": str(tmp_path / "files")})


def test_a_bucket_is_used_with_its_key() -> None:
    kind, storage = settings_with(
        S3_BUCKET="pictures",
        S3_ENDPOINT_URL="https://s3.example.com",
        S3_ACCESS_KEY_ID="id",
        S3_SECRET_ACCESS_KEY="secret",
    )
    assert (kind, storage["BACKEND"]) == ("s3", "storages.backends.s3.S3Storage")
    options = storage["OPTIONS"]
    assert isinstance(options, dict)
    assert {name: options[name] for name in ("bucket_name", "endpoint_url", "access_key", "region_name")} == {
        "bucket_name": "pictures",
        "endpoint_url": "https://s3.example.com",
        "access_key": "id",
        "region_name": None,
    }
