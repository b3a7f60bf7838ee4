"""Apple."""

from connectors.factories import FormItem, SocialFactory, register
from connectors.kinds.apple.config import AppleConfig
from connectors.kinds.apple.connector import AppleConnector
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import scope_item

register(
    SocialFactory(
        id="apple-universal",
        target="apple",
        name="Apple",
        description="Sign in with an Apple Account.",
        connector=AppleConnector(),
        config=AppleConfig,
        logo="connectors/logos/apple.svg",
        logo_dark="connectors/logos/apple-dark.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("clientId", "Services ID", required=True, placeholder="com.example.web"),
            scope_item(AppleConnector.default_scope),
            FormItem(
                "teamId",
                "Team ID",
                placeholder="A1B2C3D4E5",
                description="With a key, every sign-in is confirmed by Apple's token endpoint as well.",
                is_advanced=True,
            ),
            FormItem("keyId", "Key ID", placeholder="F6G7H8I9J0", is_advanced=True),
            FormItem(
                "privateKey",
                "Private key (.p8)",
                type="MultilineText",
                placeholder="-----BEGIN PRIVATE KEY-----",
                is_confidential=True,
                is_advanced=True,
            ),
        ),
    )
)
