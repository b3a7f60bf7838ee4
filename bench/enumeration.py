"""`python -m bench.enumeration [samples]`: does how long an answer takes tell who has an account?

For each place that is asked about an account, the answers for accounts that are there and for those that are not are
timed in turns, each about another account, in a process on a database of its own. What is compared are the answers of
one turn, which the machine's other work hits alike: how often the account that is there is slower, and by how much in
the median. It tells if that is further from a coin than chance explains (three standard errors), or if the median is
off by more than `_MOST_DIFFERENCE` and chance hardly explains it (two). The bodies have to be the same but for what is
of one request. Exits with 1 if something tells. DATABASE_URL names a PostgreSQL where databases may be made.
"""

from __future__ import annotations

import json
import logging
import math
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from bench.fixtures import REDIRECT_URI
from bench.processes import ROOT
from bench.servers import fresh_database, gatehouse_environment
from bench.steps import authorize_query
from config import embedded_postgres

SAMPLES = 300
_WARM_UP = 20
_MOST_DIFFERENCE = 0.05
# Standard errors: what chance does not explain, and what it hardly does.
_SURELY, _HARDLY = 3.0, 2.0
_PORT = 9100
_HOST = f"localhost:{_PORT}"
_JSON = "application/json"
_NO_LIMIT = "100000000/minute"
# What is of one request, in bodies: ids, tokens, nonces, and the identifier that was asked about.
_OF_ONE_REQUEST = re.compile(r"(known|bare|absent)\d{4}|nonce=\"[^\"]+\"|value=\"\w{64}\"|\b[a-z0-9]{21}\b")

Ask = Callable[[Any, str], Any]
_GROUPS = ("known", "absent")


def main(samples: int) -> None:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        embedded_postgres.ensure()
        url = os.environ["DATABASE_URL"]
    try:
        environment = gatehouse_environment(fresh_database(url), _PORT) | {
            "GUESS_LIMIT_PER_ADDRESS": _NO_LIMIT,
            "MESSAGE_LIMIT_PER_ADDRESS": _NO_LIMIT,
            "MESSAGE_LIMIT_PER_TENANT": _NO_LIMIT,
        }
        command = [sys.executable, "-m", "bench.enumeration", "inside", str(samples)]
        sys.exit(subprocess.run(command, check=False, cwd=ROOT, env={**os.environ, **environment}).returncode)
    finally:
        embedded_postgres.release()


def _inside(samples: int) -> int:
    import django

    django.setup()
    # A refused password is a line.
    logging.disable(logging.WARNING)
    from config.celery import app

    # As with a queue: a message is handed over, not delivered while somebody waits.
    app.conf.task_always_eager = False
    client_id = _fill(samples + _WARM_UP)
    failures = 0
    for name, (mode, groups, prepare, ask) in _CASES.items():
        _set_mode(mode)
        failures += _compare(name, client_id, groups, prepare, ask, samples)
    return int(bool(failures))


def _fill(count: int) -> str:
    """Make the accounts: with a password, without one; return the id of an application."""
    from django.core.management import call_command

    from applications.models import Application
    from common.actors import SYSTEM
    from connectors.services.connectors import create_connector
    from identity.passwords.hashing import hash_password
    from identity.services.users import create_user
    from tenants.context import enter_tenant
    from tenants.services.tenants import create_tenant

    call_command("migrate", "--noinput", verbosity=0)
    call_command("collectstatic", "--noinput", verbosity=0)
    for name in ("admin", "default"):
        create_tenant(name, name=name.title())
    with enter_tenant("default"):
        metadata = {"redirectUris": [REDIRECT_URI]}
        application = Application.objects.create(name="spa", type="SPA", oidc_client_metadata=metadata)
        mail = {"host": "127.0.0.1", "port": 9, "fromEmail": "no-reply@example.com"}
        create_connector(factory_id="simple-mail-transfer-protocol", config=mail, actor=SYSTEM)
        hashed = hash_password("A-long-and-winding-passphrase-7")
        for number in range(count):
            for group, password in (("known", hashed), ("bare", None)):
                create_user(
                    username=f"{group}{number:04}",
                    primary_email=f"{group}{number:04}@example.com",
                    hashed_password=password,
                    actor=SYSTEM,
                )
    return str(application.id)


def _set_mode(mode: str) -> None:
    """Let users sign in by password, or by a code."""
    from common.actors import SYSTEM
    from experience.services.settings import update_sign_in_experience
    from tenants.context import enter_tenant

    is_code = mode == "code"
    methods = [
        {"identifier": "email", "password": not is_code, "verificationCode": is_code, "isPasswordPrimary": not is_code}
    ]
    changes = {
        "signIn": {"methods": methods},
        "signInMode": "SignIn",
        "forgotPasswordMethods": ["EmailVerificationCode"],
    }
    with enter_tenant("default"):
        update_sign_in_experience(changes, actor=SYSTEM)


