"""The processes that run scripts: confined, replaced when lost, shared fairly."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from common.sandbox import confinement
from common.sandbox.limits import LIMITS, Limits
from common.sandbox.pool import Pool, ProcessLostError, SandboxBusyError, Terms
from common.sandbox.process import SandboxProcess

BRIEF = replace(LIMITS, cpu=0.2, wall=2.0)
LONG = replace(LIMITS, cpu=1.5, wall=3.0)


def request(body: str, limits: Limits = BRIEF) -> bytes:
    message = {"script": f"const main = async () => {{ {body} }};", "entry": "main", "payload": "{}"}
    return json.dumps({**message, "denies": False, "returnsObject": False, **limits.as_request()}).encode()


def answer_of(pool: Pool, body: str, *, tenant: str = "default", limits: Limits = BRIEF) -> dict[str, Any]:
    return pool.run(tenant, request(body, limits), limits)


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(Terms(2))
    yield pool
    pool.close()


@pytest.fixture
def process() -> Iterator[SandboxProcess]:
    process = SandboxProcess()
    yield process
    process.kill()


ESCAPES = """
import os, runpy, socket, subprocess, threading
confine = runpy.run_path({path!r})["confine"]
parent = os.getppid()
assert confine() is True
attempts = {{
    "read": lambda: open("/etc/passwd").read(),
    "write": lambda: open("/tmp/escaped", "w"),
    "environment": lambda: open(f"/proc/{{parent}}/environ").read(),
    "network": lambda: socket.socket(socket.AF_INET),
    "local socket": lambda: socket.socket(socket.AF_UNIX),
    "socket pair": socket.socketpair,
    "execute": lambda: os.execv("/bin/true", ["true"]),
    "fork": os.fork,
    "spawn": lambda: subprocess.run(["/bin/true"]),
    "thread": lambda: threading.Thread(target=print).start(),
    "kill": lambda: os.kill(parent, 0),
    "list": lambda: os.listdir("/"),
    "remove": lambda: os.unlink("/tmp/escaped"),
    "pipe": os.pipe,
}}
for name, attempt in attempts.items():
    try:
        attempt()
    except (OSError, RuntimeError, ImportError):
        continue
    os.write(1, f"escaped: {{name}}\\n".encode())
    os._exit(1)
assert not os.environ
os.write(1, b"confined\\n")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="system calls are filtered on Linux")
def test_a_confined_process_has_no_files_no_network_and_no_children() -> None:
    path = str(Path(confinement.__file__))
    done = subprocess.run(
        [sys.executable, "-I", "-c", ESCAPES.format(path=path)], capture_output=True, timeout=20, check=False
    )
    assert done.stdout == b"confined\n", done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_the_process_is_filtered_and_has_no_environment_and_one_socket(process: SandboxProcess) -> None:
    process.run(request("return {};"), BRIEF)
    status = Path(f"/proc/{process.pid}/status").read_text()
    assert "Seccomp:\t2" in status
    assert "NoNewPrivs:\t1" in status
    limits = Path(f"/proc/{process.pid}/limits").read_text()
    assert f"{192 * 1024 * 1024}" in limits
    descriptors = sorted(int(entry.name) for entry in Path(f"/proc/{process.pid}/fd").iterdir())
    assert descriptors == [0, 1, 2]
    assert b"ENCRYPTION" not in Path(f"/proc/{process.pid}/environ").read_bytes()


def test_a_process_that_answers_too_late_is_ended(process: SandboxProcess) -> None:
    with pytest.raises(ProcessLostError):
        process.run(request("while (true);", LONG), replace(LONG, wall=0.1))
    assert not process.is_alive()


def test_a_lost_process_is_replaced(pool: Pool) -> None:
    with pytest.raises(ProcessLostError):
        answer_of(pool, "return Array(2 ** 31).join('');")
    assert answer_of(pool, "return { a: 1 };") == {"result": '{"a":1}'}


def test_a_process_that_died_while_idle_is_noticed(pool: Pool) -> None:
    answer_of(pool, "return { pid: 1 };")
    ((idle, _),) = pool._idle
    os.kill(idle.pid, signal.SIGKILL)
    os.waitid(os.P_PID, idle.pid, os.WEXITED | os.WNOWAIT)
    assert answer_of(pool, "return { a: 1 };") == {"result": '{"a":1}'}


def test_a_process_is_used_again(pool: Pool) -> None:
    pids = set()
    for _ in range(5):
        answer_of(pool, "globalThis.left = 1; return {};")
        pids |= {process.pid for process, _ in pool._idle}
    assert len(pids) == 1
    assert answer_of(pool, "return { left: typeof left };") == {"result": '{"left":"undefined"}'}


