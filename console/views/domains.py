"""The tenant's addresses: the installation's for it, and domains of its own with their records, state and files."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.errors import AppError, invalid_value
from console.access import actor_of
from console.admin.display import moment
from console.admin.fields import select, text
from console.admin.service_errors import explain
from console.policies import Area
from console.site import site
from tenants.context import current_tenant_id
from tenants.domains.checking import refresh_domain
from tenants.domains.names import records_of
from tenants.domains.selectors import explain_problem, find_check, get_domain, list_domains
from tenants.domains.services import add_domain, delete_domain, is_configured, replace_verification_files
from tenants.domains.verification_files import CONTENT_TYPES, LONGEST_CONTENT, LONGEST_PATH, MOST_FILES
from tenants.hosts import origin_of_tenant
from tenants.models import Domain

# Actions with something typed.
_TYPED = ("add", "add-file")
_TAGS = {Domain.Status.ACTIVE: "gh-tag-good", Domain.Status.ERROR: "gh-tag-danger"}


class FileForm(forms.Form):
    """A verification file as somebody else has described it."""

    path = text(label=_("Path"), required=True, max_length=LONGEST_PATH)
    content_type = select(label=_("Type"), choices=[(kind, kind) for kind in CONTENT_TYPES], required=True)
    content = text(label=_("Content"), required=True, max_length=LONGEST_CONTENT, strip=False)


@site.page("tenant/domains/", name="tenant_domains", area=Area.TENANT)
def domains(request: HttpRequest) -> HttpResponse:
    """Show the domains; add, check and delete one, add and remove its files."""
    if request.method != "POST":
        return _draw(request)
    try:
        opened = _act(request)
    except AppError as error:
        if request.POST.get("action") in _TYPED:
            return _draw(request, refusal=explain(error))
        messages.error(request, explain(error))
        opened = request.POST.get("domain_id", "")[:21]
    page = reverse("admin:tenant_domains")
    return HttpResponseRedirect(f"{page}#domain-{opened}" if opened.isalnum() else page)


def _draw(request: HttpRequest, *, refusal: str = "") -> HttpResponse:
    typed = request.POST if refusal else {}
    context = {
        **site.each_context(request),
        "title": _("Domains"),
        "origin": origin_of_tenant(current_tenant_id()),
        "is_configured": is_configured(),
        "rows": [_row(domain, typed) for domain in list_domains()],
        "content_types": CONTENT_TYPES,
        "longest_path": LONGEST_PATH,
        "longest_content": LONGEST_CONTENT,
        # What was refused is there to be mended, next to the reason.
        "refusal": refusal,
        "typed": typed,
        "refused_domain": typed.get("action") == "add",
    }
    return TemplateResponse(request, "console/domains.html", context)


def _row(domain: Domain, typed: Mapping[str, Any]) -> dict[str, Any]:
    check = find_check(domain)
    return {
        "domain": domain,
        "tag": _TAGS.get(Domain.Status(domain.status), ""),
        "problem": explain_problem(domain),
        "records": records_of(domain),
        "checked": moment(check.checked_at) if check and check.checked_at else "",
        "next_at": check.next_at if check else None,
        "has_room": len(domain.verification_files) < MOST_FILES,
        "given": typed if typed.get("domain_id") == domain.id else {},
    }


def _act(request: HttpRequest) -> str:
    """Do what was asked and return the id of the domain that it was about, empty if that is gone."""
    actor, posted = actor_of(request), request.POST
    domain_id = posted.get("domain_id", "")
    match posted.get("action"):
        case "add":
            domain = add_domain(posted.get("domain", ""), actor=actor)
            messages.success(request, _("The domain was added. Set its DNS records now."))
            return domain.id
        case "check":
            domain = refresh_domain(get_domain(domain_id))
            messages.info(request, f"{domain.domain}: {domain.get_status_display()}")
        case "delete":
            delete_domain(domain_id, actor=actor)
            messages.success(request, _("The domain was deleted. Nothing answers there any more."))
            return ""
        case "add-file":
            _add_file(request, get_domain(domain_id))
        case "remove-file":
            domain, path = get_domain(domain_id), posted.get("path", "")
            kept = [file for file in domain.verification_files if file["path"] != path]
            replace_verification_files(domain.id, kept, actor=actor)
            messages.success(request, _("The file was removed."))
    return domain_id


def _add_file(request: HttpRequest, domain: Domain) -> None:
    form = FileForm(request.POST)
    if not form.is_valid():
        raise invalid_value("path", _("A file has a path and a content."))
    values = form.cleaned_data
    path = values["path"] if values["path"].startswith("/") else f"/{values['path']}"
    added = {"path": path, "content": values["content"], "contentType": values["content_type"]}
    replace_verification_files(domain.id, [*domain.verification_files, added], actor=actor_of(request))
    messages.success(request, _("The file is served as soon as the domain is active."))
