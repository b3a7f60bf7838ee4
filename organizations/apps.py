from django.apps import AppConfig
from django.contrib.postgres.indexes import OpClass
from django.db.models.expressions import OrderBy
from django.db.models.functions import Collate
from django.db.models.indexes import IndexExpression


class OrganizationsConfig(AppConfig):
    name = "organizations"
    verbose_name = "Organizations"

    def ready(self) -> None:
        from identity.imports.memberships import register_memberships
        from organizations import errors  # noqa: F401
        from organizations.services.imported_memberships import ImportedMemberships

        register_memberships(ImportedMemberships())
        # As `django.contrib.postgres` does, which also asks each new connection for types that are not used here.
        IndexExpression.register_wrappers(OrderBy, OpClass, Collate)