def _compare(name: str, client_id: str, groups: tuple[str, ...], prepare: Ask, ask: Ask, samples: int) -> int:
    """Time one case, print it, and return how many of its groups tell themselves apart from the absent."""
    taken: dict[str, list[float]] = defaultdict(list)
    bodies: dict[str, set[str]] = defaultdict(set)
    for number in range(samples + _WARM_UP):
        for group in random.sample(groups, len(groups)):
            client = _browser(client_id)
            who = f"{group}{number:04}@example.com"
            prepared = prepare(client, who)
            began = time.perf_counter()
            answer = ask(client, who) if prepared is None else prepared()
            if number >= _WARM_UP:
                taken[group].append((time.perf_counter() - began) * 1000)
                bodies[group].add(f"{answer.status_code} {_OF_ONE_REQUEST.sub('', answer.content.decode())}")
    failures = 0
    for group in groups[:-1]:
        pairs = list(zip(taken[group], taken["absent"], strict=True))
        slower = sum(there > absent for there, absent in pairs) / len(pairs)
        ratio = statistics.median(there / absent for there, absent in pairs)
        errors = abs(slower - 0.5) / (0.5 / math.sqrt(len(pairs)))
        is_same = bodies[group] == bodies["absent"]
        is_good = is_same and errors <= _SURELY and not (abs(ratio - 1) > _MOST_DIFFERENCE and errors > _HARDLY)
        failures += not is_good
        print(
            f"{name}, {group}: {statistics.median(taken[group]):.1f} ms, absent"
            f" {statistics.median(taken['absent']):.1f} ms; in one turn {ratio:.3f} times, slower in {slower:.0%}"
            f" ({errors:.1f} standard errors); bodies {'alike' if is_same else 'DIFFER'}"
            f"{'' if is_good else ' <-- tells'}",
            flush=True,
        )
    return failures


def _browser(client_id: str) -> Any:
    """A browser with a sign-in of the application under way."""
    from django.test import Client

    client = Client(HTTP_HOST=_HOST)
    answer = client.get(f"/oidc/auth?{authorize_query(client_id, 'openid')}&prompt=login")
    assert answer.status_code == 303, answer.content
    client.page = answer["Location"]  # type: ignore[attr-defined]  # goes with the client
    return client


def _begin(event: str) -> Ask:
    def begin(client: Any, _who: str) -> None:
        answer = client.put("/api/experience", {"interactionEvent": event}, content_type=_JSON)
        assert answer.status_code == 204, answer.content

    return begin


def _send(path: str, **body: Any) -> Ask:
    def send(client: Any, who: str) -> Any:
        body["identifier"] = {"type": "email", "value": who}
        return client.post(f"/api/experience/verification/{path}", json.dumps(body), content_type=_JSON)

    return send


def _form(path: str, **fields: str) -> Ask:
    """The hosted page is drawn before; what is timed is its form."""

    def send(client: Any, who: str) -> Any:
        address = client.page.replace("/sign-in", path)
        page = client.get(address)
        assert page.status_code == 200, page.content
        return lambda: client.post(address, urlencode({"identifier": who, **fields}), content_type=_FORM)

    return send


_FORM = "application/x-www-form-urlencoded"
_ALL = ("known", "bare", "absent")
_PASSWORD, _CODE = "password", "code"
_CODE_BODY = "verification-code"
_CASES: dict[str, tuple[str, tuple[str, ...], Ask, Ask]] = {
    "password by API": (_PASSWORD, _ALL, _begin("SignIn"), _send("password", password="wrong")),
    "password on the page": (_PASSWORD, _ALL, _form("/sign-in", password="wrong"), _send("")),
    "forgotten password by API": (
        _PASSWORD,
        _GROUPS,
        _begin("ForgotPassword"),
        _send(_CODE_BODY, interactionEvent="ForgotPassword"),
    ),
    "forgotten password on the page": (_PASSWORD, _GROUPS, _form("/forgot-password"), _send("")),
    "code to sign in by API": (_CODE, _GROUPS, _begin("SignIn"), _send(_CODE_BODY, interactionEvent="SignIn")),
    "code to sign in on the page": (_CODE, _GROUPS, _form("/sign-in"), _send("")),
}


if __name__ == "__main__":
    if sys.argv[1:2] == ["inside"]:
        sys.exit(_inside(int(sys.argv[2])))
    main(int(sys.argv[1]) if sys.argv[1:] else SAMPLES)
