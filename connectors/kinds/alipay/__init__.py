"""Alipay: on websites, and in native applications."""

from connectors.factories import FormItem, Platform, SocialFactory, register
from connectors.kinds.alipay.config import AlipayConfig
from connectors.kinds.alipay.connector import AlipayNativeConnector, AlipayWebConnector
from connectors.kinds.guides import read_guide

_GUIDE = read_guide(__file__)
_FORM = (
    FormItem("appId", "App ID", required=True, placeholder="2021000000000000"),
    FormItem(
        "privateKey",
        "Private key of the application",
        type="MultilineText",
        required=True,
        is_confidential=True,
        description="The RSA key whose public half you have entered at Alipay (RSA2).",
    ),
)

for _id, _platform, _name, _description, _connector in (
    ("alipay-web", Platform.WEB, "Alipay", "Sign in on a website with an Alipay account.", AlipayWebConnector()),
    (
        "alipay-native",
        Platform.NATIVE,
        "Alipay (native)",
        "Sign in to a mobile application through the Alipay app.",
        AlipayNativeConnector(),
    ),
):
    register(
        SocialFactory(
            id=_id,
            target="alipay",
            platform=_platform,
            name=_name,
            description=_description,
            connector=_connector,
            config=AlipayConfig,
            logo="connectors/logos/alipay.svg",
            readme=_GUIDE,
            form_items=(
                *_FORM,
                FormItem(
                    "signType",
                    "Signature",
                    type="Select",
                    default="RSA2",
                    choices=(("RSA2", "RSA2 (SHA-256)"),),
                    is_advanced=True,
                ),
            ),
        )
    )
