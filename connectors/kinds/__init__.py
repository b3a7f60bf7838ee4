"""Every kind of connector; importing this registers them."""

from connectors.kinds import (
    aliyun_mail,
    aliyun_sms,
    amazon_ses,
    development_mailbox,
    gatewayapi,
    http,
    mailgun,
    postmark,
    sendgrid,
    smsaero,
    smtp,
    smtp2go,
    tencent_sms,
    twilio,
    vonage,
    whatsapp,
)

__all__ = [
    "aliyun_mail",
    "aliyun_sms",
    "amazon_ses",
    "development_mailbox",
    "gatewayapi",
    "http",
    "mailgun",
    "postmark",
    "sendgrid",
    "smsaero",
    "smtp",
    "smtp2go",
    "tencent_sms",
    "twilio",
    "vonage",
    "whatsapp",
]
