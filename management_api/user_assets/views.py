"""`/api/user-assets`: pictures of the tenant's pages are uploaded."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import UPLOAD, operation
from common.uploads import read_upload
from management_api.answers import UploadedFile
from management_api.user_assets import answers
from management_api.views import ApiView
from tenants.files import storage
from tenants.files.pictures import ASSET_TYPES
from tenants.files.services import store_file


class UserAssetsView(ApiView):
    """`POST /user-assets`, a multipart form with one `file`; the answer has its address."""

    @operation(
        "CreateUserAsset",
        "Upload a picture",
        body=UPLOAD,
        answer=UploadedFile,
        errors=[
            "guard.file_size_exceeded",
            "guard.mime_type_not_allowed",
            "request.invalid_input",
            "storage.not_configured",
        ],
    )
    def post(self, request: Request) -> Response:
        storage.require_storage()
        content = read_upload(request._request, max_bytes=settings.MAX_UPLOAD_BYTES)
        return Response({"url": store_file(content, kind="asset", actor=self.actor).url})


class ServiceStatusView(ApiView):
    """`GET /user-assets/service-status`: whether files can be uploaded, and which."""

    @operation("GetUserAssetServiceStatus", "Get whether pictures can be uploaded", answer=answers.UploadService)
    def get(self, request: Request) -> Response:
        if not storage.is_configured():
            return Response({"status": "not_configured"})
        return Response(
            {
                "status": "ready",
                "allowUploadMimeTypes": ASSET_TYPES,
                "maxUploadFileSize": settings.MAX_UPLOAD_BYTES,
                "isExperienceAvatarUploadEnabled": True,
            }
        )
