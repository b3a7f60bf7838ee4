"""Clients whose `client_id` is the address of their metadata: how a row that refers to an application names one."""

from django.db import models

from tenants.models import EntityModel

MAX_ADDRESS_LENGTH = 2048


def is_document_address(client_id: str) -> bool:
    """Whether a client id is the address of a metadata document: no application's id begins like this."""
    return client_id.startswith(("https://", "http://"))


class DocumentClientModel(EntityModel):
    """A row of an application's that may be a client's with a metadata document; `application` then stands for all."""

    cimd_client_id = models.CharField(max_length=MAX_ADDRESS_LENGTH, blank=True, db_default="", editable=False)

    class Meta:
        abstract = True

    @property
    def client_id(self) -> str:
        """The client as the protocol names it."""
        return self.cimd_client_id or self.application_id  # type: ignore[attr-defined]
