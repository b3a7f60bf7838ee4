"""Objects by their names, each leading to its page of the console."""

from collections.abc import Iterable

from django.contrib.admin.utils import quote
from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from oidc.models import Grant
from oidc.sessions.selectors import client_name


def page_of(entity: Model | str) -> str | None:
    """Return the address of an object's page; `None` for what has none."""
    if isinstance(entity, str):
        return None
    try:
        return reverse(f"admin:{entity._meta.app_label}_{entity._meta.model_name}_change", args=[quote(entity.pk)])
    except NoReverseMatch:
        return None


def client_of(grant: Grant) -> Model | str:
    """Return the application of a grant; of a client with a metadata document, which has no page, the name."""
    return client_name(grant) if grant.cimd_client_id else grant.application


def linked(name: str, link: str | None) -> SafeString:
    """Return a name, as a link if there is somewhere to go."""
    return format_html('<a class="gh-link" href="{}">{}</a>', link, name) if link else format_html("{}", name)


def linked_names(entities: Iterable[Model | str]) -> SafeString:
    """Return the names of objects, separated by commas; empty for none."""
    return SafeString(", ".join(linked(str(entity), page_of(entity)) for entity in entities))
