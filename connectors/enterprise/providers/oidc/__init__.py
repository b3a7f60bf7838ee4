"""Any identity provider that speaks OpenID Connect and publishes its metadata."""

from connectors.enterprise.openid.config import CLIENT_ITEMS, SCOPE_ITEM, TRUST_ITEM, IssuerConfig, issuer_item
from connectors.enterprise.openid.protocol import EnterpriseOpenId, OpenIdProtocol
from connectors.enterprise.provider import Provider, ProviderType, register
from connectors.kinds.guides import read_guide

register(
    Provider(
        name="OIDC",
        title="OpenID Connect",
        type=ProviderType.OIDC,
        description="Any identity provider that speaks OpenID Connect.",
        protocol=OpenIdProtocol(EnterpriseOpenId()),
        config=IssuerConfig,
        form_items=(
            issuer_item("https://id.example.com", "Its metadata is read from /.well-known/openid-configuration below."),
            *CLIENT_ITEMS,
            SCOPE_ITEM,
            TRUST_ITEM,
        ),
        logo="connectors/logos/sso-oidc.svg",
        logo_dark="connectors/logos/sso-oidc.svg",
        readme=read_guide(__file__),
    )
)
