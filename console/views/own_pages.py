"""Sign-in pages of the tenant's own: uploaded, chosen among the latest uploads, left again; and what they may load."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from common.errors import AppError
from common.uploads import read_upload
from console.access import actor_of, current_access
from console.admin.fields import lock
from console.admin.service_errors import explain, show_error
from console.admin.setting_fields import field_of
from console.policies import Area, may_change
from console.site import site
from experience.custom_ui.archive import MAX_ARCHIVE_BYTES, MAX_FILES
from experience.custom_ui.sources import CUSTOM_UI_CSP
from experience.custom_ui.versions import as_setting
from experience.models import CustomUiAsset
from experience.services.custom_ui import delete_custom_ui, upload_custom_ui
from experience.services.settings import get_sign_in_experience, update_sign_in_experience
from tenants.context import current_tenant_id
from tenants.hosts import ADMIN_TENANT, origin_of_tenant

_MEGABYTE = 1_048_576


class SourcesForm(forms.Form):
    """`customUiCsp`, a list a field."""

    scriptSrc = field_of(
        CUSTOM_UI_CSP.at("scriptSrc"),
        label=gettext_lazy("Scripts and frames from"),
        help_text=gettext_lazy(
            "One a line, such as https://challenges.cloudflare.com. Your own files are always allowed."
        ),
        required=False,
    )
    connectSrc = field_of(
        CUSTOM_UI_CSP.at("connectSrc"),
        label=gettext_lazy("Calls to"),
        help_text=gettext_lazy("One a line, https or wss. The tenant’s own APIs are always allowed."),
        required=False,
    )


@csrf_exempt
def own_pages(request: HttpRequest) -> HttpResponse:
    """Show the page, or do what its forms ask for."""
    if request.method != "POST":
        return _draw(request)
    refused = ""
    if request.content_type == "multipart/form-data":
        # The file is read before the token next to it can be.
        try:
            content = read_upload(request, max_bytes=MAX_ARCHIVE_BYTES)
        except AppError as error:
            content, refused = b"", explain(error)
        return _upload(request, content, refused)
    return _post(request)


@csrf_protect
def _upload(request: HttpRequest, content: bytes, refused: str) -> HttpResponse:
    try:
        asset = None if refused else upload_custom_ui(content, actor=actor_of(request))
        if asset and request.POST.get("use"):
            _choose(request, as_setting(asset))
    except AppError as error:
        refused = _refusal(error)
    if refused:
        messages.error(request, refused)
    else:
        messages.success(request, _("Uploaded."))
    return _back()


@csrf_protect
def _post(request: HttpRequest) -> HttpResponse:
    asked, asset_id = request.POST.get("action", ""), request.POST.get("asset", "")
    if asked == "sources":
        return _save_sources(request)
    try:
        if asked == "leave":
            _choose(request, None)
            messages.success(request, _("Users see the hosted pages again."))
        elif asked == "use":
            _choose(request, as_setting(_find(asset_id)))
            messages.success(request, _("These pages are in use now."))
        elif asked == "delete":
            delete_custom_ui(_find(asset_id), actor=actor_of(request))
            messages.success(request, _("Deleted."))
        else:
            raise Http404
    except AppError as error:
        messages.error(request, explain(error))
    return _back()


def _save_sources(request: HttpRequest) -> HttpResponse:
    form = SourcesForm(request.POST)
    if form.is_valid():
        try:
            update_sign_in_experience({"customUiCsp": form.cleaned_data}, actor=actor_of(request))
        except AppError as error:
            show_error(form, error, {f"customUiCsp.{name}": name for name in form.fields})
        else:
            messages.success(request, _("Saved."))
            return _back()
    return _draw(request, form)


def _draw(request: HttpRequest, form: SourcesForm | None = None) -> HttpResponse:
    wire: Any = get_sign_in_experience().wire
    chosen = wire["customUiAssets"]
    form = form or SourcesForm(initial={name: wire["customUiCsp"].get(name) or [] for name in SourcesForm.base_fields})
    is_open = may_change(current_access(request), Area.GENERAL)
    if not is_open:
        lock(form)
    context = {
        **site.each_context(request),
        "title": _("Own pages"),
        "form": form,
        "uploads": [_described(asset) for asset in CustomUiAsset.objects.order_by("-created_at", "-id")],
        "chosen_id": chosen["id"] if chosen else "",
        "is_open": is_open,
        "is_refused": current_tenant_id() == ADMIN_TENANT,
        "try_it": f"{origin_of_tenant(current_tenant_id())}/demo-app",
        "most_files": MAX_FILES,
        "most_megabytes": MAX_ARCHIVE_BYTES // _MEGABYTE,
    }
    return TemplateResponse(request, "console/own_pages.html", context)


def _described(asset: CustomUiAsset) -> dict[str, Any]:
    size = sum(file["size"] for file in asset.files.values())
    return {"id": asset.id, "created_at": asset.created_at, "files": len(asset.files), "bytes": size}


def _choose(request: HttpRequest, chosen: dict[str, Any] | None) -> None:
    update_sign_in_experience({"customUiAssets": chosen}, actor=actor_of(request))


def _find(asset_id: str) -> CustomUiAsset:
    asset = CustomUiAsset.objects.filter(id=asset_id).first() if asset_id.isalnum() else None
    if asset is None:
        raise Http404
    return asset


def _refusal(error: AppError) -> str:
    """What is wrong, and with which file."""
    named = error.data.get("file") if isinstance(error.data, dict) else None
    return f"{explain(error)} ({named})" if named else explain(error)


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:own_pages"))


site.page("own-pages/", name="own_pages", area=Area.GENERAL)(own_pages)
