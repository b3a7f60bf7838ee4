"""Email through any SMTP server."""

from connectors.factories import ConnectorType, FormItem, MessageFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.smtp.config import SmtpConfig
from connectors.kinds.smtp.connector import SmtpConnector
from connectors.kinds.smtp.credentials import ACCESS_URL, LOGIN, OAUTH2

FACTORY_ID = "simple-mail-transfer-protocol"

_BY_OAUTH = {"type": OAUTH2}

_CREDENTIALS = (
    FormItem("type", "Credentials", type="Select", default=LOGIN, choices=((LOGIN, "Password"), (OAUTH2, "OAuth 2.0"))),
    FormItem("user", "Username"),
    FormItem("pass", "Password", is_confidential=True, shown_if={"type": LOGIN}),
    FormItem("clientId", "Client ID", shown_if=_BY_OAUTH),
    FormItem("clientSecret", "Client secret", is_confidential=True, shown_if=_BY_OAUTH),
    FormItem("refreshToken", "Refresh token", is_confidential=True, shown_if=_BY_OAUTH),
    FormItem("scope", "Scope", shown_if=_BY_OAUTH, placeholder="https://outlook.office365.com/.default"),
    FormItem("accessUrl", "Token endpoint", shown_if=_BY_OAUTH, placeholder=ACCESS_URL),
    FormItem("serviceClient", "Service account", shown_if=_BY_OAUTH, is_advanced=True),
    FormItem(
        "privateKey",
        "Private key of the service account",
        type="MultilineText",
        is_confidential=True,
        shown_if=_BY_OAUTH,
        is_advanced=True,
    ),
    FormItem("accessToken", "Access token", is_confidential=True, shown_if=_BY_OAUTH, is_advanced=True),
)

register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.EMAIL,
        name="SMTP",
        description="Send email through your own or your provider's SMTP server.",
        connector=SmtpConnector(),
        config=SmtpConfig,
        logo="connectors/logos/smtp.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("host", "Host", required=True, placeholder="smtp.example.com"),
            FormItem("port", "Port", type="Number", required=True, default=587),
            FormItem(
                "auth",
                "Credentials",
                type="Json",
                default={"user": "", "pass": ""},
                is_confidential=True,
                parts=_CREDENTIALS,
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
