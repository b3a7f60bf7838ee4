"""`/api/experience/user-assets/avatar`: a picture for the account that is being registered."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import UPLOAD, operation
from common.uploads import read_upload
from experience.api import answers
from experience.api.base import ExperienceView, current_interaction
from experience.services.avatar import store_avatar, throttle_avatars
from tenants.files.storage import require_storage


class AvatarView(ExperienceView):
    """`POST /experience/user-assets/avatar`, a multipart form with one `file`; the answer has its address."""

    @operation(
        "UploadAvatar",
        "Upload a picture for the account that is being registered",
        body=UPLOAD,
        answer=answers.UploadedAvatar,
    )
    def post(self, request: Request) -> Response:
        require_storage()
        throttle_avatars(current_interaction(request))
        content = read_upload(request._request, max_bytes=settings.MAX_UPLOAD_BYTES)
        return Response({"url": store_avatar(content).url})
