"""Any identity provider that speaks SAML 2.0."""

from connectors.enterprise.provider import Provider, ProviderType, register
from connectors.enterprise.saml.config import FORM_ITEMS, SamlConfig
from connectors.enterprise.saml.protocol import SamlProtocol
from connectors.kinds.guides import read_guide

register(
    Provider(
        name="SAML",
        title="SAML 2.0",
        type=ProviderType.SAML,
        description="Any identity provider that speaks SAML 2.0.",
        protocol=SamlProtocol(),
        config=SamlConfig,
        form_items=FORM_ITEMS,
        logo="connectors/logos/sso-saml.svg",
        logo_dark="connectors/logos/sso-saml.svg",
        readme=read_guide(__file__),
    )
)
