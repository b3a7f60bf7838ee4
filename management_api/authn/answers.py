"""Answers to programs that ask who presents a token."""

from typing import TypedDict

HasuraSession = TypedDict("HasuraSession", {"X-Hasura-User-Id": str, "X-Hasura-Role": str}, total=False)
