"""`/api/experience/profile`: what the user adds on the way."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import AppError
from common.rest.operations import operation
from common.rest.parsers import json_body
from common.shapes import AnyObject
from experience.api.base import ExperienceView, current_interaction, parsed
from experience.api.serializers import PROFILE_BODIES, PasswordBody
from experience.services.extra_profile import stage_extra_profile
from experience.services.profile import (
    add_identifier,
    add_social_identity,
    set_new_password,
    set_password,
    set_username,
)

_TYPES = (
    "`type` is `username` or `password` with a `value`, `email`, `phone` or `social` with a `verificationId`, "
    "or `extraProfile` with `values`."
)


class ProfileView(ExperienceView):
    """`POST /experience/profile`."""

    @operation(
        "AddUserProfile",
        "Add to the profile of the account",
        body=AnyObject(),
        description=_TYPES,
    )
    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        given = json_body(request)
        kind = given.get("type") if isinstance(given, dict) else None
        if not isinstance(kind, str) or kind not in PROFILE_BODIES:
            raise AppError("guard.invalid_input", details=f"type must be one of {', '.join(PROFILE_BODIES)}")
        body = parsed(request, PROFILE_BODIES[kind])
        match kind:
            case "username":
                set_username(interaction, username=body["value"])
            case "password":
                set_password(interaction, password=body["value"])
            case "social":
                add_social_identity(interaction, verification_id=body["verificationId"])
            case "extraProfile":
                stage_extra_profile(interaction, body["values"])
            case "email" | "phone":
                add_identifier(interaction, kind=kind, verification_id=body["verificationId"])
        return Response(status=204)


class NewPasswordView(ExperienceView):
    """`PUT /experience/profile/password`."""

    @operation("ResetUserPassword", "Set the new password of a recovered account", body=PasswordBody)
    def put(self, request: Request) -> Response:
        interaction = current_interaction(request)
        set_new_password(interaction, password=self.body()["password"])
        return Response(status=204)
