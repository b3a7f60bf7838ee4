"""A user's personal access tokens; a new one's value is shown once."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from console.access import actor_of
from console.admin.display import moment
from console.admin.inlines import ConsoleInline
from console.admin.secrets import SecretForm
from console.one_time_display import show_once
from identity.models import PersonalAccessToken
from identity.services.personal_access_tokens import (
    create_personal_access_token,
    delete_personal_access_token,
    rename_personal_access_token,
)


class PersonalAccessTokenInline(ConsoleInline):
    """What the user's scripts exchange for access tokens. One is added at a time, because its value shows once."""

    model = PersonalAccessToken
    form = SecretForm
    verbose_name = _("personal access token")
    verbose_name_plural = _("personal access tokens")
    fields = ("name", "made", "expires_at")
    readonly_fields = ("made",)
    hide_title = True

    def get_max_num(self, request: HttpRequest, obj: Any = None, **options: Any) -> int | None:
        return None if obj is None else PersonalAccessToken.objects.filter(user=obj).count() + 1

    @display(description=_("Created"))
    def made(self, token: PersonalAccessToken) -> Any:
        return "–" if token._state.adding else moment(token.created_at)

    def add_row(self, request: HttpRequest, parent: Any, values: dict[str, Any]) -> None:
        made = create_personal_access_token(
            parent, name=values["name"], expires_at=values["expires_at"], actor=actor_of(request)
        )
        show_once(request, about=parent.id, label=str(_("New personal access token")), value=made.value)

    def change_row(self, request: HttpRequest, parent: Any, row: Any, values: dict[str, Any]) -> None:
        stored = PersonalAccessToken.objects.get(pk=row.pk)
        if stored.name != values["name"]:
            rename_personal_access_token(parent, name=stored.name, new_name=values["name"], actor=actor_of(request))

    def remove_row(self, request: HttpRequest, parent: Any, row: Any) -> None:
        stored = PersonalAccessToken.objects.get(pk=row.pk)
        delete_personal_access_token(parent, name=stored.name, actor=actor_of(request))
