"""`/api/sentinel-activities/delete`: lockouts are lifted."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.fields import Choice, Texts
from identity.services.sentinel import unlock
from management_api.views import ApiView, no_content

# A value leads to an account by each kind of identifier, so it costs some statements.
_MOST_TARGETS = 100


class UnlockBody(serializers.Serializer[Any]):
    """Whose attempts are forgotten: identifiers or user ids."""

    targetType = Choice(choices=["User"])
    targets = Texts(item={"min_length": 1, "max_length": 256}, min_length=1, max_length=_MOST_TARGETS)


class UnlockView(ApiView):
    """Forgets the failed attempts against accounts, and with them the lockouts."""

    def post(self, request: Request) -> Response:
        unlock(self.body(UnlockBody)["targets"], actor=self.actor)
        return no_content()
