"""SMS through Twilio's Programmable Messaging."""

from collections.abc import Mapping
from typing import Any

from connectors.factories import ConnectorType, FormItem, MessageFactory, OutgoingMessage, register
from connectors.failures import FailureKind
from connectors.kinds.configs import NameField, SmsTemplatedConfig, TokenField
from connectors.kinds.guides import read_guide
from connectors.kinds.provider_http import basic_auth, call, refusal
from connectors.kinds.twilio.events import TwilioEvents

FACTORY_ID = "twilio-short-message-service"

_URL = "https://api.twilio.com/2010-04-01/Accounts/{}/Messages.json"
# https://www.twilio.com/docs/api/errors
_KINDS = {
    "20003": FailureKind.CREDENTIALS_REFUSED,
    "20404": FailureKind.CREDENTIALS_REFUSED,
    "20429": FailureKind.RATE_LIMITED,
    "14107": FailureKind.RATE_LIMITED,
    "30001": FailureKind.RATE_LIMITED,
    "20005": FailureKind.ACCOUNT_LIMITED,
    "30002": FailureKind.ACCOUNT_LIMITED,
    "63038": FailureKind.ACCOUNT_LIMITED,
    "21211": FailureKind.RECIPIENT_REFUSED,
    "21214": FailureKind.RECIPIENT_REFUSED,
    "21217": FailureKind.RECIPIENT_REFUSED,
    "21408": FailureKind.RECIPIENT_REFUSED,
    "21610": FailureKind.RECIPIENT_REFUSED,
    "21612": FailureKind.RECIPIENT_REFUSED,
    "21614": FailureKind.RECIPIENT_REFUSED,
    "60410": FailureKind.RECIPIENT_REFUSED,
    "21603": FailureKind.SENDER_REFUSED,
    "21606": FailureKind.SENDER_REFUSED,
    "21701": FailureKind.SENDER_REFUSED,
    "21703": FailureKind.SENDER_REFUSED,
}


class TwilioConfig(SmsTemplatedConfig):
    """An account, its token, and the messaging service that sends."""

    accountSID = NameField()
    authToken = TokenField()
    fromMessagingServiceSID = NameField()


class TwilioConnector:
    """Posts to the account's messages; 201 means accepted."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        answer = call(
            _URL.format(config["accountSID"]),
            headers=basic_auth(config["accountSID"], config["authToken"]),
            data={
                "To": f"+{message.recipient}",
                "MessagingServiceSid": config["fromMessagingServiceSID"],
                "Body": message.content,
            },
        )
        if not answer.is_success:
            words = answer.find("message") or answer.text
            raise refusal(answer.status, code=answer.find("code"), words=words, kinds=_KINDS)


register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.SMS,
        name="Twilio",
        description="Send text messages through Twilio.",
        connector=TwilioConnector(),
        config=TwilioConfig,
        logo="connectors/logos/twilio.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("accountSID", "Account SID", required=True, placeholder="AC…"),
            FormItem("authToken", "Auth token", required=True, is_confidential=True),
            FormItem("fromMessagingServiceSID", "Messaging service SID", required=True, placeholder="MG…"),
            FormItem("templates", "Templates", type="Json", default=[]),
        ),
        has_templates=True,
        events=TwilioEvents(),
    )
)
