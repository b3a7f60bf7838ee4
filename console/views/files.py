"""`files/`: a picture of a form is uploaded; its address goes into the form, which is saved by itself."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from common.errors import AppError
from common.uploads import read_raw_upload
from console.access import actor_of
from console.admin.service_errors import explain
from console.policies import Area
from console.site import site
from tenants.files.services import store_file


@site.page("files/", name="files", area=Area.GENERAL)
def files(request: HttpRequest) -> HttpResponse:
    """Store the file that is the request's body and answer with its address, or say why not."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        content = read_raw_upload(request, max_bytes=settings.MAX_UPLOAD_BYTES)
        file = store_file(content, kind="asset", actor=actor_of(request))
    except AppError as error:
        message = error.details or explain(error)
        return JsonResponse({"code": error.code, "message": message[:1].upper() + message[1:]}, status=error.status)
    return JsonResponse({"url": file.url})
