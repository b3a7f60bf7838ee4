"""`/api/dashboard`: a tenant's figures. Days are those of UTC."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.clock import now
from common.rest.operations import operation
from events.figures.activity import read_activity
from events.figures.days import read_days
from identity.growth import count_new_users
from identity.models import User
from management_api.dashboard import answers
from management_api.dashboard.serializers import (
    DayQuery,
    FiguresQuery,
    activity_body,
    figures_body,
    new_users_body,
)
from management_api.views import ApiView
from tenants.counts import count_all


class TotalUsersView(ApiView):
    """How many users there are, suspended ones too."""

    @operation("GetTotalUserCount", "Get the number of users", answer=answers.TotalUserCount)
    def get(self, request: Request) -> Response:
        return Response({"totalUserCount": count_all(User)})


class NewUsersView(ApiView):
    """How many users are new, today and in a week."""

    @operation("GetNewUserCounts", "Get the numbers of new users", answer=answers.NewUserCounts)
    def get(self, request: Request) -> Response:
        today = now().date()
        return Response(new_users_body(count_new_users(today, days=14), today))


class ActiveUsersView(ApiView):
    """How many users were active up to a day."""

    @operation(
        "GetActiveUserCounts", "Get the numbers of active users", query=DayQuery, answer=answers.ActiveUserCounts
    )
    def get(self, request: Request) -> Response:
        return Response(activity_body(read_activity(self.query()["date"])))


class FiguresView(ApiView):
    """Everything that is counted, day by day."""

    @operation("GetFigures", "Get everything that is counted, day by day", query=FiguresQuery, answer=answers.Figures)
    def get(self, request: Request) -> Response:
        query = self.query()
        end, count = query["date"], query["days"]
        return Response(figures_body(read_days(end, count=count), count_new_users(end, days=count)))
