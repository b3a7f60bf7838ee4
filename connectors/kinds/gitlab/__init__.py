"""GitLab.com."""

from connectors.factories import SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import ClientConfig, client_items
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.openid import OpenIdConnector


class GitLabConnector(OpenIdConnector):
    """https://docs.gitlab.com/integration/openid_connect_provider/"""

    uses_userinfo = True
    endpoints = AuthorizationServer(
        issuer="https://gitlab.com",
        authorization_endpoint="https://gitlab.com/oauth/authorize",
        token_endpoint="https://gitlab.com/oauth/token",
        userinfo_endpoint="https://gitlab.com/oauth/userinfo",
        jwks_uri="https://gitlab.com/oauth/discovery/keys",
    )


register(
    SocialFactory(
        id="gitlab-universal",
        target="gitlab",
        name="GitLab",
        description="Sign in with an account of GitLab.com.",
        connector=GitLabConnector(),
        config=ClientConfig,
        logo="connectors/logos/gitlab.svg",
        readme=read_guide(__file__),
        form_items=client_items("openid profile email"),
    )
)
