"""What scripts may have fetched for them: requests to hosts that their tenant has named, and nothing else."""

import json
import socket
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

import pytest

from common import http
from common.http import Response
from common.sandbox import fetching
from common.sandbox.fetching import CallRefusedError, fetcher, read_allowed_host, read_call
from common.sandbox.limits import LIMITS
from common.sandbox.pool import Pool, Terms
from common.sandbox.process import ProcessLostError
from tests.experience.legacy import Legacy, legacy_service

BRIEF = replace(LIMITS, cpu=0.3, wall=3.0, calls=3)
HOST = "legacy.example.com"


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(Terms(2))
    yield pool
    pool.close()


@pytest.fixture
def legacy() -> Iterator[Legacy]:
    with legacy_service() as service:
        yield service


def run(pool: Pool, body: str, hosts: Collection[str] = (HOST,), **limits: Any) -> Any:
    held = replace(BRIEF, **limits)
    message = {"script": f"const main = async (event) => {{ {body} }};", "entry": "main", "payload": "{}"}
    request = json.dumps({**message, "denies": False, "returnsObject": False, **held.as_request()}).encode()
    answer = pool.run("default", request, held, fetcher(hosts))
    return json.loads(answer["result"]) if answer.get("result") else answer


def call(url: str = f"https://{HOST}/login", **values: Any) -> dict[str, Any]:
    return {"method": "POST", "url": url, "headers": [], "body": None, **values}


def test_a_script_reads_status_headers_text_and_json(pool: Pool, legacy: Legacy) -> None:
    body = f"""
      const response = await fetch("{legacy.url}/users/1?a=b");
      return {{
        status: response.status, ok: response.ok, type: response.headers.get("Content-Type"),
        has: response.headers.has("content-type"), missing: response.headers.get("__proto__"),
        text: await response.text(), json: await response.json(),
      }};
    """
    assert run(pool, body, [legacy.host]) == {
        "status": 200,
        "ok": True,
        "type": "application/json",
        "has": True,
        "missing": None,
        "text": '{"path": "/users/1?a=b"}',
        "json": {"path": "/users/1?a=b"},
    }


def test_several_requests_at_once_and_one_after_the_other(pool: Pool, legacy: Legacy) -> None:
    body = f"""
      const paths = ["/a", "/b"];
      const read = async (path) => (await (await fetch("{legacy.url}" + path)).json()).path;
      return [...(await Promise.all(paths.map(read))), await read("/c")];
    """
    assert run(pool, body, [legacy.host]) == ["/a", "/b", "/c"]


def test_a_request_that_is_refused_can_be_caught_and_one_that_is_not_fails_the_script(pool: Pool) -> None:
    caught = run(pool, "try { await fetch('https://other.example'); } catch (error) { return error.message; }")
    assert caught == "The host is not one of the allowed hosts."
    assert run(pool, "await fetch('https://other.example');")["error"]["name"] == "TypeError"


def test_a_script_has_its_share_of_requests(pool: Pool, legacy: Legacy) -> None:
    greedy = f"""
      const statuses = [];
      for (let n = 0; n < 6; n += 1) {{
        try {{ statuses.push((await fetch("{legacy.url}")).status); }} catch (error) {{ statuses.push(error.message); }}
      }}
      return statuses;
    """
    assert run(pool, greedy, [legacy.host]) == [200] * 3 + ["The script has fetched too often."] * 3
    with pytest.raises(ProcessLostError):
        run(pool, f"while (true) {{ try {{ await fetch('{legacy.url}'); }} catch {{}} }}", [legacy.host])
    with pytest.raises(ProcessLostError):
        run(pool, f"await Promise.all(Array(1000).fill().map(() => fetch('{legacy.url}')));", [legacy.host])
    assert len(legacy.calls) == 6


def test_redirects_are_returned_and_not_followed(pool: Pool, legacy: Legacy) -> None:
    body = f"const answer = await fetch('{legacy.url}/redirect'); return [answer.status, answer.ok];"
    assert run(pool, body, [legacy.host]) == [302, False]


def test_an_answer_that_is_too_large_is_an_error(pool: Pool, legacy: Legacy) -> None:
    assert "too large" in run(pool, f"await fetch('{legacy.url}/large');", [legacy.host])["error"]["message"]


def test_requests_that_are_too_long_are_an_error(pool: Pool) -> None:
    answer = run(pool, f"await fetch('https://{HOST}', {{ method: 'POST', body: 'x'.repeat(2e6) }});")
    assert answer["error"]["name"] == "RangeError"


def test_a_host_that_never_answers_costs_the_script_its_process(pool: Pool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ProcessLostError):
            run(pool, f"while (true) {{ try {{ await fetch('http://{host}'); }} catch {{}} }}", [host], wall=0.5)


def test_without_hosts_there_is_no_fetch(pool: Pool) -> None:
    message = {"script": "const main = () => typeof fetch;", "entry": "main", "payload": "{}"}
    request = json.dumps({**message, "denies": False, "returnsObject": False, **LIMITS.as_request()}).encode()
    assert json.loads(pool.run("default", request, LIMITS)["result"]) == "undefined"


