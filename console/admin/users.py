"""Users."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from access.models import RoleType
from access.selectors import list_roles
from common.ids import new_secret
from console.access import actor_of
from console.admin.base import ConsoleModelAdmin
from console.admin.display import copyable, moment
from console.admin.filters import ChoiceFilter
from console.admin.object_actions import ObjectAction
from console.admin.organization_access import MembershipInline
from console.admin.user_delivery import CLEAR_DELIVERY_PROBLEMS, describe_delivery_problems
from console.admin.user_factors import FactorInline
from console.admin.user_forms import ERROR_FIELDS, OBJECTS, TEXTS, UserForm
from console.admin.user_identities import SocialIdentityInline, SsoIdentityInline
from console.admin.user_profile import ADDRESS_FIELDS, PROFILE_FIELDS
from console.admin.user_sessions import SessionInline
from console.admin.user_tokens import PersonalAccessTokenInline
from console.admin.user_trusted_devices import TrustedDeviceInline
from console.one_time_display import show_once
from console.site import site
from identity.models import User
from identity.selectors import search_users
from identity.services.roles import replace_user_roles
from identity.services.sentinel import is_locked_out, unlock
from identity.services.users import create_user, delete_user, set_password, set_user_suspended, update_user

_PASSWORD_LENGTH = 16


class RoleFilter(ChoiceFilter):
    """The holders of one role."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(role.id, role.name) for role in list_roles(type=RoleType.USER)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.filter(user_roles__role_id=self.value()) if self.value() else queryset


class StatusFilter(ChoiceFilter):
    """Whether the user may sign in."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("active", _("Active")), ("suspended", _("Suspended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        wanted = {"active": False, "suspended": True}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(is_suspended=wanted)


def _new_password(request: HttpRequest, user: User) -> str:
    password = new_secret(_PASSWORD_LENGTH)
    show_once(request, about=user.id, label=str(_("New password")), value=password)
    return password


def _reset_password(request: HttpRequest, user: User) -> str:
    set_password(user, password=_new_password(request, user), actor=actor_of(request))
    return str(_("The password was reset."))


def _suspend(request: HttpRequest, user: User) -> str:
    set_user_suspended(user, suspended=True, actor=actor_of(request))
    return str(_("The user is suspended and signed out everywhere."))


def _reactivate(request: HttpRequest, user: User) -> str:
    set_user_suspended(user, suspended=False, actor=actor_of(request))
    return str(_("The user may sign in again."))


def _unlock(request: HttpRequest, user: User) -> str:
    unlock([user.id], actor=actor_of(request))
    return str(_("The user can try to sign in again."))


@admin.register(User, site=site)
class UserAdmin(ConsoleModelAdmin):
    """The tenant's users."""

    form = UserForm
    error_fields = ERROR_FIELDS
    intro = _("Everybody with an account in this tenant.")
    icon = "person"
    card_template = "console/cards/user.html"
    list_display = ("person", "user_id", "state", "last_seen", "joined")
    list_filter = (RoleFilter, StatusFilter)
    list_filter_submit = True
    search_fields = ("search",)
    search_help_text = _("Part of a name, username, email address, phone number or id")
    ordering = ("-created_at", "-id")
    inlines = (
        MembershipInline,
        SocialIdentityInline,
        SsoIdentityInline,
        FactorInline,
        TrustedDeviceInline,
        SessionInline,
        PersonalAccessTokenInline,
    )
    object_actions = (
        ObjectAction(
            "reset-password",
            _("Reset password"),
            _reset_password,
            icon="lock_reset",
            confirm=_("Give this user a new, generated password? The present one stops working."),
        ),
        ObjectAction(
            "suspend",
            _("Suspend"),
            _suspend,
            icon="block",
            confirm=_("Suspend this user? All sessions end at once."),
            is_danger=True,
            is_offered=lambda user: not user.is_suspended,
        ),
        ObjectAction(
            "reactivate", _("Reactivate"), _reactivate, icon="undo", is_offered=lambda user: user.is_suspended
        ),
        CLEAR_DELIVERY_PROBLEMS,
        ObjectAction("unlock", _("Unlock"), _unlock, icon="lock_open", is_offered=is_locked_out),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return search_users(queryset, search_term), False

    @display(description=_("User"), header=True)
    def person(self, user: User) -> list[Any]:
        contact = user.primary_email or user.username or user.primary_phone or ""
        return [str(user), contact if contact != str(user) else "", str(user)[:1]]

    @display(description=_("User id"))
    def user_id(self, user: User) -> SafeString:
        return copyable(user.id)

    @display(description=_("State"), label={_("suspended"): "danger", _("active"): "success"})
    def state(self, user: User) -> Any:
        return _("suspended") if user.is_suspended else _("active")

    @display(description=_("Last sign-in"))
    def last_seen(self, user: User) -> SafeString | str:
        return moment(user.last_sign_in_at)

    @display(description=_("Joined"), ordering="created_at")
    def joined(self, user: User) -> SafeString | str:
        return moment(user.created_at)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        identifiers = (_("Identifiers"), {"fields": ["username", "primary_email", "primary_phone"]})
        if obj is None:
            return [identifiers, (None, {"fields": ["name", "generate_password", "role_ids"]})]
        return [
            (None, {"fields": ["name", *identifiers[1]["fields"], "role_ids"]}),
            (_("Profile"), {"fields": ["avatar", *PROFILE_FIELDS], "classes": ["tab"]}),
            (_("Address"), {"fields": list(ADDRESS_FIELDS), "classes": ["tab"]}),
            (_("Custom data"), {"fields": ["custom_data"], "classes": ["tab"]}),
        ]

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        return () if obj is None else self.inlines

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"generate_password": True}

    def card(self, request: HttpRequest, entity: Any) -> dict[str, Any]:
        return {
            "user": entity,
            "has_password": entity.has_password,
            "delivery_problems": describe_delivery_problems(entity),
        }

    @transaction.atomic
    def create(self, request: HttpRequest, form: Any) -> User:
        values, actor = form.cleaned_data, actor_of(request)
        user = create_user(
            username=values["username"] or None,
            primary_email=values["primary_email"] or None,
            primary_phone=values["primary_phone"] or None,
            name=values["name"] or None,
            actor=actor,
        )
        if values["generate_password"]:
            set_password(user, password=_new_password(request, user), actor=actor)
        if values["role_ids"]:
            held = list(user.user_roles.values_list("role_id", flat=True))
            replace_user_roles(user, role_ids=[*held, *values["role_ids"]], actor=actor)
        return user

    @transaction.atomic
    def update(self, request: HttpRequest, entity: Any, form: Any) -> None:
        changes, actor = form.changes, actor_of(request)
        role_ids = changes.pop("role_ids", None)
        fields: Any = {name: value or None for name, value in changes.items() if name in TEXTS}
        fields |= {name: value for name, value in changes.items() if name in OBJECTS}
        if changes.keys() & {*PROFILE_FIELDS, *ADDRESS_FIELDS}:
            fields["profile"] = form.profile(entity.profile)
        if fields:
            update_user(entity, **fields, actor=actor)
        if role_ids is not None:
            replace_user_roles(entity, role_ids=role_ids, actor=actor)

    def delete(self, request: HttpRequest, entity: Any) -> None:
        delete_user(entity, actor=actor_of(request))
