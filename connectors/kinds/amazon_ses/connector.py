"""What an Amazon SES connector can be told, and how it sends."""

import json
from collections.abc import Mapping
from typing import Any

from common.clock import now
from common.rest.fields import Text
from connectors.factories import OutgoingMessage
from connectors.failures import FailureKind
from connectors.kinds.amazon_ses.signature import sign_request
from connectors.kinds.configs import MailboxField, NameField, ProviderTemplatedConfig, TokenField
from connectors.kinds.envelopes import address_email, bodies_of, in_header_form, subject_of
from connectors.kinds.provider_http import Answer, call, refusal
from connectors.mailboxes import parse_mailbox

_PATH = "/v2/email/outbound-emails"
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html and CommonErrors.
_KINDS = {
    "UnrecognizedClientException": FailureKind.CREDENTIALS_REFUSED,
    "InvalidClientTokenId": FailureKind.CREDENTIALS_REFUSED,
    "SignatureDoesNotMatch": FailureKind.CREDENTIALS_REFUSED,
    "InvalidSignatureException": FailureKind.CREDENTIALS_REFUSED,
    "AccessDeniedException": FailureKind.CREDENTIALS_REFUSED,
    "AccountSuspendedException": FailureKind.ACCOUNT_LIMITED,
    "SendingPausedException": FailureKind.ACCOUNT_LIMITED,
    "LimitExceededException": FailureKind.ACCOUNT_LIMITED,
    "MailFromDomainNotVerifiedException": FailureKind.SENDER_REFUSED,
    "TooManyRequestsException": FailureKind.RATE_LIMITED,
    "ThrottlingException": FailureKind.RATE_LIMITED,
}


class AmazonSesConfig(ProviderTemplatedConfig):
    """Credentials with the permission `ses:SendEmail`, their region and a verified sender."""

    accessKeyId = TokenField(max_length=128)
    accessKeySecret = TokenField()
    region = NameField()
    emailAddress = MailboxField(min_length=1)
    emailAddressIdentityArn = Text(required=False, max_length=256)
    feedbackForwardingEmailAddress = MailboxField(required=False)
    feedbackForwardingEmailAddressIdentityArn = Text(required=False, max_length=256)
    configurationSetName = Text(required=False, max_length=64)
    snsTopicArn = Text(required=False, max_length=320)


class AmazonSesConnector:
    """Posts to `/v2/email/outbound-emails` of the region, signed."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        region = config["region"]
        domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        url = f"https://email.{region}.{domain}{_PATH}"
        payload = json.dumps(_request(message, config)).encode()
        headers = sign_request(
            "POST",
            url,
            headers={"content-type": "application/json"},
            payload=payload,
            access_key_id=config["accessKeyId"],
            access_key_secret=config["accessKeySecret"],
            region=region,
            service="ses",
            moment=now(),
        )
        answer = call(url, headers=headers, content=payload)
        if not answer.is_success:
            raise refusal(
                answer.status,
                code=_code(answer),
                words=answer.find("message") or answer.find("Message") or answer.text,
                kinds=_KINDS,
            )


def _request(message: OutgoingMessage, config: Mapping[str, Any]) -> dict[str, Any]:
    envelope = address_email(message, sender=config["emailAddress"])
    text, html = bodies_of(message)
    forward = config.get("feedbackForwardingEmailAddress")
    optional = {
        "FromEmailAddressIdentityArn": config.get("emailAddressIdentityArn"),
        "ReplyToAddresses": [in_header_form(envelope.reply_to)] if envelope.reply_to else None,
        "FeedbackForwardingEmailAddress": parse_mailbox(forward).address if forward else None,
        "FeedbackForwardingEmailAddressIdentityArn": config.get("feedbackForwardingEmailAddressIdentityArn"),
        "ConfigurationSetName": config.get("configurationSetName"),
    }
    return {
        "FromEmailAddress": in_header_form(envelope.sender),
        "Destination": {"ToAddresses": [envelope.recipient]},
        "Content": {
            "Simple": {
                "Subject": _content(subject_of(message)),
                "Body": {
                    **({"Text": _content(text)} if text else {}),
                    **({"Html": _content(html)} if html else {}),
                },
            }
        },
        **{name: value for name, value in optional.items() if value},
    }


def _content(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


def _code(answer: Answer) -> str:
    """The name of the error, without what may stand around it: `aws.ses#MessageRejected:https://…`."""
    name = str(answer.headers.get("x-amzn-errortype") or answer.find("__type") or "")
    return name.partition(":")[0].rpartition("#")[2]
