"""What the database holds besides the rows."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_no_id_is_indexed_twice() -> None:
    """An index for `LIKE` next to each id's own would make every insert of a token dearer, for nobody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexdef ~ 'varchar_pattern'")
        assert cursor.fetchall() == []
