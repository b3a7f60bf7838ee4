"""Email through Amazon SES (API v2)."""

from connectors.factories import ConnectorType, FormItem, MessageFactory, register
from connectors.kinds.amazon_ses.connector import AmazonSesConfig, AmazonSesConnector
from connectors.kinds.amazon_ses.events import AmazonSesEvents
from connectors.kinds.guides import read_guide

FACTORY_ID = "aws-ses-mail"

register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.EMAIL,
        name="Amazon SES",
        description="Send email through Amazon Simple Email Service.",
        connector=AmazonSesConnector(),
        config=AmazonSesConfig,
        logo="connectors/logos/amazon-ses.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("accessKeyId", "Access key ID", required=True, placeholder="AKIA…"),
            FormItem("accessKeySecret", "Secret access key", required=True, is_confidential=True),
            FormItem("region", "Region", required=True, placeholder="eu-central-1"),
            FormItem("emailAddress", "From", required=True, placeholder="Example <no-reply@example.com>"),
            FormItem("emailAddressIdentityArn", "ARN of the sender's identity", is_advanced=True),
            FormItem("feedbackForwardingEmailAddress", "Forward bounces to", is_advanced=True),
            FormItem("feedbackForwardingEmailAddressIdentityArn", "ARN of that address's identity", is_advanced=True),
            FormItem("configurationSetName", "Configuration set", is_advanced=True),
            FormItem(
                "snsTopicArn",
                "ARN of the SNS topic",
                placeholder="arn:aws:sns:eu-central-1:123456789012:bounces",
                description="To be told of bounces and complaints.",
                is_advanced=True,
            ),
            FormItem("templates", "Templates", type="Json", default=[]),
        ),
        has_templates=True,
        events=AmazonSesEvents(),
    )
)
