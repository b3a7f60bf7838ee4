"""Configurations of WeChat."""

from common.rest.fields import WebAddressField
from connectors.kinds.configs import Config
from connectors.kinds.oauth_configs import IdField, ScopeField


class WeChatConfig(Config):
    """An application of the WeChat Open Platform."""

    appId = IdField(max_length=128)
    appSecret = IdField()


class WeChatWebConfig(WeChatConfig):
    """A website application."""

    scope = ScopeField()


class WeChatNativeConfig(WeChatConfig):
    """A mobile application."""

    universalLinks = WebAddressField(required=False)
