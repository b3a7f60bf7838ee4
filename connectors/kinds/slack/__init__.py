"""Slack."""

from connectors.factories import SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import ClientConfig, client_items
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.openid import OpenIdConnector


class SlackConnector(OpenIdConnector):
    """https://api.slack.com/authentication/sign-in-with-slack"""

    uses_pkce = False
    endpoints = AuthorizationServer(
        issuer="https://slack.com",
        authorization_endpoint="https://slack.com/openid/connect/authorize",
        token_endpoint="https://slack.com/api/openid.connect.token",
        jwks_uri="https://slack.com/openid/connect/keys",
    )


register(
    SocialFactory(
        id="slack-universal",
        target="slack",
        name="Slack",
        description="Sign in with a Slack account.",
        connector=SlackConnector(),
        config=ClientConfig,
        logo="connectors/logos/slack.svg",
        readme=read_guide(__file__),
        form_items=client_items("openid profile email"),
    )
)
