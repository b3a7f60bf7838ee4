"""The installation's storage of files: a folder, or a bucket; see `FILE_STORAGE` in the settings."""

import logging
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from common.errors import AppError

logger = logging.getLogger(__name__)


def is_configured() -> bool:
    """Whether this installation takes files."""
    return bool(settings.FILE_STORAGE != "off")


def require_storage() -> None:
    """Raises `storage.not_configured` if this installation takes no files."""
    if not is_configured():
        raise AppError("storage.not_configured")


def write(key: str, content: bytes) -> str:
    """Store content and return the key that it has there; raises `storage.upload_error`."""
    try:
        if default_storage.exists(key):
            if default_storage.size(key) == len(content):
                return key
            # A process that was killed while it wrote has left the beginning.
            default_storage.delete(key)
        return default_storage.save(key, ContentFile(content))
    except Exception as error:
        # What fails is a disk or somebody else's service, each with exceptions of its own.
        logger.exception("a file could not be stored")
        raise AppError("storage.upload_error") from error


def read(key: str) -> bytes | None:
    """Return stored content, `None` if it has gone; raises `storage.download_error`."""
    try:
        with default_storage.open(key) as file:
            content: bytes = file.read()
    except FileNotFoundError:
        return None
    except Exception as error:
        logger.exception("a file could not be read")
        raise AppError("storage.download_error") from error
    return content


def is_older(key: str, moment: datetime) -> bool:
    """Whether content was stored before a moment; not if that cannot be said."""
    try:
        stored_at: datetime = default_storage.get_modified_time(key)
    except Exception:
        logger.exception("the age of a file could not be read")
        return False
    return stored_at < moment


def remove(keys: list[str]) -> None:
    """Delete stored content; what cannot be deleted is logged and stays."""
    for key in keys:
        try:
            default_storage.delete(key)
        except Exception:
            logger.exception("a file could not be deleted")
