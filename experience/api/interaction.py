"""`/api/experience`: a journey's beginning, course and end."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from experience.api import answers
from experience.api.base import ExperienceView, current_interaction, pending_request
from experience.api.serializers import EventBody, IdentificationBody, StartBody
from experience.models import Interaction
from experience.selectors import get_interaction, represent_interaction
from experience.services.identification import identify
from experience.services.interaction import change_event, start_interaction
from experience.services.submission import submit


class InteractionView(ExperienceView):
    """`PUT /experience`."""

    @operation("InitInteraction", "Begin a journey", body=StartBody)
    def put(self, request: Request) -> Response:
        pending = pending_request(request)
        body = self.body()
        start_interaction(pending, event=body["interactionEvent"], captcha_token=body.get("captchaToken"))
        return Response(status=204)


class InteractionStateView(ExperienceView):
    """`GET /experience/interaction`."""

    @operation("GetInteraction", "Get the state of the journey", answer=answers.InteractionState)
    def get(self, request: Request) -> Response:
        return Response(represent_interaction(current_interaction(request)))


class EventView(ExperienceView):
    """`PUT /experience/interaction-event`."""

    @operation("UpdateInteractionEvent", "Change what the journey is for", body=EventBody)
    def put(self, request: Request) -> Response:
        interaction = current_interaction(request)
        change_event(interaction, event=self.body()["interactionEvent"])
        return Response(status=204)


class IdentificationView(ExperienceView):
    """`POST /experience/identification`: 201 for a new account, 204 for one that was entered."""

    @operation(
        "IdentifyUser",
        "Identify the user by a verification, or create the account",
        body=IdentificationBody,
        status=(204, 201),
    )
    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = self.body()
        identify(
            interaction,
            verification_id=body.get("verificationId"),
            links_related_user=body.get("linkSocialIdentity", False),
        )
        return Response(status=201 if interaction.event == Interaction.Event.REGISTER else 204)


class SubmissionView(ExperienceView):
    """`POST /experience/submit`."""

    @operation("SubmitInteraction", "Finish the journey", status=(200, 204), answer=answers.Redirection)
    def post(self, request: Request) -> Response:
        redirect_to = submit(get_interaction(pending_request(request), finished=True))
        return Response(status=204) if redirect_to is None else Response({"redirectTo": redirect_to})
