"""Removing what no decision depends on any more."""

from datetime import timedelta

from common.clock import now
from identity import hot
from identity.services import send_limits, sentinel

# Attempts and codes are kept a day for whoever looks into a complaint.
_KEPT = timedelta(days=1)
# Links are kept a month, so that a list tells which were used and an old one is still told apart from a false one.
_TOKENS_KEPT = timedelta(days=30)


def delete_old_attempts() -> None:
    """Delete the current tenant's old attempts, message counts, expired codes, tokens and trusted devices.

    A lockout in force stays.
    """
    moment = now()
    hot.delete_attempts_before(
        sentinel=moment - max(_KEPT, sentinel.WINDOW),
        sends=moment - send_limits.WINDOW,
        codes=moment - _KEPT,
        tokens=moment - _TOKENS_KEPT,
        moment=moment,
    )