def test_another_tenant_is_served_beside_an_endless_script(pool: Pool) -> None:
    answer_of(pool, "return {};")
    with ThreadPoolExecutor(1) as executor:
        hog = executor.submit(answer_of, pool, "while (true);", tenant="mallory", limits=LONG)
        while "mallory" not in pool._runs:
            pass
        for _ in range(20):
            assert answer_of(pool, "return { a: 1 };", tenant="alice") == {"result": '{"a":1}'}
        assert not hog.done()


def test_a_flood_of_endless_scripts_is_turned_away(pool: Pool) -> None:
    """However many of a tenant's requests come at once, few processes run and few threads wait."""
    outcomes: list[str] = []
    limits = replace(LIMITS, cpu=1.0, wall=3.0)

    def attempt() -> None:
        try:
            answer_of(pool, "while (true);", tenant="mallory", limits=limits)
            outcomes.append("ran")
        except ProcessLostError:  # the machine is busy: the time that has passed ended it, not the time it used
            outcomes.append("ran")
        except SandboxBusyError:
            outcomes.append("busy")

    threads = [threading.Thread(target=attempt) for _ in range(16)]
    for thread in threads:
        thread.start()
    while not pool._runs:
        pass
    assert answer_of(pool, "return { a: 1 };", tenant="alice") == {"result": '{"a":1}'}
    for thread in threads:
        thread.join()
    assert outcomes.count("ran") == 1
    assert outcomes.count("busy") == 15
    assert not pool._runs


def test_few_threads_wait_where_their_number_is_bounded() -> None:
    """Scripts that wait for another service keep a thread of the server each, and so does who waits for them."""
    pool = Pool(Terms(1, patience=2.0, slow=2.0, most_waiting=1))
    outcomes: list[str] = []

    def attempt(tenant: str) -> None:
        try:
            answer_of(
                pool, "const end = Date.now() + 300; while (Date.now() < end); return 1;", tenant=tenant, limits=LONG
            )
            outcomes.append("ran")
        except SandboxBusyError:
            outcomes.append("busy")

    threads = [threading.Thread(target=attempt, args=[f"tenant-{index}"]) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pool.close()
    assert sorted(outcomes) == ["busy", "busy", "ran", "ran"]
    assert not pool._runs
    assert pool._waiting == 0


def test_what_anybody_can_cause_leaves_a_process_to_others() -> None:
    """Wrong passwords, with a slow system behind them, stopped the sign-ins of those who had given the right ones."""
    pool = Pool(Terms(3, patience=0.2, slow=0.2, most_waiting=2))
    body = request("while (true);", LONG)
    with ThreadPoolExecutor(2) as executor:
        for tenant in ("default", "mallory"):
            executor.submit(pool.run, tenant, body, LONG, leaves=1)
        while len(pool._runs) < 2:
            pass
        for tenant in ("default", "acme"):
            with pytest.raises(SandboxBusyError):
                pool.run(tenant, request("return 1;", LONG), LONG, leaves=1)
        assert answer_of(pool, "return 1;") == {"result": "1"}
    pool.close()


def test_many_quick_scripts_of_one_tenant_all_run() -> None:
    # On a busy machine the first of them waits for its process for longer than anybody's sign-in should.
    pool = Pool(Terms(2, patience=60.0, slow=60.0))
    with closing(pool), ThreadPoolExecutor(8) as executor:
        answers = list(
            executor.map(lambda index: answer_of(pool, f"return {{ index: {index} }};", limits=LIMITS), range(200))
        )
        assert [json.loads(answer["result"])["index"] for answer in answers] == list(range(200))
        assert len(pool._idle) <= 2


def test_a_forked_child_starts_processes_of_its_own(pool: Pool) -> None:
    answer_of(pool, "return {};")
    ((parents, _),) = pool._idle

    def child() -> None:
        pool.forget()
        good = answer_of(pool, "return { a: 1 };") == {"result": '{"a":1}'}
        pool.close()
        os._exit(0 if good else 1)

    forked = multiprocessing.get_context("fork").Process(target=child)
    forked.start()
    forked.join(20)
    assert forked.exitcode == 0
    assert parents.is_alive()
    assert answer_of(pool, "return { a: 1 };") == {"result": '{"a":1}'}
    assert [process for process, _ in pool._idle] == [parents]


def test_the_process_goes_with_its_parent() -> None:
    process = SandboxProcess()
    process._socket.close()
    assert process._child.wait(10) == 0
