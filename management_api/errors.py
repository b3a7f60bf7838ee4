"""Error codes of the Management API itself."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare(
    {
        "request.idempotency_key_invalid": (400, _("The idempotency key is invalid.")),
        "request.idempotency_key_not_supported": (400, _("An upload takes no idempotency key.")),
        "request.idempotency_key_in_use": (409, _("A request with this idempotency key is under way.")),
        "request.idempotency_key_reused": (422, _("This idempotency key was used for another request.")),
        "request.idempotent_answer_too_large": (
            409,
            _("The request was carried out; its answer was too large to keep."),
        ),
    }
)
