"""Answers about uploaded files."""

from typing import Literal, NotRequired, TypedDict


class UploadService(TypedDict):
    """Whether files can be uploaded, and which."""

    status: Literal["ready", "not_configured"]
    allowUploadMimeTypes: NotRequired[list[str]]
    maxUploadFileSize: NotRequired[int]
    isExperienceAvatarUploadEnabled: NotRequired[bool]
