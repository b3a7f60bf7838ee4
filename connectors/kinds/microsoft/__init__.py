"""Microsoft: accounts of Entra ID tenants, personal ones, or both."""

from connectors.factories import FormItem, SocialFactory, register
from connectors.kinds.google.config import PROMPTS
from connectors.kinds.guides import read_guide
from connectors.kinds.microsoft.config import PUBLIC_CLOUD, MicrosoftConfig
from connectors.kinds.microsoft.connector import MicrosoftConnector
from connectors.kinds.oauth_configs import CLIENT_ID, CLIENT_SECRET

register(
    SocialFactory(
        id="azuread-universal",
        target="azuread",
        name="Microsoft",
        description="Sign in with a work, school or personal Microsoft account.",
        connector=MicrosoftConnector(),
        config=MicrosoftConfig,
        logo="connectors/logos/microsoft.svg",
        readme=read_guide(__file__),
        form_items=(
            CLIENT_ID,
            CLIENT_SECRET,
            FormItem(
                "cloudInstance",
                "Cloud",
                default=PUBLIC_CLOUD,
                placeholder=PUBLIC_CLOUD,
                description="Another address for national clouds alone.",
            ),
            FormItem(
                "tenantId",
                "Tenant",
                required=True,
                default="common",
                placeholder="common",
                description="The directory (tenant) ID, or common (every account), organizations (work and school), "
                "consumers (personal).",
            ),
            FormItem(
                "scopes",
                "Scopes",
                placeholder="profile email",
                description="Separated by spaces; profile email if empty. openid is always requested.",
            ),
            FormItem(
                "prompts",
                "Prompts",
                type="MultiSelect",
                choices=tuple((prompt, prompt) for prompt in PROMPTS),
                description="What Microsoft asks although the user is signed in there; none goes with no other.",
                is_advanced=True,
            ),
        ),
    )
)
