"""What `manage.py check` says about this room's part of the installation."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from experience.adaptive.geoip import describe_problem


@register
def check_geoip_database(**_options: Any) -> list[CheckMessage]:
    """Warn of a GeoIP database that cannot be read: sign-ins go on, without the places that it would give."""
    path = settings.GEOIP_DATABASE
    if not path or not (problem := describe_problem(path)):
        return []
    return [
        Warning(
            f"GEOIP_DATABASE cannot be read: {problem}",
            hint=f"Put a database in the MaxMind DB format at {path}, or leave the setting empty.",
            id="experience.W001",
        )
    ]
