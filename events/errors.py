"""The codes of this room."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare(
    {
        "log.invalid_time_window": (400, _("The window of time ends before it starts.")),
        "log.too_many_streams": (422, _("There can be at most %(count)s log streams.")),
        "log.stream_test_failed": (422, _("The destination did not take the test.")),
        "hook.missing_events": (400, _("A webhook needs at least one event.")),
        "hook.too_many": (422, _("There can be at most %(count)s webhooks.")),
        "hook.send_test_payload_failed": (422, _("The test could not be sent.")),
        "hook.endpoint_responded_with_error": (422, _("The endpoint answered the test with an error.")),
    }
)
