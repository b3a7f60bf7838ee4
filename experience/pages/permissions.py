"""What an application asks for, in plain words."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from django.utils.translation import gettext, gettext_noop

from applications.scopes import (
    ADDRESS,
    CUSTOM_DATA,
    EMAIL,
    IDENTITIES,
    OFFLINE_ACCESS,
    OPENID,
    ORGANIZATION_ROLES,
    ORGANIZATIONS,
    ORGANIZATIONS_RESOURCE,
    PHONE,
    PROFILE,
    ROLES,
    SESSIONS,
    TRUSTED_DEVICES,
)
from common.ascii_urls import to_ascii_url
from oidc.consent.question import Question
from oidc.consent.selectors import ResourceScopes

_SENTENCES = {
    OPENID: gettext_noop("Recognize you by your account here"),
    PROFILE: gettext_noop("See your name, picture and other profile details"),
    EMAIL: gettext_noop("See your email address"),
    PHONE: gettext_noop("See your phone number"),
    ADDRESS: gettext_noop("See your postal address"),
    CUSTOM_DATA: gettext_noop("See further details kept about you here"),
    IDENTITIES: gettext_noop("See the accounts you have linked for signing in"),
    ROLES: gettext_noop("See your roles"),
    ORGANIZATIONS: gettext_noop("See the organizations you choose below"),
    ORGANIZATION_ROLES: gettext_noop("See your roles in the organizations you choose"),
    SESSIONS: gettext_noop("See where you are signed in"),
    TRUSTED_DEVICES: gettext_noop("See the devices you trust"),
    OFFLINE_ACCESS: gettext_noop("Keep this access while you are not using it"),
}
# Where no organizations are chosen: the application is the tenant's own.
_IN_ALL_ORGANIZATIONS = {
    ORGANIZATIONS: gettext_noop("See your organizations"),
    ORGANIZATION_ROLES: gettext_noop("See your roles in your organizations"),
}


class Section(NamedTuple):
    """What is asked for in one place: the account, or an API."""

    title: str
    sentences: list[str]


def sections_of(question: Question) -> list[Section]:
    """Return everything that is asked for outside of single organizations; what has no description goes by its name."""
    sentences = _SENTENCES if question.organizations is not None else {**_SENTENCES, **_IN_ALL_ORGANIZATIONS}
    account = [gettext(sentences[name]) for name in sentences if name in question.missing.scopes]
    found = [Section(gettext("Your account"), account)] if account else []
    return found + [Section(_title(resource), sentences_of([resource])) for resource in question.resources]


def sentences_of(resources: Iterable[ResourceScopes]) -> list[str]:
    """Return permissions of APIs as people read them."""
    return [scope.description or scope.name for resource in resources for scope in resource.scopes]


def _title(resource: ResourceScopes) -> str:
    return gettext("In your organizations") if resource.indicator == ORGANIZATIONS_RESOURCE else resource.name


def place_of(redirect_uri: str) -> str:
    """Return the host to which the browser returns as DNS knows it, empty if that is an app on the device."""
    parts = urlsplit(to_ascii_url(redirect_uri))
    return parts.netloc if parts.scheme in ("http", "https") else ""
