"""From a name to a domain that is served, against a real DNS server; and back when its records are gone."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from common.clock import now
from events.models import AuditLog
from tenants import rate_limits
from tenants.context import all_tenants_scope, enter_tenant
from tenants.domains.checking import check_domain, take_due_domains
from tenants.domains.models import DomainCheck
from tenants.domains.services import add_domain, delete_domain
from tenants.hosts import find_site
from tenants.models import Domain, Tenant
from tenants.tasks import check_due_domains
from tests.racing import race_outcomes
from tests.tenants.domains.conftest import TARGET, Edge
from tests.tenants.domains.dns_server import Zone, dns_server

pytestmark = pytest.mark.django_db

NAME = "login.shop.example"
PROOF = f"_gatehouse.{NAME}"


def add(api: Client, name: str = NAME) -> dict[str, Any]:
    answer = api.post("/api/domains", {"domain": name}, content_type="application/json")
    assert answer.status_code == 201, answer.content
    row: dict[str, Any] = answer.json()
    return row


def look(api: Client, row: dict[str, Any]) -> tuple[str, str | None]:
    """Ask for a domain as if nobody had for a while."""
    with all_tenants_scope():
        DomainCheck.all_tenants.update(checked_at=None)
    answer = api.get(f"/api/domains/{row['id']}").json()
    return answer["status"], answer["errorMessage"]


def age(tenant_id: str = "default", **check: Any) -> None:
    with enter_tenant(tenant_id):
        DomainCheck.objects.update(**check)


def test_the_whole_way(api: Client, zone: Zone, edge: Edge) -> None:
    row = add(api)
    assert row["status"] == "PendingVerification"
    assert row["errorMessage"] is None
    assert [record["name"] for record in row["dnsRecords"]] == [NAME, PROOF]
    assert row["dnsRecords"][0] == {"name": NAME, "type": "CNAME", "value": TARGET}
    assert zone.asked == []
    assert look(api, row) == ("PendingVerification", f"There is no TXT record at {PROOF} yet.")
    zone.set(PROOF, "TXT", '"v=spf1 -all"')
    assert look(api, row) == ("PendingVerification", f"The TXT record at {PROOF} has another value.")
    proof = row["dnsRecords"][1]["value"]
    zone.set(PROOF, "TXT", '"v=spf1 -all"', f'"{proof[:9]}" "{proof[9:]}"')
    assert look(api, row) == ("PendingVerification", f"There is no CNAME record at {NAME} yet.")
    zone.set(NAME, "CNAME", "elsewhere.example.")
    assert look(api, row)[1] == f"{NAME} leads to elsewhere.example, not to {TARGET}."
    assert edge.asked == []
    zone.set(NAME, "CNAME", f"{TARGET.upper()}.")
    assert look(api, row) == ("PendingSsl", "There is no certificate yet: the request failed: ConnectError.")
    assert edge.asked == [f"https://{NAME}/healthz"]
    assert find_site(NAME) is None
    edge.certificates.add(NAME)
    assert look(api, row) == ("Active", None)
    assert find_site(NAME) is not None
    changes = AuditLog.objects.filter(key="Domain.Status.Updated").order_by("created_at", "id")
    assert [entry.payload["after"]["status"] for entry in changes] == ["PendingSsl", "Active"]


@pytest.mark.django_db(transaction=True)
def test_a_domain_is_deleted_once(tenant: Tenant, settings: Any) -> None:
    """Whoever pressed twice had it deleted twice, said the audit log."""
    settings.CUSTOM_DOMAIN_TARGET = TARGET
    domain = add_domain(NAME, actor=SYSTEM)
    outcomes = race_outcomes([partial(delete_domain, domain.id, actor=SYSTEM)] * 3)
    assert sorted(outcomes) == ["entity.not_exists_with_id"] * 2 + ["ok"]
    assert AuditLog.objects.filter(key="Domain.Deleted").count() == 1


def test_a_chain_of_aliases_and_a_zones_top_lead_here_too(api: Client, zone: Zone, edge: Edge) -> None:
    edge.certificates |= {NAME, "shop.example"}
    row = add(api)
    zone.prove(row)
    zone.set(NAME, "CNAME", "cdn.shop.example.")
    zone.set("cdn.shop.example", "CNAME", f"{TARGET}.")
    assert look(api, row)[0] == "Active"
    top = add(api, "shop.example")
    zone.prove(top)
    zone.set("shop.example", "CNAME")
    zone.set("shop.example", "A", "192.0.2.7")
    zone.set(TARGET, "A", "192.0.2.7", "192.0.2.8")
    assert look(api, top)[0] == "Active"


def test_aliases_that_go_round_end(api: Client, zone: Zone, edge: Edge) -> None:
    row = add(api)
    zone.prove(row)
    zone.set(NAME, "CNAME", "a.shop.example.")
    zone.set("a.shop.example", "CNAME", f"{NAME}.")
    assert look(api, row)[0] == "PendingVerification"
    assert len(zone.asked) < 20


def test_an_answer_too_long_for_a_datagram_is_read(api: Client, zone: Zone, edge: Edge) -> None:
    edge.certificates.add(NAME)
    row = add(api)
    zone.prove(row)
    zone.set(PROOF, "TXT", *(f'"{"x" * 200}{index}"' for index in range(20)), f'"{row["dnsRecords"][1]["value"]}"')
    assert look(api, row)[0] == "Active"


def test_one_resolver_that_knows_is_enough(api: Client, zone: Zone, edge: Edge, settings: Any) -> None:
    """Another may keep for an hour that there is no such name, or not answer at all."""
    edge.certificates.add(NAME)
    with dns_server() as stale, dns_server() as broken:
        broken.is_failing = True
        settings.CUSTOM_DOMAIN_RESOLVERS = [broken.address, stale.address, zone.address]
        row = add(api)
        zone.prove(row)
        assert look(api, row)[0] == "Active"
        assert stale.asked


def test_resolvers_that_fail_decide_nothing(api: Client, zone: Zone, edge: Edge) -> None:
    row = add(api)
    zone.is_failing = True
    assert look(api, row) == ("PendingVerification", "The DNS servers did not answer. This will be tried again.")
    zone.is_failing = False
    zone.prove(row)
    edge.certificates.add(NAME)
    assert look(api, row)[0] == "Active"
    zone.is_failing = True
    age(missing_since=now() - timedelta(days=30))
    check_domain(row["id"])
    assert api.get("/api/domains").json()[0]["status"] == "Active"


def test_a_certificate_may_be_somebody_elses_business(api: Client, zone: Zone, edge: Edge, settings: Any) -> None:
    settings.CUSTOM_DOMAIN_TLS = "external"
    row = add(api)
    zone.prove(row)
    assert look(api, row) == ("Active", None)
    assert edge.asked == []


def test_looks_are_bounded(api: Client, zone: Zone, edge: Edge, settings: Any) -> None:
    row = add(api)
    for _ in range(3):
        api.get(f"/api/domains/{row['id']}")
    assert zone.asked == [(PROOF, "TXT")]
    for _ in range(20):
        look(api, row)
    assert len(zone.asked) == 12


def test_the_schedule_looks_and_backs_off(api: Client, zone: Zone, edge: Edge) -> None:
    row = add(api)
    check_due_domains()
    assert zone.asked == []
    pauses = []
    for _ in range(8):
        age(next_at=now())
        moment = now()
        check_due_domains()
        next_at = DomainCheck.objects.get().next_at
        assert next_at is not None
        pauses.append(round((next_at - moment).total_seconds() / 60))
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]
    zone.prove(row)
    edge.certificates.add(NAME)
    age(next_at=now())
    check_due_domains()
    assert Domain.objects.get().status == "Active"


def test_a_due_domain_is_taken_once(api: Client, zone: Zone) -> None:
    row = add(api)
    age(next_at=now())
    assert take_due_domains(10) == [("default", row["id"])]
    assert take_due_domains(10) == []
    # A task that was killed: it is taken again when its time is over.
    age(next_at=now() - timedelta(seconds=1))
    assert take_due_domains(10) == [("default", row["id"])]


def test_a_look_that_changes_nothing_leaves_the_configuration(api: Client, zone: Zone) -> None:
    """Each change of configuration makes every process read the tenant's again."""
    row = add(api)
    before = Tenant.objects.get(id="default").configuration_version
    check_domain(row["id"])
    assert Tenant.objects.get(id="default").configuration_version == before


