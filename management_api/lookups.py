"""PostgreSQL's pattern operators as lookups: the pattern comes from the caller with its own wildcards."""

from typing import Any

from django.db.models import CharField, Lookup, TextField


class _Operator(Lookup):
    """`column <operator> value`, the value a parameter."""

    operator: str

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_parameters = self.process_lhs(compiler, connection)
        right, right_parameters = self.process_rhs(compiler, connection)
        return f"{left} {self.operator} {right}", (*left_parameters, *right_parameters)


class Like(_Operator):
    lookup_name = "like"
    operator = "LIKE"


class InsensitiveLike(_Operator):
    lookup_name = "ilike"
    operator = "ILIKE"


class SimilarTo(_Operator):
    lookup_name = "similar_to"
    operator = "SIMILAR TO"


class LowerExact(_Operator):
    """Equality without regard to case."""

    lookup_name = "lower_exact"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_parameters = self.process_lhs(compiler, connection)
        right, right_parameters = self.process_rhs(compiler, connection)
        return f"lower({left}) = lower({right})", (*left_parameters, *right_parameters)


for _field in (CharField, TextField):
    for _lookup in (Like, InsensitiveLike, SimilarTo, LowerExact):
        _field.register_lookup(_lookup)
