"""Whoever changes something is named in the history, with what was changed and how.

Most services once took an actor and dropped it: a change through the Management API left no entry, the same change in
the console left one, written by the console. Every service that takes an actor is called here, and must leave an entry.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

from console.audit.names import Names
from console.audit.sentences import plain_sentence
from events.models import AuditLog
from identity.models import User
from tenants.context import all_tenants_scope
from tests.history.recipes import CAROL, RECIPES, WITHOUT_ENTRY
from tests.history.world import World

pytestmark = pytest.mark.django_db

ROOMS = (
    "access",
    "applications",
    "configuration",
    "connectors",
    "events.webhooks",
    "experience",
    "identity",
    "oidc",
    "organizations",
    "portal",
    "saml",
    "tenants",
)
# What says how a row changed; `revokeGrantIds` and the like are the contract's own words.
CHANGES = {"before", "after", "added", "removed", "changed", "status", "enabled", "revokeGrantIds"}
WORDS = ("Created", "Create", "Deleted", "Delete", "Revealed", "Updated", "Unlocked", "RevokeSession")


def services() -> Iterator[Any]:
    """Every function of the rooms that takes an actor and changes something."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for found in pkgutil.walk_packages(package.__path__, f"{room}."):
            if ".migrations" in found.name:
                continue
            module = importlib.import_module(found.name)
            for name, value in vars(module).items():
                function = inspect.unwrap(value) if callable(value) else None
                if not inspect.isfunction(function) or function.__module__ != found.name or name.startswith("_"):
                    continue
                if "actor" in inspect.signature(function).parameters:
                    yield value


def test_every_service_with_an_actor_has_a_recipe() -> None:
    known = {*RECIPES, *WITHOUT_ENTRY}
    missing = [f"{service.__module__}.{service.__name__}" for service in services() if service not in known]
    assert [name for name in missing if not name.startswith("tenants.announcing")] == []


@pytest.fixture
def world(alice: User) -> World:
    return World(alice)


@pytest.mark.parametrize("service", RECIPES, ids=lambda service: f"{service.__module__}.{service.__name__}")
def test_the_entry_names_actor_subject_and_change(service: Any, world: World) -> None:
    RECIPES[service](world)
    with all_tenants_scope():
        entries = [entry for entry in AuditLog.all_tenants.all() if (entry.payload.get("actor") or {}).get("id")]
    assert entries, "no entry"
    for entry in entries:
        assert entry.payload["actor"] == {"kind": CAROL.kind, "id": CAROL.id}
        assert entry.payload["subject"]["type"]
        assert entry.payload["subject"]["id"]
        assert plain_sentence(entry, Names([entry])) != entry.key, "the console has no words for it"
    payloads = [entry.payload for entry in entries]
    assert any(CHANGES & payload.keys() or payload["key"].rpartition(".")[2] in WORDS for payload in payloads)
