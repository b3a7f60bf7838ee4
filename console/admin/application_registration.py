"""Applications that registered themselves: told apart in the list, and what they say about themselves."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applications.models import Application, ClientRegistration
from console.admin.filters import ChoiceFilter

_ITSELF = "itself"
_DEVELOPER = "developer"

_SAID = ("client_uri", "tos_uri", "policy_uri", "software_id", "software_version", "contacts")


class RegisteredFilter(ChoiceFilter):
    """Who registered it."""

    title = _("registered by")
    parameter_name = "registered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(_DEVELOPER, _("A developer")), (_ITSELF, _("Itself"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        if self.value() not in (_DEVELOPER, _ITSELF):
            return queryset
        itself = Q(registration_source=Application.RegistrationSource.DCR)
        return queryset.filter(itself if self.value() == _ITSELF else ~itself)


def self_declared_metadata(application: Application) -> list[tuple[str, str]]:
    """Return what a client that registered itself says for people to read; nobody has checked it."""
    registration = ClientRegistration.objects.filter(application=application).first()
    said = registration.metadata if registration else {}
    values = ((name, said.get(name)) for name in _SAID)
    return [(name, ", ".join(value) if isinstance(value, list) else str(value)) for name, value in values if value]
