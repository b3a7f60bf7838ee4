"""Which names a tenant may take, in whatever spelling."""

from typing import Any

import pytest

from common.actors import SYSTEM
from common.errors import AppError
from tenants.context import enter_tenant
from tenants.domains.names import read_domain_name
from tenants.domains.services import add_domain, delete_domain
from tenants.models import Tenant
from tenants.rate_limits import TooManyRequestsError
from tests.tenants.domains.conftest import TARGET

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def configured(settings: Any, tenant: Tenant) -> None:
    settings.CUSTOM_DOMAIN_TARGET = TARGET
    settings.BASE_URL = "https://id.gatehouse.example"
    settings.DEFAULT_TENANT_HOSTS = ["other.host.example"]


SPELLINGS = {
    "login.shop.example": "login.shop.example",
    " Login.Shop.EXAMPLE. ": "login.shop.example",
    "bücher.example": "xn--bcher-kva.example",
    "shop.co.uk": "shop.co.uk",
    "shop.github.io": "shop.github.io",
    "a" * 63 + ".example": "a" * 63 + ".example",
}


def test_a_name_has_one_spelling() -> None:
    assert {typed: read_domain_name(typed) for typed in SPELLINGS} == SPELLINGS
    assert add_domain("Login.Shop.EXAMPLE.", actor=SYSTEM).domain == "login.shop.example"
    with pytest.raises(AppError) as caught:
        add_domain("login.shop.example", actor=SYSTEM)
    assert (caught.value.status, caught.value.code) == (422, "domain.hostname_already_exists")


HOSTILE_NAMES = [
    "",
    ".",
    "..",
    "com",
    "localhost",
    "shop.localhost",
    # Anybody can register below these.
    "co.uk",
    "github.io",
    "vercel.app",
    # The installation's own.
    "id.gatehouse.example",
    "acme.id.gatehouse.example",
    "ID.Gatehouse.Example.",
    "ｉｄ.gatehouse.example",
    "other.host.example",
    TARGET,
    f"x.{TARGET}",
    # No names of hosts.
    "127.0.0.1",
    "1.2.3",
    "a.0x7f",
    "[::1]",
    "::1",
    "*.shop.example",
    "_dmarc.shop.example",
    "-a.shop.example",
    "a-.shop.example",
    "a..shop.example",
    "shop.example:443",
    "https://shop.example",
    "shop.example/path",
    "user@shop.example",
    "shop .example",
    "shop.example\r\nX: y",
    "shop.exam\x00ple",
    "a" * 64 + ".example",
    # There would be no room for the label of the TXT record.
    ".".join(["a" * 61] * 4),
    "é" * 10_000,
    "../../etc/passwd",
    "shop.example#",
    "%73hop.example",
]


def test_hostile_names() -> None:
    for name in HOSTILE_NAMES:
        with pytest.raises(AppError) as caught:
            read_domain_name(name)
        assert (caught.value.status, caught.value.code) == (400, "domain.domain_is_not_allowed"), name


def test_their_number_is_bounded(settings: Any) -> None:
    settings.CUSTOM_DOMAINS_PER_TENANT = 2
    for name in ("a.shop.example", "b.shop.example"):
        add_domain(name, actor=SYSTEM)
    with pytest.raises(AppError) as caught:
        add_domain("c.shop.example", actor=SYSTEM)
    assert (caught.value.status, caught.value.code) == (422, "domain.exceed_domain_limit")
    with enter_tenant("acme"):
        assert add_domain("c.shop.example", actor=SYSTEM).domain == "c.shop.example"


def test_adding_and_deleting_without_end_is_refused(settings: Any) -> None:
    """Each name of one's own zone got a certificate, was deleted and made room for the next: the certificate authority
    counts them all, and the installation would have got no more for anybody."""
    settings.CUSTOM_DOMAIN_ADDITION_LIMIT = "2/day"
    for name in ("a.shop.example", "b.shop.example"):
        delete_domain(add_domain(name, actor=SYSTEM).id, actor=SYSTEM)
    with pytest.raises(TooManyRequestsError):
        add_domain("c.shop.example", actor=SYSTEM)
    with enter_tenant("acme"):
        assert add_domain("c.shop.example", actor=SYSTEM).domain == "c.shop.example"


def test_an_installation_without_a_target_has_none(settings: Any) -> None:
    settings.CUSTOM_DOMAIN_TARGET = ""
    with pytest.raises(AppError) as caught:
        add_domain("a.shop.example", actor=SYSTEM)
    assert (caught.value.status, caught.value.code) == (400, "domain.not_configured")
