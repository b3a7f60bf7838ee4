"""Sign-in pages that a tenant brings along."""

from django.db import models
from django.db.models.functions import Now

from tenants.models import EntityModel


class CustomUiAsset(EntityModel):
    """One uploaded set of pages. Its files are in the storage; `files` says what there is.

    `{path: {"type": <media type>, "size": <bytes>, "digest": <SHA-256, hexadecimal>}}`. Which one is served is
    `customUiAssets` of the settings.
    """

    files = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
