"""Secrets of a development installation: made once, kept in 0600 files of the data folder."""

import base64
import os
import secrets
from pathlib import Path


def development_secret(data_dir: Path, name: str) -> str:
    """Return the 32-byte secret `name` in base64, making it on first use; safe when two processes start at once."""
    path = data_dir / name
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        draft = data_dir / f".{name}.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(base64.b64encode(secrets.token_bytes(32)).decode())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
