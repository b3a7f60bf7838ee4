"""`python -m tests.contract`: which operations of the contract are routed, by group; exits with 1 if some are not."""

import os
import sys
from collections import defaultdict

import django

from tests.contract.inventory import Operation, operations


def is_routed(operation: Operation) -> bool:
    """Whether the address leads to a view that answers the method."""
    from django.urls import Resolver404, resolve

    from management_api.views import not_found

    path = operation.path
    for name in operation.parameters:
        path = path.replace(f"{{{name}}}", _WORDS.get(name, "x"))
    try:
        match = resolve(path)
    except Resolver404:
        return False
    if match.func is not_found:
        return False
    view = getattr(match.func, "view_class", None)
    return view is None or hasattr(view, operation.method.lower())


# Parameters that are a word of the contract.
_WORDS = {"keyType": "private-keys", "tokenTypePath": "access-token", "scopeType": "resource-scopes"}


def unrouted() -> dict[str, list[str]]:
    """Return the operations that are not routed, by group."""
    missing = defaultdict(list)
    for operation in operations():
        if not is_routed(operation):
            missing[operation.group].append(operation.name)
    return missing


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    missing = unrouted()
    for group in dict.fromkeys(operation.group for operation in operations()):
        total = sum(operation.group == group for operation in operations())
        print(f"{total - len(missing[group]):4} of {total:3}  {group}")
        for name in missing[group]:
            print(f"{'':13}missing: {name}")
    count = sum(map(len, missing.values()))
    print(f"{len(operations()) - count} of {len(operations())} operations are routed")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
