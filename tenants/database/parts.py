"""SQL of a part of a list: the rows of one table with certain values in their columns, in an order.

What is here stands after `FROM`. Parameters: `tenant`, `value0` and so on for the columns, `start` and `size`.
"""

from dataclasses import dataclass

from tenants.counts import count_expression

# So many rows at most are on a page. It stands in statements as a number: one whose limits are parameters alone seems
# to PostgreSQL to want a tenth of the table, so it would be planned for its values each time.
MOST_ON_PAGE = 100


@dataclass(frozen=True, slots=True)
class OrderedRows:
    """Rows of a table, called `alias`, with values in columns next to the tenant's, behind a place, in an order.

    Columns are quoted. `order` is what follows `ORDER BY`; `behind` is empty, or a condition that follows others.
    """

    table: str
    alias: str
    columns: tuple[str, ...]
    order: str
    behind: str = ""

    def part(self) -> str:
        """Return the SQL of a part of any size: all from `start` on if `size` is null."""
        return self._by_ids(self._ids())

    def beginning(self) -> str:
        """Return the SQL of the first rows, a page at most: limit them. Their order's index gives them as they are."""
        return f"(SELECT * {self._rows()} LIMIT {MOST_ON_PAGE}) {self.alias}"

    def page(self) -> str:
        """Return the SQL of a page."""
        return self._by_ids(f"SELECT id FROM ({self._ids()}) every LIMIT {MOST_ON_PAGE}")  # noqa: S608 - identifiers come from code

    def page_from_end(self) -> str:
        """Return the SQL of the same page, found in the reversed order; for all rows of a table with kept counts.

        The statement sees the rows and their number as of one moment.
        """
        columns = self.order.split(", ")
        reverse = (name.removesuffix(" DESC") if name.endswith(" DESC") else f"{name} DESC" for name in columns)
        count = count_expression(tenant="%(tenant)s", table=f"'{self.table}'")
        left = f"{count} - %(start)s::bigint"
        ids = (
            f"SELECT {self.alias}.id FROM {self.table} {self.alias} WHERE {self._conditions()}"  # noqa: S608 - identifiers come from code
            f" ORDER BY {', '.join(reverse)} LIMIT greatest(0, least(%(size)s::bigint, {left}))"
            f" OFFSET greatest(0, {left} - %(size)s::bigint)"
        )
        return self._by_ids(f"SELECT id FROM ({ids}) every LIMIT {MOST_ON_PAGE}")  # noqa: S608 - identifiers come from code

    def _conditions(self) -> str:
        others = (f" AND {self.alias}.{column} = %(value{number})s" for number, column in enumerate(self.columns))
        return f"{self.alias}.tenant_id = %(tenant)s{''.join(others)}{self.behind}"

    def _rows(self) -> str:
        return f"FROM {self.table} {self.alias} WHERE {self._conditions()} ORDER BY {self.order}"

    def _ids(self) -> str:
        return f"SELECT {self.alias}.id {self._rows()} LIMIT %(size)s OFFSET %(start)s"

    def _by_ids(self, ids: str) -> str:
        # The ids first, which the index of the order has: rows that are passed over are not read.
        return f"({ids}) part {join_by_id(self.table, self.alias, 'part')}"


def join_by_id(table: str, alias: str, source: str) -> str:
    """Return the `JOIN` of the tenant's rows of a table with the ids of a source."""
    return f"JOIN {table} {alias} ON {alias}.tenant_id = %(tenant)s AND {alias}.id = {source}.id"
