"""The tenant's configuration as a file: downloaded, uploaded to read what it would change, and applied."""

import base64
import json
from typing import Any

from cryptography.exceptions import InvalidTag
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from common.crypto import seal, unseal
from common.errors import AppError
from common.uploads import read_upload
from configuration.plans import Plan
from configuration.rendering import plan_lines
from configuration.secrets import resolver_of
from configuration.services import apply_configuration, export_text, plan_configuration
from console.access import actor_of
from console.admin.service_errors import explain
from console.policies import Area
from console.site import site
from tenants.context import current_tenant_id

# The most that a form has, with what else is in it.
_MAX_FILE_BYTES = 900_000
_MAX_SECRETS = 100_000


@csrf_exempt
def configuration(request: HttpRequest) -> HttpResponse:
    """Show the page, give the file, plan an uploaded one, or apply what was planned."""
    if request.method != "POST":
        return _download(request) if "download" in request.GET else _draw(request)
    if request.content_type != "multipart/form-data":
        return _apply(request)
    # The file is read before the token next to it can be.
    try:
        return _plan(request, read_upload(request, max_bytes=_MAX_FILE_BYTES), None)
    except AppError as error:
        return _plan(request, b"", error)


def _download(request: HttpRequest) -> HttpResponse:
    parts = {"with_organizations": "organizations" in request.GET, "with_ids": "ids" in request.GET}
    try:
        text = export_text(**parts)
    except AppError as error:
        messages.error(request, explain(error))
        return HttpResponseRedirect(reverse("admin:tenant_configuration"))
    headers = {"Content-Disposition": f'attachment; filename="{current_tenant_id()}.yaml"'}
    return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers=headers)


@csrf_protect
def _plan(request: HttpRequest, content: bytes, refused: AppError | None) -> HttpResponse:
    if refused is not None:
        messages.error(request, explain(refused))
        return _draw(request)
    try:
        text, secrets = content.decode(), _secrets(request.POST.get("secrets", ""))
    except UnicodeDecodeError:
        messages.error(request, _("The file is not a text in UTF-8."))
        return _draw(request)
    prune = bool(request.POST.get("prune"))
    try:
        plan = plan_configuration(text, prune=prune, resolve=resolver_of(secrets), actor=actor_of(request))
    except AppError as error:
        return _draw(request, refused=error)
    return _draw(request, plan=plan, text=text, prune=prune, sealed=_sealed(secrets))


@csrf_protect
def _apply(request: HttpRequest) -> HttpResponse:
    if request.POST.get("action") != "apply":
        raise Http404
    try:
        plan = apply_configuration(
            request.POST.get("text", ""),
            prune=bool(request.POST.get("prune")),
            resolve=resolver_of(_opened(request.POST.get("sealed", ""))),
            version=request.POST.get("version", ""),
            actor=actor_of(request),
        )
    except AppError as error:
        return _draw(request, refused=error)
    count = len(plan.steps)
    messages.success(request, ngettext("Applied: %d thing changed.", "Applied: %d things changed.", count) % count)
    return HttpResponseRedirect(reverse("admin:tenant_configuration"))


def _draw(
    request: HttpRequest,
    *,
    plan: Plan | None = None,
    text: str = "",
    prune: bool = False,
    sealed: str = "",
    refused: AppError | None = None,
) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": _("Configuration file"),
        "plan": plan,
        "lines": [(line[:1], line) for line in plan_lines(plan)] if plan else [],
        "text": text,
        "prune": prune,
        "sealed": sealed,
        "refusal": _told(refused) if refused else None,
    }
    return TemplateResponse(request, "console/configuration.html", context)


def _told(error: AppError) -> dict[str, Any]:
    issues = error.data.get("issues", []) if isinstance(error.data, dict) else []
    return {"message": error.message, "issues": issues}


def _secrets(text: str) -> dict[str, str]:
    """Return what was typed as `NAME=value`, one a line."""
    pairs = (line.partition("=") for line in text[:_MAX_SECRETS].splitlines())
    return {name.strip(): value.strip() for name, sign, value in pairs if sign and name.strip()}


def _sealed(secrets: dict[str, str]) -> str:
    """The secrets wait in the form between plan and apply, for nobody to read."""
    return base64.b64encode(seal(json.dumps(secrets), context=_context())).decode()


def _opened(sealed: str) -> dict[str, str]:
    try:
        secrets: dict[str, str] = json.loads(unseal(base64.b64decode(sealed), context=_context()))
    except (ValueError, InvalidTag):
        return {}
    return secrets


def _context() -> str:
    return f"console.configuration {current_tenant_id()}"


site.page("tenant/configuration/", name="tenant_configuration", area=Area.TENANT)(configuration)