@pytest.mark.parametrize(
    "body",
    [
        "Promise = class { constructor() { throw 1; } }; return (await fetch(event.url)).status;",
        "JSON.parse = () => ({}); JSON.stringify = () => '[]'; return 1;",
        "Object.prototype.error = 'forged'; return (await fetch('https://other.example')).status;",
        "Array.prototype.push = null; await fetch({ toString() { throw new Error('no'); } });",
        "await fetch('https://x', { headers: new Proxy({}, { ownKeys() { throw 1; } }) });",
        "await fetch(Symbol('x'));",
        "await fetch();",
        "await fetch('https://x', null); return 1;",
        "await fetch('https://x', { body: {} });",
    ],
)
def test_odd_calls_fail_the_script_alone(pool: Pool, body: str) -> None:
    run(pool, body)
    assert run(pool, "return 1;") == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example/",
        f"https://{HOST}.other.example/",
        f"https://other.example/{HOST}",
        f"https://other.example?{HOST}",
        f"https://{HOST}@other.example/",
        f"https://user:secret@{HOST}/",
        f"https://other.example\\@{HOST}/",
        f"https://{HOST}:8443/",
        f"https://{HOST}:0/",
        f"https://{HOST}:99999/",
        f"ftp://{HOST}/",
        f"file:///{HOST}",
        f"//{HOST}/",
        HOST,
        "",
        f"https://{HOST}/\r\nX-Injected: 1",
        f"https://{HOST}/a b",
        f"https://{HOST}/\x00",
        f"https://{HOST}/\ud800",
        f"https://{HOST}/" + "x" * 2048,
        "https://127.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254",
        5,
        None,
    ],
)
def test_only_allowed_hosts_are_asked(url: Any) -> None:
    with pytest.raises(CallRefusedError):
        read_call(call(url), [HOST])


def test_plain_http_is_for_hosts_that_may_be_private(settings: Any) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    with pytest.raises(CallRefusedError):
        read_call(call(f"http://{HOST}/"), [HOST])
    settings.ALLOWED_PRIVATE_HOSTS = [HOST]
    assert read_call(call(f"http://{HOST}/"), [HOST]).url == f"http://{HOST}/"


def test_spelling_does_not_matter() -> None:
    assert read_call(call("https://LEGACY.Example.com./"), [HOST])
    assert read_call(call(f"https://{HOST}:443/"), [HOST])
    assert read_call(call(f"https://{HOST}:8443/"), [f"{HOST}:8443"])


@pytest.mark.parametrize(
    "headers",
    [
        [["x", "a\r\nHost: other"]],
        [["x\r\nhost: other", "a"]],
        [["x", "a\nb"]],
        [["x", "a\x00"]],
        [["x", "\u00fc"]],
        [["x", "\ud800"]],
        [["x y", "a"]],
        [["", "a"]],
        [["Host", "other.example"]],
        [["Content-Length", "5"]],
        [["Transfer-Encoding", "chunked"]],
        [["connection", "upgrade"]],
        [["x", 5]],
        [["x"]],
        ["x"],
        {"x": "a"},
        [["x", "a" * 5000]],
        [["x", "a"]] * 31,
        None,
    ],
)
def test_headers_inject_nothing(headers: Any) -> None:
    with pytest.raises(CallRefusedError):
        read_call(call(headers=headers), [HOST])


@pytest.mark.parametrize(
    "values",
    [
        {"method": "CONNECT"},
        {"method": "TRACE"},
        {"method": "GET\r\nX: 1"},
        {"method": None},
        {"body": "x" * 70_000},
        {"body": "\ud800"},
        {"body": 5},
        {"body": {}},
    ],
)
def test_methods_and_bodies_are_bounded(values: dict[str, Any]) -> None:
    with pytest.raises(CallRefusedError):
        read_call(call(**values), [HOST])


@pytest.mark.parametrize("message", [None, 5, "text", [], [1], {"url": f"https://{HOST}/"}])
def test_what_is_no_request_is_refused(message: Any) -> None:
    assert "error" in fetcher([HOST])(message, 1.0)


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "fd00::1", "0.0.0.0"])
def test_an_allowed_name_that_leads_into_a_private_network_is_refused(
    settings: Any, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    monkeypatch.setattr(http, "_resolve", lambda host, port: [address])
    assert "not public" in fetcher([HOST])(call(), 1.0)["error"]


def test_a_name_that_changes_its_mind_is_asked_once(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the address that was checked is the one that is connected to."""
    settings.ALLOW_PRIVATE_ADDRESSES = False
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    targets: list[str] = []

    def first_answer(client: Any, method: str, addresses: Any, **options: Any) -> Any:
        targets.extend(addresses)
        raise ValueError("enough")

    monkeypatch.setattr(http, "_resolve", resolve)
    monkeypatch.setattr(http, "_first_answer", first_answer)
    assert "error" in fetcher([HOST])(call(), 1.0)
    assert (asked, targets) == ([HOST], ["https://93.184.216.34:443/login"])


def test_time_is_what_is_left_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[float, float]] = []

    def note(*_: Any, timeout: float, longest: float, **options: Any) -> Response:
        given.append((timeout, longest))
        return Response(200, {}, b"")

    monkeypatch.setattr(fetching, "fetch", note)
    fetcher([HOST])(call(), 0.7)
    fetcher([HOST])(call(), 60.0)
    assert given == [(0.7, 0.7), (4.0, 5.0)]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("legacy.example.com", HOST),
        ("LEGACY.example.com.", HOST),
        ("legacy.example.com:8443", f"{HOST}:8443"),
        ("b\u00fccher.example", "xn--bcher-kva.example"),
        ("127.0.0.1:8000", "127.0.0.1:8000"),
    ],
)
def test_allowed_hosts_have_one_form(text: str, form: str) -> None:
    assert read_allowed_host(text) == form


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "https://legacy.example.com", "legacy.example.com/path", "*.example.com", "a b", "a:0", "a:70000",
        "a:b", "::1", "user@host", "host:99999999999999999999", "a..b", "x" * 300,
    ],
)  # fmt: skip
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        read_allowed_host(text)
