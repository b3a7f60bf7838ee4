"""A domain is added with the records to set, proved, given a file and deleted."""

from typing import Any

import pytest

from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver
from tests.tenants.domains.dns_server import dns_server

DOMAIN = "login.shop.example"


@pytest.mark.parametrize("console", ["keyboard"], indirect=True)
def test_a_domain_comes_and_goes(console: ConsoleDriver, read: Read, settings: Any) -> None:
    """An address instead of a name was refused without a word why, and had to be typed again."""
    with dns_server() as zone:
        settings.CUSTOM_DOMAIN_TARGET, settings.CUSTOM_DOMAIN_TLS = "edge.gatehouse.example", "external"
        settings.CUSTOM_DOMAIN_RESOLVERS = [zone.address]
        console.open("tenant/domains/")
        console.fill("Domain", f"https://{DOMAIN}/")
        console.submit("Add")
        console.sees("without https:// and a path.")
        assert console.field("Domain").input_value() == f"https://{DOMAIN}/"
        console.fill("Domain", DOMAIN)
        console.submit("Add")
        [row] = read("domains")
        for record in row["dnsRecords"]:
            console.sees(record["name"])
            console.sees(record["value"])
        zone.prove(row)
        console.submit("Check now")
        console.sees("Active")
        console.sees("Checked just now.")
        console.activate(console.page.get_by_text("Verification files"))
        console.fill("Path", ".well-known/assetlinks.json")
        console.choose("Type", "application/json")
        console.fill("Content", "[]")
        console.submit("Add the file")
        console.sees("/.well-known/assetlinks.json")
        [row] = read("domains")
        assert (row["domain"], row["status"]) == (DOMAIN, "Active")
        console.submit("Delete")
        assert read("domains") == []
