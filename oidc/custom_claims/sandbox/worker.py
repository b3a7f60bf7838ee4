"""The program of a process that runs tenants' scripts: one request in, one answer out, until its parent goes.

It is started as a file of its own, without Django, without environment and with one open socket. Every script gets a
fresh engine. Messages are a length and JSON. A request is `{script, payload, memory, stack, cpu, wall, output}` in
bytes and seconds; an answer has one of `claims` (JSON text), `denied` (a message) or `error` (`{name, message}`).
A script that the engine cannot interrupt ends the whole process by a timer; the parent notices and starts another.
"""

import json
import os
import runpy
import signal
import struct
import time
from pathlib import Path
from typing import Any

from _quickjs import Context, JSException, StackOverflow

_SOCKET = 0
_HEADER = struct.Struct("!I")
_HERE = Path(__file__).resolve().parent
# What the kernel waits beyond the engine's own limit before it ends the process.
_GRACE_SECONDS = 0.25
_LONGEST_MESSAGE = 1000
_OUT_OF_TIME = "The script ran out of time."
_FAILURES = (JSException, StackOverflow, MemoryError, UnicodeError)


def _read(size: int) -> bytes:
    chunks = bytearray()
    while len(chunks) < size:
        chunk = os.read(_SOCKET, size - len(chunks))
        if not chunk:
            os._exit(0)
        chunks += chunk
    return bytes(chunks)


def _receive() -> dict[str, Any]:
    (size,) = _HEADER.unpack(_read(_HEADER.size))
    message: dict[str, Any] = json.loads(_read(size))
    return message


def _send(message: dict[str, Any]) -> None:
    body = json.dumps(message).encode()
    data = memoryview(_HEADER.pack(len(body)) + body)
    while data:
        data = data[os.write(_SOCKET, data) :]


def _error(name: str, message: str) -> dict[str, Any]:
    return {"error": {"name": name[:_LONGEST_MESSAGE], "message": message[:_LONGEST_MESSAGE]}}


def _of_exception(error: BaseException) -> dict[str, Any]:
    """Return what an exception of the engine says: its text is `Name: message`, then the stack."""
    if isinstance(error, UnicodeError):
        return _error("TypeError", "A text is not valid Unicode.")
    first_line = str(error).partition("\n")[0]
    # Without memory the engine cannot even say so, and throws `null`.
    if isinstance(error, MemoryError) or first_line == "null":
        return _error("InternalError", "out of memory")
    name, colon, message = first_line.partition(": ")
    if not colon or not name.isidentifier():
        return _error("Error", first_line or type(error).__name__)
    return _error(name, _OUT_OF_TIME if message == "interrupted" else message)


def _outcome(context: Any, driver: str, request: dict[str, Any], deadline: float) -> dict[str, Any]:
    ask = context.eval(driver)
    failure: dict[str, Any] | None = None
    try:
        context.eval(request["script"])
        ask("start", request["payload"])
        while context.execute_pending_job():
            if time.process_time() > deadline:
                failure = _error("InternalError", _OUT_OF_TIME)
                break
    except _FAILURES as error:
        failure = _of_exception(error)
    if (denied := ask("denied")) is not None:
        return {"denied": denied[:_LONGEST_MESSAGE]}
    if failure:
        return failure
    if (thrown := ask("error")) is not None:
        return _error(**json.loads(thrown))
    claims = ask("claims")
    if claims is None:
        return _error("Error", "The script's promise never settles.")
    if len(claims) > request["output"]:
        return _error("RangeError", "The claims are too long.")
    return {"claims": claims}


def _run(driver: str, request: dict[str, Any]) -> dict[str, Any]:
    deadline = time.process_time() + request["cpu"]
    context = Context()
    context.set_memory_limit(request["memory"])
    context.set_max_stack_size(request["stack"])
    context.set_time_limit(request["cpu"])
    try:
        return _outcome(context, driver, request, deadline)
    except (*_FAILURES, ValueError, TypeError) as error:
        return _of_exception(error)


def main() -> None:
    """Serve until the parent closes the socket."""
    # There is no package here to import from.
    confine = runpy.run_path(str(_HERE / "confinement.py"))["confine"]
    driver = (_HERE / "driver.js").read_text()
    _run(driver, {"script": "", "payload": "{}", "memory": 1 << 24, "stack": 1 << 18, "cpu": 1, "output": 1})
    confine()
    while True:
        request = _receive()
        signal.setitimer(signal.ITIMER_REAL, request["wall"] + _GRACE_SECONDS)
        signal.setitimer(signal.ITIMER_PROF, request["cpu"] + _GRACE_SECONDS)
        answer = _run(driver, request)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(answer)


if __name__ == "__main__":
    main()
