from typing import Any

from django.apps import AppConfig


class ExperienceConfig(AppConfig):
    name = "experience"
    verbose_name = "Sign-in"

    def ready(self) -> None:
        from common.error_pages import register_contact
        from connectors.message_style import register_message_style
        from events.history import subscribe
        from experience import checks, errors  # noqa: F401 - they register themselves
        from experience.pages.language import language_of_page
        from experience.pages.message_style import tenant_message_style
        from experience.pages.provider_pages import tenant_appearance, tenant_contact
        from experience.services.connector_deletions import (
            drop_target_of_deleted_connector,
            keep_connector_for_expired_passwords,
        )
        from experience.services.settings import get_sign_in_experience, seed_sign_in_experience
        from identity.username_case import register_case_rule
        from oidc.wire.appearance import register_appearance
        from oidc.wire.languages import register_page_language
        from tenants.services.tenants import tenant_created

        def seed(**_: Any) -> None:
            seed_sign_in_experience()

        register_case_rule(lambda: get_sign_in_experience().username_policy.case_sensitive)
        register_appearance(tenant_appearance)
        register_contact(tenant_contact)
        register_page_language(language_of_page)
        register_message_style(tenant_message_style)
        subscribe("Connector.Deleted", keep_connector_for_expired_passwords)
        subscribe("Connector.Deleted", drop_target_of_deleted_connector)
        tenant_created.connect(seed, dispatch_uid="experience.seed", weak=False)
