"""The providers, a folder each; importing this registers them, in the order in which they are offered."""

from connectors.enterprise.providers import azure_ad_oidc, google_workspace, okta, oidc  # isort: skip
from connectors.enterprise.providers import azure_ad, saml  # isort: skip

__all__ = ["azure_ad", "azure_ad_oidc", "google_workspace", "oidc", "okta", "saml"]