def test_a_domain_that_is_never_proved_ends_as_an_error(api: Client, zone: Zone, edge: Edge) -> None:
    row = add(api)
    Domain.objects.update(updated_at=now() - timedelta(days=15))
    assert look(api, row) == ("Error", "The DNS records did not appear in time. Set them, then check again.")
    Domain.objects.update(updated_at=now() - timedelta(days=15))
    assert look(api, row)[0] == "Error"
    assert DomainCheck.objects.get().next_at is None
    zone.prove(row)
    edge.certificates.add(NAME)
    assert look(api, row) == ("Active", None)


def activate(api: Client, zone: Zone, edge: Edge) -> dict[str, Any]:
    row = add(api)
    zone.prove(row)
    edge.certificates.add(NAME)
    assert look(api, row)[0] == "Active"
    return row


def test_vanished_records_have_a_grace_period(api: Client, zone: Zone, edge: Edge) -> None:
    row = activate(api, zone, edge)
    zone.set(NAME, "CNAME")
    check_domain(row["id"])
    shown = api.get("/api/domains").json()[0]
    assert (shown["status"], shown["errorMessage"]) == ("Active", f"There is no CNAME record at {NAME} yet.")
    age(missing_since=now() - timedelta(hours=71))
    check_domain(row["id"])
    assert find_site(NAME) is not None
    age(missing_since=now() - timedelta(hours=73))
    check_domain(row["id"])
    shown = api.get("/api/domains").json()[0]
    assert shown["status"] == "Error"
    assert shown["errorMessage"] == "The DNS records are gone. Set them again, then check again."
    assert find_site(NAME) is None
    zone.prove(row)
    assert look(api, row)[0] == "Active"


