"""Own pages and the preview in the console: who may, what is refused, and that a draft stays one."""

from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from console.admin.sign_in_bindings import to_form
from experience.models import CustomUiAsset
from experience.services.settings import get_sign_in_experience
from identity.models import User
from tenants.context import enter_tenant
from tests.console.conftest import browser_of
from tests.experience.own_pages.archives import archive

OWN = "/console/default/own-pages/"
PREVIEW = "/console/default/sign-in-preview/"


def zipped() -> dict[str, Any]:
    return {"file": SimpleUploadedFile("pages.zip", archive()), "use": "yes"}


def wire() -> dict[str, Any]:
    with enter_tenant("default"):
        return dict(get_sign_in_experience().wire)


def draft(console: Client, address: str = PREVIEW, **changes: Any) -> Any:
    values = {**to_form(wire()), **changes}
    sent = {name: "on" if value is True else value for name, value in values.items() if value not in (False, None)}
    return console.post(address, sent)


def test_a_draft_is_drawn_and_not_kept(console: Client) -> None:
    response = draft(console, primary_color="#123456", **{"preview-page": "register", "preview-language": "de"})
    html = response.content.decode()
    assert "--accent:#123456" in html
    assert 'lang="de"' in html
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
    assert "csrfmiddlewaretoken" not in html
    assert wire()["color"]["primaryColor"] != "#123456"


def test_values_that_cannot_be_leave_the_rest(console: Client) -> None:
    response = draft(
        console,
        primary_color="red; } </style><script>alert(1)</script>",
        logo_url="javascript:alert(1)",
        custom_css_="</style><script>alert(1)</script>",
        terms_url="https://example.com/terms",
        **{"preview-page": "<script>", "preview-theme": "x", "preview-language": "../../etc"},
    )
    html = response.content.decode()
    assert response.status_code == 200
    assert "<script" not in html.replace("<\\/style><script", "")
    assert "javascript:" not in html
    assert "https://example.com/terms" in html


def test_the_preview_is_for_developers_of_the_tenant(console: Client, carol: User) -> None:
    assert console.get(PREVIEW).status_code == 200
    assert console.get("/console/acme/sign-in-preview/").status_code == 404
    assert Client(HTTP_HOST="admin.localhost:8000").get(PREVIEW).status_code == 302
    assert browser_of(carol, csrf=True).post(PREVIEW, {}).status_code == 403


def test_a_form_of_another_site_uploads_nothing(carol: User) -> None:
    browser = browser_of(carol, csrf=True)
    assert browser.post(OWN, zipped()).status_code == 403
    assert browser.post(OWN, {"action": "leave"}).status_code == 403
    with enter_tenant("default"):
        assert not CustomUiAsset.objects.exists()


def test_a_token_in_the_form_uploads(carol: User) -> None:
    browser = browser_of(carol, csrf=True)
    page = browser.get(OWN)
    answer = browser.post(OWN, {**zipped(), "csrfmiddlewaretoken": page.context["csrf_token"]})
    assert answer.status_code == 302
    with enter_tenant("default"):
        assert wire()["customUiAssets"]["id"] == CustomUiAsset.objects.get().id


def test_an_upload_that_there_is_not(console: Client) -> None:
    for asset in ("", "x" * 21, "../..", "'", "\x00"):
        for action in ("use", "delete", "burn"):
            form = urlencode({"action": action, "asset": asset})
            answer = console.post(OWN, form, content_type="application/x-www-form-urlencoded")
            assert answer.status_code == 404, (asset, action)


def test_who_may_only_look_looks(dave: User) -> None:
    browser = browser_of(dave)
    page = browser.get("/console/admin/own-pages/")
    assert "It keeps the hosted pages" in page.content.decode()
    assert browser.post("/console/admin/own-pages/", zipped()).status_code == 403
    assert browser.get("/console/admin/sign-in-preview/").status_code == 200
    assert browser.post("/console/admin/sign-in-preview/", {}).status_code == 403
