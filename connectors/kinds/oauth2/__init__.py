"""Any OAuth 2.0 provider that has an address for the user's profile."""

from connectors.factories import FormItem, SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth2.config import OAuth2Config
from connectors.kinds.oauth2.connector import OAuth2Connector
from connectors.kinds.oauth_configs import CLIENT_ID, CLIENT_SECRET, PARAMETERS, TRUST_EMAIL
from connectors.kinds.oidc import AUTHENTICATION_ITEMS, ENDPOINT_ITEMS

register(
    SocialFactory(
        id="oauth2",
        name="OAuth 2.0",
        description="Sign in with any OAuth 2.0 provider.",
        connector=OAuth2Connector(),
        config=OAuth2Config,
        is_standard=True,
        is_token_storage_supported=True,
        logo="connectors/logos/oauth2.svg",
        readme=read_guide(__file__),
        form_items=(
            *ENDPOINT_ITEMS,
            FormItem(
                "userInfoEndpoint", "User info endpoint", required=True, placeholder="https://id.example.com/api/me"
            ),
            CLIENT_ID,
            CLIENT_SECRET,
            *AUTHENTICATION_ITEMS,
            FormItem("scope", "Scopes", description="Separated by spaces."),
            FormItem(
                "profileMap",
                "Profile",
                type="Json",
                description="Where the user info has what; data.id is the member id of data.",
                parts=(
                    FormItem("id", "User's ID", placeholder="id"),
                    FormItem("name", "Name", placeholder="name"),
                    FormItem("avatar", "Avatar", placeholder="avatar"),
                    FormItem("email", "Email", placeholder="email"),
                    FormItem("phone", "Phone", placeholder="phone"),
                ),
            ),
            TRUST_EMAIL,
            FormItem(
                "tokenEndpointResponseType",
                "Tokens come as",
                type="Select",
                choices=(("query-string", "Query string"), ("json", "JSON")),
                description="Either is understood, whatever is chosen.",
                is_advanced=True,
            ),
            PARAMETERS,
        ),
    )
)
