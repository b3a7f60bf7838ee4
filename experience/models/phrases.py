"""A tenant's own words on its pages."""

from django.db import models
from django.db.models.functions import Now

from tenants.models import EntityModel


class CustomPhrase(EntityModel):
    """What a tenant says differently in one language; `translation` is a part of the tree of phrases."""

    is_configuration = True

    language_tag = models.CharField(max_length=35)
    translation = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "language_tag"], name="custom_phrase_language")]

    def __str__(self) -> str:
        return self.language_tag
