"""`/api/log-streams`: where the audit log is sent."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from common.rest.pagination import paginated
from events.streams.configuration import masked_config
from events.streams.selectors import get_stream, list_streams
from events.streams.services import create_stream, delete_stream, resume_stream, send_test_entry, update_stream
from management_api.log_streams.serializers import Stream, StreamCreation, StreamTest, StreamUpdate, stream_row
from management_api.views import ApiView, no_content


class StreamsView(ApiView):
    """Lists and sets up streams."""

    @operation("ListLogStreams", "List streams of the audit log", pages="optional", answer=[Stream])
    def get(self, request: Request) -> Response:
        rows = list_streams()
        return paginated(request, rows, lambda streams: [stream_row(each) for each in streams], optional=True)

    @operation(
        "CreateLogStream",
        "Set up a stream of the audit log",
        description="Entries that are recorded from now on are sent, each at least once.",
        body=StreamCreation,
        answer=Stream,
        status=201,
        errors=["log.too_many_streams"],
    )
    def post(self, request: Request) -> Response:
        return Response(stream_row(create_stream(**self.body(), actor=self.actor)), status=201)


class StreamView(ApiView):
    """One stream."""

    @operation("GetLogStream", "Get a stream", answer=Stream, errors=["entity.not_exists_with_id"])
    def get(self, request: Request, id: str) -> Response:
        return Response(stream_row(get_stream(id)))

    @operation(
        "UpdateLogStream",
        "Change a stream",
        description="A header whose value is sent as `******` keeps its value, as long as the address stays.",
        body=StreamUpdate,
        answer=Stream,
        errors=["entity.not_exists_with_id"],
    )
    def patch(self, request: Request, id: str) -> Response:
        stream = get_stream(id)
        return Response(stream_row(update_stream(stream, self.body(), actor=self.actor)))

    @operation("DeleteLogStream", "Delete a stream", errors=["entity.not_found"])
    def delete(self, request: Request, id: str) -> Response:
        delete_stream(get_stream(id, code="entity.not_found"), actor=self.actor)
        return no_content()


class TestView(ApiView):
    """Sends a test."""

    @operation(
        "TestLogStream",
        "Send one invented entry to a stream's destination",
        body=StreamTest,
        errors=["entity.not_exists_with_id", "log.stream_test_failed", "request.rate_limited"],
    )
    def post(self, request: Request, id: str) -> Response:
        stream = get_stream(id)
        config = self.body().get("config", masked_config(stream))
        send_test_entry(stream.kind, config, stored=stream)
        return no_content()


class ResumptionView(ApiView):
    """Sends again to a stream that was paused."""

    @operation("ResumeLogStream", "Resume a stream", answer=Stream, errors=["entity.not_exists_with_id"])
    def post(self, request: Request, id: str) -> Response:
        return Response(stream_row(resume_stream(get_stream(id), actor=self.actor)))