def test_records_that_come_back_in_time_end_the_grace_period(api: Client, zone: Zone, edge: Edge) -> None:
    row = activate(api, zone, edge)
    zone.set(PROOF, "TXT")
    check_domain(row["id"])
    assert DomainCheck.objects.get().missing_since is not None
    zone.prove(row)
    check_domain(row["id"])
    assert DomainCheck.objects.get().missing_since is None


class TestSeveralTenants:
    """Whoever controls the zone decides; waiting for a name keeps nobody from it."""

    def test_who_proves_first_wins(self, api: Client, acme_api: Client, zone: Zone, edge: Edge) -> None:
        mallory = add(acme_api)
        alice = activate(api, zone, edge)
        assert mallory["dnsRecords"][1]["value"] != alice["dnsRecords"][1]["value"]
        site = find_site(NAME)
        assert site is not None
        assert site[0].tenant_id == "default"
        # What alice has set proves nothing for mallory.
        assert look(acme_api, mallory)[0] == "PendingVerification"

    def test_a_held_domain_is_refused_without_a_name(
        self, api: Client, acme_api: Client, zone: Zone, edge: Edge
    ) -> None:
        activate(api, zone, edge)
        answer = acme_api.post("/api/domains", {"domain": NAME.upper()}, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (422, "domain.domain_in_use")
        assert "default" not in answer.content.decode()

    def test_a_second_proof_does_not_evict_a_holder_who_still_proves(
        self, api: Client, acme_api: Client, zone: Zone, edge: Edge
    ) -> None:
        mallory = add(acme_api)
        alice = activate(api, zone, edge)
        values = [row["dnsRecords"][1]["value"] for row in (alice, mallory)]
        zone.set(PROOF, "TXT", *(f'"{value}"' for value in values))
        assert look(acme_api, mallory)[0] == "Error"
        check_due_domains()
        assert Domain.objects.get().status == "Active"
        assert DomainCheck.objects.get().is_contested is False

    def test_a_buyer_who_comes_after_the_holder_is_let_in(
        self, api: Client, acme_api: Client, zone: Zone, edge: Edge
    ) -> None:
        """Only who had added it before had records to set: the old owner was served at the buyer's domain for days."""
        activate(api, zone, edge)
        zone.set(PROOF, "TXT")
        DomainCheck.objects.update(checked_at=now() - timedelta(minutes=2))
        refused = acme_api.post("/api/domains", {"domain": NAME}, content_type="application/json")
        assert (refused.status_code, refused.json()["code"]) == (422, "domain.domain_in_use")
        check_due_domains()
        assert Domain.objects.get().status == "Active"
        bob = add(acme_api)
        zone.prove(bob)
        assert look(acme_api, bob)[0] == "Error"
        check_due_domains()
        assert look(acme_api, bob) == ("Active", None)
        assert Domain.objects.get().status == "Error"

    def test_who_wants_a_domain_has_its_holder_looked_at_once_a_minute(
        self, api: Client, acme_api: Client, zone: Zone, edge: Edge
    ) -> None:
        activate(api, zone, edge)
        before = DomainCheck.objects.get().next_at
        acme_api.post("/api/domains", {"domain": NAME}, content_type="application/json")
        assert DomainCheck.objects.get().next_at == before

    def test_a_sold_domain_changes_hands_without_waiting(
        self, api: Client, acme_api: Client, zone: Zone, edge: Edge
    ) -> None:
        """The new owner would otherwise wait for the old one's grace period, and be served by the old one meanwhile."""
        bob = add(acme_api)
        activate(api, zone, edge)
        zone.prove(bob)
        status, message = look(acme_api, bob)
        assert status == "Error"
        assert message == "Another tenant holds this domain. It is free once that tenant's TXT record is gone."
        check_due_domains()
        assert Domain.objects.get().status == "Error"
        assert look(acme_api, bob) == ("Active", None)
        site = find_site(NAME)
        assert site is not None
        assert site[0].tenant_id == "acme"


def test_a_look_that_the_limit_refuses_is_not_said_to_have_been(
    api: Client, zone: Zone, edge: Edge, settings: Any
) -> None:
    """The console showed a look that nobody had taken."""
    settings.CUSTOM_DOMAIN_CHECK_LIMIT = "1/hour"
    rate_limits.forget()
    alice = add(api)
    look(api, alice)
    zone.prove(alice)
    an_hour_ago = now() - timedelta(hours=1)
    age(checked_at=an_hour_ago)
    assert api.get(f"/api/domains/{alice['id']}").json()["status"] == "PendingVerification"
    assert DomainCheck.objects.get().checked_at == an_hour_ago
    rate_limits.forget()
