"""Social connectors are set up next to each other, by target and platform."""

from typing import Any

import pytest

from common.actors import SYSTEM
from common.errors import AppError
from connectors.models import Connector, PendingAuthorization
from connectors.selectors import config_of, find_social_connection, list_social_connections, list_social_targets
from connectors.services.connectors import create_connector, delete_connector, update_connector
from events.models import AuditLog
from experience.models import SignInExperience
from tenants.models import Tenant
from tests.connectors.orchard import ORCHARD_CONFIG, orchards  # noqa: F401
from tests.racing import race

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant", "orchards")]


def add(kind: str = "orchard-web", **options: Any) -> Connector:
    return create_connector(factory_id=kind, config=options.pop("config", ORCHARD_CONFIG), actor=SYSTEM, **options)


def code_of(error: pytest.ExceptionInfo[AppError]) -> str:
    return error.value.code


def test_a_social_connector_stands_next_to_those_for_messages() -> None:
    email = create_connector(factory_id="http-email", config={"endpoint": "https://mail.example"}, actor=SYSTEM)
    social = add(sync_profile=True)
    assert {row.id for row in Connector.objects.all()} == {email.id, social.id}
    connection = find_social_connection(social.id)
    assert connection is not None
    assert (connection.target, connection.syncs_profile, connection.stores_tokens) == ("orchard", True, False)


def test_of_a_kind_that_is_no_standard_there_is_one() -> None:
    add()
    with pytest.raises(AppError) as error:
        add()
    assert code_of(error) == "connector.multiple_instances_not_supported"


def test_a_standard_needs_a_target_of_its_own() -> None:
    for metadata in (None, {}, {"target": ""}, {"name": {"en": "Trellis"}}):
        with pytest.raises(AppError) as error:
            add("trellis", metadata=metadata)
        assert code_of(error) == "connector.should_specify_target"
    add("trellis", metadata={"target": "vines"})
    add("trellis", metadata={"target": "hops"})
    assert list_social_targets() == ["vines", "hops"]


def test_a_target_has_one_connector_on_a_platform() -> None:
    add()
    add("trellis", metadata={"target": "orchard"})  # for all platforms, the other for the web
    with pytest.raises(AppError) as error:
        add("trellis", metadata={"target": "orchard"})
    assert code_of(error) == "connector.multiple_target_with_same_platform"
    assert error.value.data == {"connectorId": "trellis", "connectorName": {"en": "Trellis"}}


def test_the_target_stays_whatever_becomes_of_the_rest() -> None:
    connector = add("trellis", metadata={"target": "vines", "name": {"en": "Vines"}})
    with pytest.raises(AppError) as error:
        update_connector(connector, metadata={"target": "hops"}, actor=SYSTEM)
    assert code_of(error) == "connector.can_not_modify_target"
    changed = update_connector(connector, metadata={"logo": "https://vines.example/logo.svg"}, actor=SYSTEM)
    assert changed.metadata == {"target": "vines", "logo": "https://vines.example/logo.svg"}


@pytest.mark.parametrize(
    "metadata",
    [
        {"target": "two words"},
        {"target": "../admin"},
        {"target": "a" * 129},
        {"target": 7},
        {"target": "t", "name": "Vines"},
        {"target": "t", "name": {"de": "Reben"}},
        {"target": "t", "name": {"en": "v" * 129}},
        {"target": "t", "name": {"en": "Vines", "<b>": "Vines"}},
        {"target": "t", "name": {"en": "\0"}},
        {"target": "t", "logo": "javascript:alert(1)"},
        {"target": "t", "logo": "https://vines.example/" + "a" * 2048},
        {"target": "t", "logoDark": "data:image/svg+xml,<svg/>"},
    ],
)
def test_odd_metadata_is_refused(metadata: dict[str, Any]) -> None:
    with pytest.raises(AppError) as error:
        add("trellis", metadata=metadata)
    assert code_of(error) == "guard.invalid_input"
    assert error.value.data["issues"][0]["path"].startswith("metadata.")


def test_what_a_kind_cannot_do_is_refused(settings: Any) -> None:
    refusals: list[tuple[str, dict[str, Any], str]] = [
        ("orchard-web", {"metadata": {"name": {"en": "Mine"}}}, "cannot_overwrite_metadata_for_non_standard_connector"),
        ("http-email", {"sync_profile": True}, "invalid_type_for_syncing_profile"),
        ("http-email", {"enable_token_storage": True}, "token_storage_not_supported"),
        ("trellis", {"metadata": {"target": "t"}, "enable_token_storage": True}, "token_storage_not_supported"),
    ]
    for kind, options, code in refusals:
        with pytest.raises(AppError) as error:
            create_connector(factory_id=kind, actor=SYSTEM, **options)
        assert code_of(error) == f"connector.{code}"
    connector = add()
    settings.SECRET_VAULT_KEK = []
    with pytest.raises(AppError) as error:
        update_connector(connector, enable_token_storage=True, actor=SYSTEM)
    assert code_of(error) == "request.feature_not_supported"
    settings.SECRET_VAULT_KEK = ["ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="]
    assert update_connector(connector, enable_token_storage=True, actor=SYSTEM).enable_token_storage


def test_a_change_says_what_it_changed_and_no_secret() -> None:
    connector = add()
    update_connector(connector, config={**ORCHARD_CONFIG, "clientSecret": "riddle"}, sync_profile=True, actor=SYSTEM)
    assert config_of(Connector.objects.get())["clientSecret"] == "riddle"
    entry = AuditLog.objects.get(key="Connector.Data.Updated")
    assert entry.payload["changed"] == ["config"]
    assert entry.payload["after"] == {"syncProfile": True}
    everything = str([row.payload for row in AuditLog.objects.all()])
    assert "riddle" not in everything
    assert "orchard-secret" not in everything


def test_without_a_configuration_it_signs_nobody_in() -> None:
    connector = create_connector(factory_id="orchard-web", actor=SYSTEM)
    assert list_social_connections() == {}
    with pytest.raises(AppError) as error:
        update_connector(connector, config={"clientId": "c"}, actor=SYSTEM)
    assert code_of(error) == "connector.invalid_config"


def test_a_deleted_connector_leaves_the_sign_in_page() -> None:
    """It stays there as long as another connector has its target."""
    first, second = add(), add("trellis", metadata={"target": "orchard"})
    SignInExperience.objects.update(social_sign_in_connector_targets=["orchard", "vines"])
    delete_connector(first.id, actor=SYSTEM)
    assert SignInExperience.objects.get().social_sign_in_connector_targets == ["orchard", "vines"]
    delete_connector(second.id, actor=SYSTEM)
    assert SignInExperience.objects.get().social_sign_in_connector_targets == ["vines"]
    entry = AuditLog.objects.get(key="SignInExperience.Updated")
    assert entry.payload["after"] == {"socialSignInConnectorTargets": ["vines"]}
    assert not PendingAuthorization.objects.exists()


def test_a_new_email_connector_removes_no_social_one() -> None:
    add()
    for _ in range(2):
        create_connector(factory_id="http-email", config={"endpoint": "https://mail.example"}, actor=SYSTEM)
    assert sorted(Connector.objects.values_list("factory_id", flat=True)) == ["http-email", "orchard-web"]


@pytest.mark.django_db(transaction=True)
def test_of_two_set_up_at_once_one_is_refused(tenant: Tenant) -> None:
    outcomes = race([lambda: add("trellis", metadata={"target": "vines"})] * 2)
    assert outcomes.count("connector.multiple_target_with_same_platform") == 1
    assert Connector.objects.count() == 1
