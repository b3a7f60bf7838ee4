"""What a tenant's own settings may not do to the pages, and a callback that is made to fail."""

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.test import Client, RequestFactory

from console.sign_in import finish
from experience.pages.look import build_look
from tenants.models import Tenant


@pytest.mark.parametrize(
    "logo",
    [
        "http://[",
        "https://[::1/x.png",
        "https://logo.example;script-src/x.png",
        "https://logo.example 'unsafe-inline'/x.png",
        "https://a@logo.example/x.png",
        "javascript:alert(1)",
        "//logo.example/x.png",
    ],
)
def test_a_logo_does_not_write_the_policy(tenant: Tenant, logo: str) -> None:
    """Neither more sources than its own, nor a header that browsers cannot read and therefore ignore."""
    look = build_look({"branding": {"logoUrl": logo, "favicon": logo}}, application_name="")
    assert look.image_origins == []
    assert look.logo == ""


def test_a_logo_at_a_name_beyond_ascii_stays_readable_in_the_policy(tenant: Tenant) -> None:
    """Django encodes a whole header that is not ASCII as mail does, and browsers ignore a policy in that form."""
    look = build_look({"branding": {"logoUrl": "https://\u4f8b\u3048.example/\u7d75.png"}}, application_name="")
    assert look.image_origins == ["https://xn--r8jz45g.example"]
    assert look.logo == "https://xn--r8jz45g.example/%E7%B5%B5.png"


@pytest.mark.parametrize("css", ["</style><script>alert(1)</script>", "</STYLE ><script>", "</style\n><script>"])
def test_a_style_sheet_stays_one(tenant: Tenant, css: str) -> None:
    look = build_look({"customCss": css}, application_name="")
    assert "</style" not in look.custom_css.lower()


@pytest.mark.parametrize("state", ["", "\u00e9", "\U0001f600", "x" * 5000])
def test_a_foreign_state_is_none_of_the_consoles(state: str) -> None:
    request = RequestFactory().get("/console/callback", {"state": state})
    request.session = SessionStore()
    request.session["console_sign_in"] = {"state": "genuine", "verifier": "v", "next": "/console/"}
    assert finish(request) is None


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/console/../../evil",
        "/consolex",
        "javascript:alert(1)",
        "/console/\\\\evil.example",
        "\t//evil.example",
    ],
)
def test_the_console_leads_back_to_itself(db: None, tenants: dict[str, Tenant], target: str) -> None:
    from console.sign_in import safe_next

    request = RequestFactory(HTTP_HOST="admin.localhost:8000").get("/console/sign-in")
    assert safe_next(request, target).startswith("/console/")


def test_the_console_exists_on_no_other_host(tenants: dict[str, Tenant]) -> None:
    for host in ("localhost:8000", "acme.localhost:8000"):
        browser = Client(HTTP_HOST=host)
        for path in ("/console/", "/console/sign-in", "/console/callback", "/console/tenants", "/console/default/"):
            assert browser.get(path).status_code == 404
