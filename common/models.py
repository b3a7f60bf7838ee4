"""The one table of this floor."""

from django.db import models


class Heartbeat(models.Model):
    """When a process that nobody asks anything was last known to work."""

    name = models.CharField(max_length=32, primary_key=True)
    beat_at = models.DateTimeField()
