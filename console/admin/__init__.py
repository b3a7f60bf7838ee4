"""The console's areas, one file each; importing this registers them all."""

from console.admin import (
    api_resources,
    applications,
    audit_log,
    connectors,
    email_templates,
    enterprise_sso,
    invitations,
    magic_links,
    organization_template,
    organizations,
    profile_fields,
    roles,
    sign_in_experience,
    users,
    webhooks,
)

__all__ = [
    "api_resources",
    "applications",
    "audit_log",
    "connectors",
    "email_templates",
    "enterprise_sso",
    "invitations",
    "magic_links",
    "organization_template",
    "organizations",
    "profile_fields",
    "roles",
    "sign_in_experience",
    "users",
    "webhooks",
]
