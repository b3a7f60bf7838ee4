"""The form of a user."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from access.models import RoleType
from access.selectors import list_roles
from console.admin.fields import JsonObjectField, PickField, switch, text
from console.admin.service_errors import ServiceForm
from console.admin.user_profile import ProfileFields, initial_profile
from identity.models import User

ERROR_FIELDS = {
    "user.username_already_in_use": "username",
    "user.email_already_in_use": "primary_email",
    "user.phone_already_in_use": "primary_phone",
    "user.invalid_email": "primary_email",
    "user.invalid_phone": "primary_phone",
    "user.username_contains_invalid_characters": "username",
    "user.username_forbidden_initial_number": "username",
    "user.username_too_short": "username",
    "user.username_too_long": "username",
    "user.invalid_role_type": "role_ids",
}

# What `update_user` takes; an emptied name or address means none.
TEXTS = ("username", "primary_email", "primary_phone", "name", "avatar")
OBJECTS = ("custom_data",)


class UserForm(ProfileFields, ServiceForm):
    """Identifiers, profile, data and roles; passwords have buttons of their own."""

    username = text(label=_("Username"), max_length=128)
    primary_email = text(label=_("Email"), max_length=128)
    primary_phone = text(
        label=_("Phone"),
        placeholder="+49 151 23456789",
        help_text=_("With the country code, such as +49."),
        max_length=128,
    )
    name = text(label=_("Name"), max_length=128)
    avatar = text(label=_("Avatar URL"), placeholder="https://", max_length=2048)
    generate_password = switch(
        label=_("Generate a password"), help_text=_("Shown once after saving. Without one the user signs in by code.")
    )
    custom_data = JsonObjectField(label=_("Custom data"), help_text=_("A JSON object of your own."))
    role_ids = PickField(label=_("Roles"))

    class Meta:
        model = User
        fields = (*TEXTS, *OBJECTS)

    def __init__(self, *args: Any, **options: Any) -> None:
        instance: User | None = options.get("instance")
        shown = initial_profile(instance.profile) if instance is not None else {}
        super().__init__(*args, **{**options, "initial": {**shown, **(options.get("initial") or {})}})
        fields: dict[str, Any] = self.fields
        if "role_ids" in fields:
            fields["role_ids"].choices = [(role.id, role.name) for role in list_roles(type=RoleType.USER)]
            if instance is not None:
                fields["role_ids"].initial = list(instance.user_roles.values_list("role_id", flat=True))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if self.instance._state.adding and not any(cleaned.get(name) for name in TEXTS[:3]):
            self.add_error("username", _("A user needs a username, an email address or a phone number."))
        return cleaned
