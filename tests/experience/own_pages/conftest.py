"""A tenant with pages of its own, and a browser that a sign-in has led to it."""

from collections.abc import Callable
from typing import Any

import pytest

from common.actors import SYSTEM
from experience.custom_ui.versions import as_setting
from experience.models import CustomUiAsset
from experience.services.custom_ui import upload_custom_ui
from experience.services.settings import update_sign_in_experience
from tenants.models import Tenant
from tests.experience.own_pages.archives import archive

Use = Callable[..., CustomUiAsset]


@pytest.fixture
def use_pages(tenant: Tenant) -> Use:
    """Upload pages, and let the tenant use them."""

    def use(files: dict[str, Any] | None = None, **options: Any) -> CustomUiAsset:
        asset = upload_custom_ui(archive(files, **options), actor=SYSTEM)
        update_sign_in_experience({"customUiAssets": as_setting(asset)}, actor=SYSTEM)
        return asset

    return use
