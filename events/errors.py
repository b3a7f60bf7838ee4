"""The codes of this room."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare({"log.invalid_time_window": (400, _("The window of time ends before it starts."))})
