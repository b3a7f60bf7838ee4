"""`/api/sentinel-activities/delete`: lockouts are lifted."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.fields import Choice, Texts
from common.rest.operations import operation
from identity.services.sentinel import MOST_UNLOCKED, MOST_UNLOCKED_LENGTH, unlock
from management_api.views import ApiView, no_content


class UnlockBody(serializers.Serializer[Any]):
    """Whose attempts are forgotten: identifiers or user ids."""

    targetType = Choice(choices=["User"])
    targets = Texts(item={"min_length": 1, "max_length": MOST_UNLOCKED_LENGTH}, max_length=MOST_UNLOCKED)


class UnlockView(ApiView):
    """Forgets the failed attempts against accounts, and with them the lockouts."""

    @operation("DeleteSentinelActivities", "Lift lockouts", body=UnlockBody)
    def post(self, request: Request) -> Response:
        unlock(self.body()["targets"], actor=self.actor)
        return no_content()
