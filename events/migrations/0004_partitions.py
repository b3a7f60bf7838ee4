"""The audit log becomes a partitioned table. What it holds stays where it is, as the partition of all that is earlier.

Nothing is copied: the old table gets another primary key and the new indexes, and is read once to see that it fits.
"""

import events.models
from django.db import migrations, models

_SET_ASIDE = """
ALTER TABLE events_auditlog RENAME TO events_auditlog_earlier;
ALTER TABLE events_auditlog_earlier DROP CONSTRAINT events_auditlog_pkey;
ALTER TABLE events_auditlog_earlier ADD COLUMN transaction_id bigint NOT NULL DEFAULT 0"""

_CREATE = """
CREATE TABLE events_auditlog (LIKE events_auditlog_earlier INCLUDING DEFAULTS) PARTITION BY RANGE (created_at);
ALTER TABLE events_auditlog ALTER COLUMN transaction_id SET DEFAULT (pg_current_xact_id()::text::bigint);
ALTER TABLE events_auditlog_earlier ALTER COLUMN transaction_id DROP DEFAULT;
ALTER TABLE events_auditlog ADD CONSTRAINT events_auditlog_pkey PRIMARY KEY (id, created_at)"""

# `events.partitions` makes the months of the second one.
_ATTACH = """
DO $$
DECLARE
  latest timestamptz := (SELECT max(created_at) FROM events_auditlog_earlier);
  month text := date_trunc(
    'month', CASE WHEN latest IS NULL THEN now() ELSE greatest(latest, now()) + interval '1 month' END, 'UTC');
BEGIN
  EXECUTE format('ALTER TABLE events_auditlog ATTACH PARTITION events_auditlog_earlier'
    ' FOR VALUES FROM (MINVALUE) TO (%L)', month);
  EXECUTE format('CREATE TABLE events_auditlog_later PARTITION OF events_auditlog'
    ' FOR VALUES FROM (%L) TO (MAXVALUE)', month);
END $$"""

# What `tenants.isolation` does at the end of every `migrate`: until then, who serves meanwhile could not write.
_SECURE = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gatehouse_app')
    AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'gatehouse_system')
  THEN
    ALTER TABLE events_auditlog ENABLE ROW LEVEL SECURITY;
    ALTER TABLE events_auditlog FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenant_isolation ON events_auditlog TO gatehouse_app
      USING (tenant_id = current_setting('gatehouse.tenant', true))
      WITH CHECK (tenant_id = current_setting('gatehouse.tenant', true));
    CREATE POLICY system_access ON events_auditlog TO gatehouse_system USING (true) WITH CHECK (true);
    GRANT SELECT, INSERT, UPDATE, DELETE ON events_auditlog TO gatehouse_app, gatehouse_system;
  END IF;
END $$"""

_CLOSE = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gatehouse_app') THEN
    REVOKE ALL ON events_auditlog_earlier FROM gatehouse_app, gatehouse_system;
  END IF;
END $$"""

_UNDO = """
ALTER TABLE events_auditlog RENAME TO events_auditlog_partitioned;
CREATE TABLE events_auditlog (LIKE events_auditlog_partitioned INCLUDING DEFAULTS);
ALTER TABLE events_auditlog DROP COLUMN transaction_id;
INSERT INTO events_auditlog (id, tenant_id, key, payload, user_id, application_id, journey_id, created_at)
SELECT id, tenant_id, key, payload, user_id, application_id, journey_id, created_at FROM events_auditlog_partitioned;
DROP TABLE events_auditlog_partitioned;
ALTER TABLE events_auditlog ADD CONSTRAINT events_auditlog_pkey PRIMARY KEY (id)"""


def _partition(apps, schema_editor):
    indexes = apps.get_model("events", "AuditLog")._meta.indexes
    schema_editor.execute(_SET_ASIDE, params=None)
    for index in indexes:
        schema_editor.execute(f"ALTER INDEX {index.name} RENAME TO events_auditlog_earlier_{index.name}")
    schema_editor.execute(_CREATE, params=None)
    _refer_to_tenants(apps, schema_editor)
    _create_indexes(apps, schema_editor)
    for statements in (_ATTACH, _SECURE, _CLOSE):
        schema_editor.execute(statements, params=None)


def _join(apps, schema_editor):
    schema_editor.execute(_UNDO, params=None)
    _refer_to_tenants(apps, schema_editor)
    _create_indexes(apps, schema_editor)
    schema_editor.execute(_SECURE, params=None)


def _refer_to_tenants(apps, schema_editor):
    model = apps.get_model("events", "AuditLog")
    reference = model._meta.get_field("tenant")
    schema_editor.execute(schema_editor._create_fk_sql(model, reference, "_fk_%(to_table)s_%(to_column)s"))


def _create_indexes(apps, schema_editor):
    model = apps.get_model("events", "AuditLog")
    for index in model._meta.indexes:
        schema_editor.add_index(model, index)


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0003_webhooks"),
        ("tenants", "0003_stored_files"),
    ]

    operations = [
        migrations.RunPython(_partition, _join),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField(
                    model_name="auditlog",
                    name="transaction_id",
                    field=models.BigIntegerField(db_default=events.models.CurrentTransaction(), editable=False),
                ),
            ]
        ),
        migrations.AddIndex(
            model_name="auditlog",
            index=models.Index(
                condition=models.Q(
                    ("key__startswith", "ApplicationAccessControl"),
                    ("key__startswith", "BackchannelLogout"),
                    ("key__startswith", "ExchangeTokenBy"),
                    ("key__startswith", "RevokeToken"),
                    ("key__startswith", "RevokeGrants"),
                    ("key__startswith", "RevokeSession"),
                    ("key__startswith", "Interaction"),
                    ("key__startswith", "JwtCustomizer"),
                    ("key__startswith", "OneTimeToken"),
                    ("key__startswith", "SamlApplication"),
                    ("key__startswith", "Action"),
                    ("key__startswith", "Unknown"),
                    _connector="OR",
                ),
                fields=["tenant", "-created_at", "id"],
                name="audit_log_listed",
            ),
        ),
        migrations.AddIndex(
            model_name="auditlog",
            index=models.Index(fields=["tenant", "transaction_id"], name="audit_log_transaction"),
        ),
    ]
