from django.db import migrations


class Migration(migrations.Migration):
    """Built-in applications have the same id in every tenant; Django goes on seeing `id` as the key."""

    dependencies = [("oidc", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE oidc_application DROP CONSTRAINT oidc_application_pkey;
            ALTER TABLE oidc_application ADD CONSTRAINT oidc_application_pkey PRIMARY KEY (tenant_id, id);
            """,
        ),
    ]
