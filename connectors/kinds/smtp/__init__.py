"""Email through any SMTP server."""

from connectors.factories import ConnectorType, FormItem, MessageFactory, register
from connectors.kinds.smtp.config import SmtpConfig
from connectors.kinds.smtp.connector import SmtpConnector

FACTORY_ID = "simple-mail-transfer-protocol"

register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.EMAIL,
        name="SMTP",
        description="Send email through your own or your provider's SMTP server.",
        connector=SmtpConnector(),
        config=SmtpConfig,
        logo="connectors/logos/smtp.svg",
        form_items=(
            FormItem("host", "Host", required=True, placeholder="smtp.example.com"),
            FormItem("port", "Port", type="Number", required=True, default=587),
            FormItem(
                "auth",
                "Credentials",
                type="Json",
                default={"user": "", "pass": ""},
                is_confidential=True,
                parts=(FormItem("user", "Username"), FormItem("pass", "Password", is_confidential=True)),
            ),
            FormItem("fromEmail", "From", required=True, placeholder="Example <no-reply@example.com>"),
            FormItem("replyTo", "Reply to"),
            FormItem("secure", "TLS from the start (port 465)", type="Switch", default=False),
            FormItem("requireTLS", "Require STARTTLS", type="Switch", default=True),
            FormItem("ignoreTLS", "Never use TLS", type="Switch", default=False),
            FormItem("tls", "TLS options", type="Json", default={}),
            FormItem("dnsTimeout", "Time-out of the name look-up (ms)", type="Number", is_advanced=True),
            FormItem("connectionTimeout", "Time-out of the connection (ms)", type="Number", is_advanced=True),
            FormItem("greetingTimeout", "Time-out of the greeting (ms)", type="Number", is_advanced=True),
            FormItem("socketTimeout", "Time-out of each answer (ms)", type="Number", is_advanced=True),
            FormItem("customHeaders", "Custom headers", type="Json", default={}, may_hold_secrets=True),
            FormItem("templates", "Templates", type="Json", default=[]),
        ),
        has_templates=True,
    )
)
