"""WeChat: on websites by a QR code, and in native applications."""

from connectors.factories import FormItem, Platform, SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import scope_item
from connectors.kinds.wechat.config import WeChatNativeConfig, WeChatWebConfig
from connectors.kinds.wechat.connector import WeChatNativeConnector, WeChatWebConnector

_CLIENT = (
    FormItem("appId", "App ID", required=True, placeholder="wx0123456789abcdef"),
    FormItem("appSecret", "App secret", required=True, is_confidential=True),
)
_GUIDE = read_guide(__file__)

register(
    SocialFactory(
        id="wechat-web",
        target="wechat",
        platform=Platform.WEB,
        name="WeChat",
        description="Sign in on a website by scanning a QR code with WeChat.",
        connector=WeChatWebConnector(),
        config=WeChatWebConfig,
        logo="connectors/logos/wechat.svg",
        readme=_GUIDE,
        form_items=(*_CLIENT, scope_item("snsapi_login")),
    )
)
register(
    SocialFactory(
        id="wechat-native",
        target="wechat",
        platform=Platform.NATIVE,
        name="WeChat (native)",
        description="Sign in to a mobile application through the WeChat app.",
        connector=WeChatNativeConnector(),
        config=WeChatNativeConfig,
        logo="connectors/logos/wechat.svg",
        readme=_GUIDE,
        form_items=(
            *_CLIENT,
            FormItem(
                "universalLinks",
                "Universal link",
                placeholder="https://example.com/app/",
                description="By which WeChat returns to your application on iOS.",
            ),
        ),
    )
)
