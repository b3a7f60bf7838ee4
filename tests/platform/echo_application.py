"""What `test_web_server` serves: an application that says what it was given, with limits that a test can reach."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from typing import Any

import django

django.setup(set_prefix=False)

from common.bodies import max_body_bytes  # noqa: E402 - needs the settings
from config.web import bodies  # noqa: E402
from config.web.front import Front  # noqa: E402

loaded_by = os.getpid()
PIECE = 65_536
bodies.GRACE = 1.0
bodies._large_bodies = bodies._LargeBodies(2)


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    length = int(environ["CONTENT_LENGTH"] or 0)
    body = environ["wsgi.input"].read()
    status = "413 Content Too Large" if length > max_body_bytes(environ["PATH_INFO"]) else "200 OK"
    start_response(status, [("Content-Type", "application/json"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    told: dict[str, str | int] = {name: value for name, value in environ.items() if isinstance(value, str)}
    told |= {"length": len(body), "sha256": hashlib.sha256(body).hexdigest(), "pid": os.getpid()}
    told |= {"loaded_by": loaded_by}
    yield json.dumps(told).encode()
    # As much as is asked for comes behind it, in pieces.
    pieces = environ["QUERY_STRING"]
    for _ in range(int(pieces) if pieces.isdecimal() else 0):
        yield b"x" * PIECE


application = Front(echo)
