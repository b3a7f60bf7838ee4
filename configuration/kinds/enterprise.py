"""Enterprise connectors, and where users go who begin at an identity provider.

Keys that sign requests are not among it: a connector that is to sign gets one of its own.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from applications.models import Application
from common.errors import AppError
from common.shapes import AnyObject, Flag, Text
from configuration.errors import Path
from configuration.kinds.base import Change, Form, Item, NoSecrets, Options, Reading
from configuration.kinds.connector_secrets import secret_paths_of
from configuration.kinds.immutable import assert_unchanged
from configuration.kinds.shapes import JSON, Names, column, form_shape
from configuration.names import ids_of
from configuration.secrets import with_secrets
from connectors.enterprise.provider import Provider, find_provider, get_provider
from connectors.enterprise.selectors import config_of
from connectors.enterprise.services.connectors import (
    checked_config,
    create_sso_connector,
    delete_sso_connector,
    update_sso_connector,
)
from connectors.enterprise.services.signing_keys import create_sso_signing_key
from connectors.models import SsoConnector, SsoSigningKey
from experience.models import IdpInitiatedSignIn
from experience.services.idp_initiated import delete_idp_initiated_sign_in, set_idp_initiated_sign_in

_SIGNS = "signAuthnRequest"
_PARAMETERS = {
    "name": "connector_name",
    "domains": "domains",
    "branding": "branding",
    "config": "config",
    "syncProfile": "sync_profile",
    "enableTokenStorage": "enable_token_storage",
}


class SsoConnectors:
    """Identified by name. The identity provider of a changed configuration is asked, when planning too."""

    section = "ssoConnectors"
    shape = form_shape(
        {
            "name": column(SsoConnector, "connector_name", required=True),
            "provider": column(SsoConnector, "provider_name"),
            "domains": Names(),
            "branding": JSON,
            "config": JSON,
            "syncProfile": Flag(),
            "enableTokenStorage": Flag(),
        }
    )
    options = Options(renames=True, max_items=100)
    covers = (SsoConnector,)
    settings = ()

    def secret_paths(self, form: Mapping[str, Any]) -> Iterable[Path]:
        provider = find_provider(str(form.get("provider", "")))
        return secret_paths_of(provider.form_items, form.get("config"), ("config",)) if provider else ()

    def read(self, reading: Reading) -> list[Item]:
        return [Item(row.connector_name, self._form(row), row.id, row) for row in SsoConnector.objects.all()]

    def question(self, item: Item | None, form: Form) -> Callable[[], object] | None:
        provider = find_provider(str(form.get("provider", "")))
        if provider is None or not form.get("config") or _is_stored(item, provider, form["config"]):
            return None
        return partial(checked_config, provider, form["config"])

    def create(self, form: Form, change: Change) -> None:
        given: dict[str, Any] = {_PARAMETERS[name]: form[name] for name in _PARAMETERS.keys() & form.keys()}
        config = given.pop("config", None)
        signs = bool(config and config.get(_SIGNS))
        first = {**config, _SIGNS: False} if config and signs else config
        connector = create_sso_connector(
            provider_name=form.get("provider", ""), **given, config=first, actor=change.actor
        )
        if signs:
            create_sso_signing_key(connector, active=True, actor=change.actor)
            update_sso_connector(connector, config=config, actor=change.actor)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        assert_unchanged(names, "provider")
        row: SsoConnector = item.row
        has_key = SsoSigningKey.objects.filter(connector=row, active=True).exists()
        if "config" in names and form["config"].get(_SIGNS) and not has_key:
            create_sso_signing_key(row, active=True, actor=change.actor)
        given: dict[str, Any] = {_PARAMETERS[name]: form[name] for name in names}
        if "config" in names and _is_stored(item, get_provider(row.provider_name), form["config"]):
            del given["config"]
        if not given:
            return
        update_sso_connector(row, **given, actor=change.actor)

    def delete(self, item: Item, change: Change) -> None:
        delete_sso_connector(item.row, actor=change.actor)

    def _form(self, row: SsoConnector) -> Form:
        provider = find_provider(row.provider_name)
        paths = list(secret_paths_of(provider.form_items, config_of(row))) if provider else []
        return {
            "name": row.connector_name,
            "provider": row.provider_name,
            "domains": sorted(row.domains),
            "branding": row.branding,
            "config": with_secrets(config_of(row), paths, "sso", row.connector_name),
            "syncProfile": row.sync_profile,
            "enableTokenStorage": row.enable_token_storage,
        }


def _is_stored(item: Item | None, provider: Provider, config: Mapping[str, Any]) -> bool:
    """Whether a configuration is what is stored, once defaults are filled in; an invalid one is not."""
    if item is None:
        return False
    try:
        return provider.validated(config) == config_of(item.row)
    except AppError:
        return False


class IdpInitiatedSignIns(NoSecrets):
    """Identified by the name of the connector; of an application's several redirect URIs the first one is used."""

    section = "idpInitiatedSignIns"
    shape = form_shape(
        {
            "connector": column(SsoConnector, "connector_name", required=True),
            "application": column(Application, "name", required=True),
            "sendsAuthorizationRequest": Flag(),
            "redirectUri": Text(nullable=True, max_length=2048),
            "authParameters": AnyObject(),
            "clientCallbackUri": Text(nullable=True, max_length=2048),
        }
    )
    options = Options(identified_by=("connector",), max_items=100)
    covers = (IdpInitiatedSignIn,)
    settings = ()

    def read(self, reading: Reading) -> list[Item]:
        rows = IdpInitiatedSignIn.objects.select_related("connector", "application")
        return [Item(row.connector.connector_name, _idp_form(row), row.id, row) for row in rows]

    def create(self, form: Form, change: Change) -> None:
        connector_id = ids_of(SsoConnector, [form["connector"]], path="connector", field="connector_name")[0]
        self._set(SsoConnector.objects.get(id=connector_id), form, change)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        self._set(item.row.connector, form, change)

    def delete(self, item: Item, change: Change) -> None:
        delete_idp_initiated_sign_in(item.row.connector, actor=change.actor)

    def _set(self, connector: SsoConnector, form: Form, change: Change) -> None:
        set_idp_initiated_sign_in(
            connector,
            application_id=ids_of(Application, [form["application"]], path="application")[0],
            auto_send_authorization_request=form.get("sendsAuthorizationRequest", False),
            redirect_uri=form.get("redirectUri"),
            auth_parameters=form.get("authParameters"),
            client_callback_uri=form.get("clientCallbackUri"),
            actor=change.actor,
        )


def _idp_form(row: IdpInitiatedSignIn) -> Form:
    return {
        "connector": row.connector.connector_name,
        "application": row.application.name,
        "sendsAuthorizationRequest": row.auto_send_authorization_request,
        "redirectUri": row.redirect_uri,
        "authParameters": row.auth_parameters,
        "clientCallbackUri": row.client_callback_uri,
    }
