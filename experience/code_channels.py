"""Which channel a verification code travels by, and that something can send by it."""

from collections.abc import Mapping

from common.errors import AppError
from connectors.factories import Channel
from connectors.selectors import has_connector

# As forgotten passwords and second factors name their codes on the wire.
CODE_CHANNELS: Mapping[str, Channel] = {"EmailVerificationCode": "email", "PhoneVerificationCode": "phone"}
FACTOR_OF_CHANNEL: Mapping[Channel, str] = {channel: factor for factor, channel in CODE_CHANNELS.items()}
_CONNECTOR_TYPES: Mapping[Channel, str] = {"email": "Email", "phone": "Sms"}


def require_connector(kind: str) -> None:
    """Raise `sign_in_experiences.enabled_connector_not_found` if nothing can send to this kind of identifier.

    Does nothing for a username, to which nothing is sent.
    """
    for channel, wanted in _CONNECTOR_TYPES.items():
        if channel == kind and not has_connector(channel):
            raise AppError(
                "sign_in_experiences.enabled_connector_not_found", data={"type": wanted}, params={"type": wanted}
            )
