"""Every kind: registered by the contract's names, described in full, and with a configuration that is checked."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from common.errors import AppError
from common.saml.metadata import render_idp_metadata
from connectors.factories import FormItem, Platform, SocialFactory, list_factories
from connectors.guides import guide
from tests.spec.saml.messages import key_pair

# Contract experience.md 6.2.
TARGETS = {
    "alipay-native": "alipay",
    "alipay-web": "alipay",
    "amazon-universal": "amazon",
    "apple-universal": "apple",
    "azuread-universal": "azuread",
    "dingtalk-web": "dingtalk",
    "discord-universal": "discord",
    "facebook-universal": "facebook",
    "feishu-web": "feishu",
    "github-universal": "github",
    "gitlab-universal": "gitlab",
    "google-universal": "google",
    "huggingface-universal": "huggingface",
    "kakao-universal": "kakao",
    "kook-universal": "kook",
    "line-universal": "line",
    "linkedin-universal": "linkedin",
    "naver-universal": "naver",
    "oauth2": "",
    "oidc": "",
    "patreon-universal": "patreon",
    "qq-universal": "qq",
    "saml": "",
    "slack-universal": "slack",
    "wechat-native": "wechat",
    "wechat-web": "wechat",
    "wecom-universal": "wecom",
    "x-universal": "x",
    "xiaomi-universal": "xiaomi",
}
SECRETS = {"clientSecret", "appSecret", "privateKey", "encPrivateKey"}
STORING_TOKENS = {"google-universal", "github-universal", "facebook-universal", "oidc", "oauth2"}

METADATA = render_idp_metadata(
    entity_id="https://idp.example",
    certificates=[key_pair("idp")[1]],
    sso_redirect_url="https://idp.example/sso",
    sso_post_url="https://idp.example/sso",
).decode()


def kinds() -> list[SocialFactory]:
    return [factory for factory in list_factories() if isinstance(factory, SocialFactory)]


def test_the_kinds_are_those_of_the_contract() -> None:
    assert {kind.id: kind.target for kind in kinds()} == TARGETS
    assert {kind.id for kind in kinds() if kind.is_token_storage_supported} == STORING_TOKENS
    assert {kind.id for kind in kinds() if kind.is_standard} == {"oidc", "oauth2", "saml"}
    platforms = {kind.id: kind.platform for kind in kinds()}
    assert {name for name, platform in platforms.items() if platform is Platform.NATIVE} == {
        "alipay-native",
        "wechat-native",
    }
    assert {name for name, platform in platforms.items() if platform is Platform.WEB} == {
        "alipay-web",
        "wechat-web",
        "feishu-web",
        "dingtalk-web",
    }


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.id)
def test_a_kind_has_a_logo_a_guide_and_a_form_for_its_whole_configuration(kind: SocialFactory) -> None:
    for logo in filter(None, (kind.logo, kind.logo_dark)):
        found = finders.find(logo)
        assert found, logo
        drawing = Path(str(found)).read_text()
        assert "<script" not in drawing
        assert "http" not in drawing.replace("http://www.w3.org/2000/svg", "")
        assert len(drawing) < 4000
    assert kind.readme.startswith("# ")
    # Where the provider sends users back to; native applications have no such address.
    assert "{{callbackUri}}" in kind.readme
    assert len(kind.readme) > 300
    settable = set(kind.config().fields)
    # The contract has them, and they have one value.
    assert {item.key for item in kind.form_items} == settable - {"responseType", "grantType"}
    for item in kind.form_items:
        if item.parts:
            field: Any = kind.config().fields[item.key]
            assert {part.key for part in item.parts} == set(field.fields)


def test_a_guide_names_the_address_that_the_provider_sends_users_to() -> None:
    origin = "https://acme.example"
    for kind in kinds():
        path = "/api/authn/saml/c1" if kind.id == "saml" else "/callback/c1"
        text = guide(kind, origin=origin, connector_id="c1")
        assert f"{origin}{path}" in text, kind.id
        assert "{{" not in text


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.id)
def test_what_a_form_says_is_what_the_configuration_is_checked_for(kind: SocialFactory) -> None:
    fields = kind.config().fields
    for item in kind.form_items:
        assert item.required is fields[item.key].required, item.key
        assert item.is_confidential is (item.key in SECRETS), item.key
    with pytest.raises(AppError) as failure:
        kind.validated({})
    assert failure.value.code == "connector.invalid_config"
    config = filled_in(kind)
    checked = kind.validated(config)
    assert {**checked, "idTokenVerificationConfig": None} == {**config, "idTokenVerificationConfig": None}
    with pytest.raises(AppError) as failure:
        kind.validated({**config, "unknown": "x"})
    assert failure.value.code == "connector.invalid_config"


def filled_in(kind: SocialFactory) -> dict[str, Any]:
    """What a developer enters who fills in what is required."""

    def value(item: FormItem) -> Any:
        if item.key in {"idpMetadataXml", "privateKey"}:
            return METADATA if item.key == "idpMetadataXml" else key_pair("idp")[0].strip()
        if item.parts:
            return {"jwksUri": "https://id.example.com/jwks"}
        return item.default or item.placeholder or "value-1"

    return {item.key: value(item) for item in kind.form_items if item.required}
