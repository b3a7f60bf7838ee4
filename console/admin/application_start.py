"""What a developer of an application takes from its page first: its secret, and code to begin with."""

from typing import Any

from django.utils.translation import gettext as _

from applications.models import Application
from console.admin.secrets import hidden_secret
from console.quick_starts import quick_start_of


def start_of(application: Application, *, may_reveal: bool) -> dict[str, Any]:
    """Return what `console/cards/application_start.html` shows; the secret for those who may see its value."""
    secrets = application.secrets.order_by("created_at")[:1] if may_reveal else []
    return {
        "secrets": [(_("App secret"), hidden_secret(secret)) for secret in secrets],
        "guide": quick_start_of(application),
    }
