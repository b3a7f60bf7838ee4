"""`/api/users/…/trusted-devices`: browsers that stand in for a user's second factor."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from common.rest.pagination import paginated
from identity.selectors import TRUSTED_DEVICE_INFO, get_user, list_trusted_devices
from identity.services.trusted_devices import delete_trusted_device, delete_trusted_devices
from management_api.views import ApiView, no_content


class TrustedDevicesView(ApiView):
    """Lists the devices that a user trusts, and takes back the trust in all of them."""

    @operation(
        "ListUserTrustedDevices",
        "List the devices that a user trusts",
        pages="always",
        answer=[TRUSTED_DEVICE_INFO],
        errors=["entity.not_found"],
    )
    def get(self, request: Request, user_id: str) -> Response:
        return paginated(request, list_trusted_devices(get_user(user_id)), TRUSTED_DEVICE_INFO)

    @operation("DeleteUserTrustedDevices", "Withdraw the trust in all devices of a user", errors=["entity.not_found"])
    def delete(self, request: Request, user_id: str) -> Response:
        delete_trusted_devices(get_user(user_id), actor=self.actor)
        return no_content()


class TrustedDeviceView(ApiView):
    """One device that a user trusts."""

    @operation("DeleteUserTrustedDevice", "Withdraw the trust in a device of a user", errors=["entity.not_found"])
    def delete(self, request: Request, user_id: str, trusted_device_id: str) -> Response:
        delete_trusted_device(get_user(user_id), device_id=trusted_device_id, actor=self.actor)
        return no_content()
