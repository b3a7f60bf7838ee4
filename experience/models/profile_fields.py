"""The catalog of what a tenant collects about its users besides their identifiers."""

from django.db import models
from django.db.models.functions import Now

from tenants.models import EntityModel


class CustomProfileField(EntityModel):
    """One field: its name says where the value is kept, `config` what a value has to look like.

    The catalog is in the order of `sie_order`; which fields signing up asks for is `signUpProfileFields` of the
    settings.
    """

    is_configuration = True

    class Type(models.TextChoices):
        TEXT = "Text"
        NUMBER = "Number"
        DATE = "Date"
        CHECKBOX = "Checkbox"
        SELECT = "Select"
        URL = "Url"
        REGEX = "Regex"
        ADDRESS = "Address"
        FULLNAME = "Fullname"

    name = models.CharField(max_length=128)
    type = models.CharField(max_length=16, choices=Type)
    label = models.CharField(max_length=128, blank=True)
    description = models.CharField(max_length=256, null=True, blank=True)
    required = models.BooleanField(default=False)
    config = models.JSONField(default=dict, blank=True)
    sie_order = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "profile field"
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="custom_profile_field_name")]

    def __str__(self) -> str:
        return self.name
