"""What signing in needs to know of a SAML application, cached with the tenant's configuration."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.clock import now
from common.crypto import unseal
from common.errors import AppError
from common.saml.response_building import Encryption
from saml.models import SamlApplicationConfig, SamlApplicationSecret
from saml.selectors import SECRET_CONTEXT
from tenants.configuration import cached

_LONGEST_ID = 21


@dataclass(frozen=True, slots=True)
class Secret:
    """A certificate, and the sealed key that belongs to it."""

    id: str
    sealed_private_key: bytes
    certificate: str
    expires_at: datetime
    active: bool

    @property
    def private_key(self) -> str:
        """The key in PEM form."""
        return unseal(self.sealed_private_key, context=SECRET_CONTEXT)


@dataclass(frozen=True, slots=True)
class ServiceProvider:
    """A SAML application as the protocol sees it."""

    application_id: str
    entity_id: str | None
    acs_url: str | None
    attribute_mapping: Mapping[str, str]
    name_id_format: str
    encryption: Encryption | None
    signing_certificates: tuple[str, ...]
    slo_binding: str | None
    slo_url: str | None
    secrets: tuple[Secret, ...]

    @property
    def valid_certificates(self) -> list[str]:
        """The certificates that have not expired: the active one first, then the latest."""
        moment = now()
        valid = [secret for secret in self.secrets if secret.expires_at > moment]
        return [secret.certificate for secret in sorted(valid, key=lambda secret: not secret.active)]

    @property
    def required_entity_id(self) -> str:
        """Raises `application.saml.entity_id_required`."""
        if self.entity_id is None:
            raise AppError("application.saml.entity_id_required")
        return self.entity_id

    @property
    def required_acs_url(self) -> str:
        """Raises `application.saml.acs_url_required`."""
        if self.acs_url is None:
            raise AppError("application.saml.acs_url_required")
        return self.acs_url

    @property
    def can_be_told(self) -> bool:
        """Whether it takes logout messages, and there is a certificate to sign them."""
        return self.slo_url is not None and any(each.active and each.expires_at > now() for each in self.secrets)

    @property
    def signer(self) -> Secret:
        """The certificate that signs; raises `application.saml.no_active_secret` without one that is valid."""
        found = next((secret for secret in self.secrets if secret.active and secret.expires_at > now()), None)
        if found is None:
            raise AppError("application.saml.no_active_secret")
        return found


class _NoSuchProviderError(Exception):
    """Not remembered: made-up ids must not fill the cache."""


def _encryption(stored: Mapping[str, Any] | None) -> Encryption | None:
    if not stored or not stored.get("encryptAssertion"):
        return None
    return Encryption(stored["certificate"], then_sign=bool(stored.get("encryptThenSign")))


def _load(application_id: str) -> ServiceProvider:
    config = SamlApplicationConfig.objects.filter(application_id=application_id).first()
    if config is None:
        raise _NoSuchProviderError
    secrets = SamlApplicationSecret.objects.filter(application_id=application_id).order_by("-created_at", "-id")
    return ServiceProvider(
        application_id=application_id,
        entity_id=config.entity_id,
        acs_url=config.acs_url["url"] if config.acs_url else None,
        attribute_mapping=config.attribute_mapping,
        name_id_format=config.name_id_format,
        encryption=_encryption(config.encryption),
        signing_certificates=(config.signing_certificate,) if config.signing_certificate else (),
        slo_binding=config.slo_url["binding"] if config.slo_url else None,
        slo_url=config.slo_url["url"] if config.slo_url else None,
        secrets=tuple(
            Secret(each.id, bytes(each.sealed_private_key), each.certificate, each.expires_at, each.active)
            for each in secrets
        ),
    )


def find_provider(application_id: str) -> ServiceProvider | None:
    """Return the service provider of a SAML application. No statement when warm, two when cold."""
    if len(application_id) > _LONGEST_ID:
        return None
    try:
        return cached("saml.provider", application_id, lambda: _load(application_id))
    except _NoSuchProviderError:
        return None


def get_provider(application_id: str) -> ServiceProvider:
    """Return the service provider of a SAML application; raises `entity.not_exists_with_id`."""
    provider = find_provider(application_id)
    if provider is None:
        raise AppError("entity.not_exists_with_id")
    return provider
