"""What was wrong with a request that the provider refused: found by the trace id of the page that a person saw."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from applications.clients import find_client
from applications.models import Application
from console.audit.changes import describe_error
from console.links import page_of
from console.policies import Area
from console.site import site
from events.models import AuditLog
from oidc.wire.error_page import AUDIT_KEY, nearest_registered

_MAX_TRACE = 64


@site.page("refusal/", name="refusal", area=Area.LOG)
def refusal(request: HttpRequest) -> HttpResponse:
    """Show the refusal with this trace id, or ask for one."""
    trace = request.GET.get("trace", "").strip()[:_MAX_TRACE]
    entry = AuditLog.objects.filter(key=AUDIT_KEY, payload__traceId=trace).first() if trace else None
    context = {
        **site.each_context(request),
        "title": _("Refused request"),
        "trace": trace,
        "entry": entry,
        **(_explain(entry) if entry else {}),
    }
    return TemplateResponse(request, "console/refusal.html", context)


def _explain(entry: AuditLog) -> dict[str, Any]:
    """Return what was sent, and for each address the registered one that is most like it."""
    sent = dict(entry.payload.get("sent") or {})
    client_id = str(sent.pop("client_id", ""))
    client = find_client(client_id) if client_id else None
    application = Application.objects.filter(id=client.id).first() if client else None
    return {
        "reason": describe_error(entry),
        "description": entry.payload.get("description"),
        "code": (entry.payload.get("error") or {}).get("code"),
        "client_id": client_id,
        "application": application,
        "application_link": page_of(application) if application else None,
        "addresses": [
            (name, value, nearest_registered(client, name, str(value)) if client else "")
            for name, value in sent.items()
        ],
        "entry_link": page_of(entry),
    }
