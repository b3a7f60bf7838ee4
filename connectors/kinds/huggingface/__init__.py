"""Hugging Face."""

from connectors.factories import SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import ClientConfig, client_items
from connectors.oauth.connector import Config
from connectors.oauth.openid import DiscoveredConnector


class HuggingFaceConnector(DiscoveredConnector):
    """https://huggingface.co/docs/hub/oauth"""

    def issuer(self, config: Config) -> str:
        return "https://huggingface.co"


register(
    SocialFactory(
        id="huggingface-universal",
        target="huggingface",
        name="Hugging Face",
        description="Sign in with a Hugging Face account.",
        connector=HuggingFaceConnector(),
        config=ClientConfig,
        logo="connectors/logos/huggingface.svg",
        readme=read_guide(__file__),
        form_items=client_items("openid profile email"),
    )
)
