"""Google, with One Tap."""

from connectors.factories import FormItem, SocialFactory, register
from connectors.kinds.google.config import PROMPTS, GoogleConfig
from connectors.kinds.google.connector import GoogleConnector
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import client_items

register(
    SocialFactory(
        id="google-universal",
        target="google",
        name="Google",
        description="Sign in with a Google account, also by One Tap.",
        connector=GoogleConnector(),
        config=GoogleConfig,
        is_token_storage_supported=True,
        logo="connectors/logos/google.svg",
        readme=read_guide(__file__),
        form_items=(
            *client_items("openid profile email"),
            FormItem(
                "prompts",
                "Prompts",
                type="MultiSelect",
                choices=tuple((prompt, prompt) for prompt in PROMPTS),
                description="What Google asks although the user is signed in there; none goes with no other.",
                is_advanced=True,
            ),
            FormItem(
                "offlineAccess",
                "Offline access",
                type="Switch",
                default=False,
                description="Ask for a refresh token, for an application that calls Google's APIs later.",
                is_advanced=True,
            ),
            FormItem(
                "oneTap",
                "Google One Tap",
                type="Json",
                parts=(
                    FormItem("isEnabled", "One Tap on the sign-in page", type="Switch", default=False),
                    FormItem("autoSelect", "One Tap: sign in automatically", type="Switch", default=False),
                    FormItem("closeOnTapOutside", "One Tap: close on a tap outside", type="Switch", default=True),
                    FormItem("itpSupport", "One Tap: in browsers that prevent tracking", type="Switch", default=True),
                ),
            ),
        ),
    )
)
