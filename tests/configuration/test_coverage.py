"""Whatever is configuration is in a file, or left out for a reason: models, settings, secrets of connectors."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from enum import EnumType
from typing import Any

import pytest

from common.shapes import Members
from configuration import coverage
from configuration.kinds.connector_secrets import secret_paths_of
from configuration.registry import ALL_KINDS, OF_THE_INSTALLATION
from connectors.enterprise.provider import list_providers
from connectors.factories import list_factories
from experience.captcha import KINDS
from experience.settings_shape import SIGN_IN_EXPERIENCE
from tenants.isolation import tenant_models
from tenants.services.script_settings import ScriptSetting
from tenants.services.settings import Setting

ROOMS = ("access", "applications", "connectors", "events", "experience", "identity", "oidc", "organizations", "saml")
CONFIGURATION_MODELS = sorted(
    (model for model in tenant_models() if model.is_configuration), key=lambda model: model._meta.label
)
COVERED = {model for kind in ALL_KINDS for model in kind.covers}


def _settings() -> Iterator[str]:
    """The key of every setting that a module of the rooms has, and of every kind of script."""
    for room in (*ROOMS, "tenants", "console", "management_api", "portal"):
        for found in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            if ".migrations" in found.name or ".management." in found.name:
                continue
            for value in vars(importlib.import_module(found.name)).values():
                members: list[Any] = list(value) if isinstance(value, EnumType) else [value]
                for member in members:
                    held = getattr(member, "setting", member)
                    if isinstance(held, Setting | ScriptSetting):
                        yield held.key


@pytest.mark.parametrize("model", CONFIGURATION_MODELS, ids=lambda model: model._meta.label)
def test_a_configuration_model_is_covered_or_left_out_for_a_reason(model: Any) -> None:
    assert (model in COVERED) is not (model._meta.label in coverage.MODELS_LEFT_OUT)


@pytest.mark.parametrize("key", sorted(set(_settings())))
def test_a_setting_is_covered_or_left_out_for_a_reason(key: str) -> None:
    covered = {name for kind in ALL_KINDS for name in kind.settings}
    assert (key in covered) is not (key in coverage.SETTINGS_LEFT_OUT)


def test_reasons_are_given_for_what_is_there() -> None:
    assert coverage.MODELS_LEFT_OUT.keys() <= {model._meta.label for model in CONFIGURATION_MODELS}
    assert coverage.SETTINGS_LEFT_OUT.keys() <= set(_settings())
    assert coverage.SIGN_IN_EXPERIENCE_LEFT_OUT.keys() <= SIGN_IN_EXPERIENCE.members.keys()
    assert {kind.section for kind in ALL_KINDS} >= OF_THE_INSTALLATION


def test_the_sign_in_experience_is_whole() -> None:
    [kind] = [kind for kind in ALL_KINDS if kind.section == "signInExperience"]
    assert kind.shape.members.keys() == SIGN_IN_EXPERIENCE.members.keys() - coverage.SIGN_IN_EXPERIENCE_LEFT_OUT.keys()


# What sounds like a secret and is none.
NO_SECRETS = {
    "accessKeyId",
    "idTokenHint",
    "clientSecretJwtSigningAlgorithm",
    "secretId",
    "tokenEndpoint",
    "tokenEndpointAuthMethod",
    "tokenEndpointResponseType",
    # A public key: it verifies what the provider signs.
    "webhookVerificationKey",
}
SOUNDS_SECRET = re.compile(r"secret|password|passphrase|token|key$|^pass$|authorization$", re.IGNORECASE)


def _fields(serializer: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in serializer.get_fields().items():
        if hasattr(field, "get_fields"):
            yield from _fields(field, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("kind", [*list_factories(), *list_providers()], ids=lambda kind: kind.name)
def test_what_sounds_like_a_secret_of_a_connector_is_a_reference_in_a_file(kind: Any) -> None:
    """Its kind says so by `is_confidential`; what does not would be exported in clear."""
    confidential = set(secret_paths_of(kind.form_items, {}))
    paths = list(_fields(kind.config()))
    # Next to a secret a key is a name.
    names = {"apiKey"} if ("apiSecret",) in paths else set()
    for path in paths:
        if SOUNDS_SECRET.search(path[-1]) and path[-1] not in NO_SECRETS | names:
            assert path in confidential, path


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.type)
def test_what_sounds_like_a_secret_of_a_captcha_is_one(kind: Any) -> None:
    shape: Members = kind.shape
    sounding = {name for name in shape.members if re.search(r"secret|apiKey", name, re.IGNORECASE)}
    assert sounding <= kind.secrets
