"""Any OpenID provider, described by its endpoints."""

from common.jose.public_keys import ALGORITHMS
from connectors.factories import FormItem, SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import CLIENT_ID, CLIENT_SECRET, PARAMETERS, scope_item
from connectors.kinds.oidc.config import AUTHENTICATIONS, SECRET_JWT_ALGORITHMS, OidcConfig
from connectors.kinds.oidc.connector import OidcConnector
from connectors.oauth.id_tokens import CLOCK_TOLERANCE, SECRET_ALGORITHM

AUTHENTICATION_ITEMS = (
    FormItem(
        "tokenEndpointAuthMethod",
        "Client authentication",
        type="Select",
        default="client_secret_post",
        choices=tuple((name, name) for name in AUTHENTICATIONS),
        description="How the client proves itself at the token endpoint.",
    ),
    FormItem(
        "clientSecretJwtSigningAlgorithm",
        "Signature of the client's JWT",
        type="Select",
        default="HS256",
        choices=tuple((name, name) for name in SECRET_JWT_ALGORITHMS),
        shown_if={"tokenEndpointAuthMethod": "client_secret_jwt"},
    ),
)
ENDPOINT_ITEMS = (
    FormItem(
        "authorizationEndpoint",
        "Authorization endpoint",
        required=True,
        placeholder="https://id.example.com/authorize",
    ),
    FormItem("tokenEndpoint", "Token endpoint", required=True, placeholder="https://id.example.com/token"),
)

register(
    SocialFactory(
        id="oidc",
        name="OpenID Connect",
        description="Sign in with any OpenID provider.",
        connector=OidcConnector(),
        config=OidcConfig,
        is_standard=True,
        is_token_storage_supported=True,
        logo="connectors/logos/oidc.svg",
        readme=read_guide(__file__),
        form_items=(
            *ENDPOINT_ITEMS,
            CLIENT_ID,
            CLIENT_SECRET,
            *AUTHENTICATION_ITEMS,
            scope_item("openid"),
            FormItem(
                "idTokenVerificationConfig",
                "ID tokens",
                type="Json",
                required=True,
                parts=(
                    FormItem("jwksUri", "JWKS URI", placeholder="https://id.example.com/jwks"),
                    FormItem(
                        "issuer",
                        "Issuer",
                        placeholder="https://id.example.com",
                        description="As the provider writes it in ID tokens. Without it, the issuer is not checked.",
                    ),
                    FormItem(
                        "audience", "Further audience", description="Accepted besides the client ID.", is_advanced=True
                    ),
                    FormItem(
                        "algorithms",
                        "Algorithms",
                        type="MultiSelect",
                        choices=tuple((name, name) for name in (*ALGORITHMS, SECRET_ALGORITHM)),
                        description="HS256, which the client's secret verifies, goes with no other.",
                        is_advanced=True,
                    ),
                    FormItem(
                        "clockTolerance",
                        "Clock tolerance (s)",
                        type="Number",
                        default=CLOCK_TOLERANCE,
                        is_advanced=True,
                    ),
                ),
            ),
            FormItem(
                "trustUnverifiedEmail",
                "Trust unverified email addresses",
                type="Switch",
                default=False,
                description="Only for a provider of which you know that its users cannot enter what they like.",
            ),
            FormItem(
                "acceptStringTypedBooleanClaims",
                "Accept “true” in quotes",
                type="Switch",
                default=False,
                description="For a provider that sends email_verified as a text.",
                is_advanced=True,
            ),
            FormItem(
                "authRequestOptionalConfig",
                "Authorization request",
                type="Json",
                is_advanced=True,
                parts=(
                    FormItem(
                        "responseMode",
                        "Response mode",
                        type="Select",
                        choices=(("query", "query"), ("form_post", "form_post")),
                    ),
                    FormItem("prompt", "Prompt", placeholder="select_account"),
                    FormItem("display", "Display"),
                    FormItem("maxAge", "Maximum age (s)", type="Number"),
                    FormItem("uiLocales", "Languages"),
                    FormItem("loginHint", "Login hint"),
                    FormItem("idTokenHint", "ID token hint"),
                    FormItem("acrValues", "Authentication contexts"),
                ),
            ),
            PARAMETERS,
        ),
    )
)
