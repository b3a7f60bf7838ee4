"""The program of a process that runs tenants' scripts: one request in, one answer out, until its parent goes.

It is started as a file of its own, without Django, without environment and with one open socket. Every script gets a
fresh engine. Messages are a length and JSON. A request is `{script, entry, payload, denies, returnsObject, memory,
stack, cpu, wall, output, calls}`, with `entry` the name of the script's function, in bytes and seconds; an answer has
one of `result` (JSON text, or null for none), `denied` (a message) or `error` (`{name, message}`). Before it a script
may have its parent fetch: `{calls}` (JSON text of a list) is answered with `{answers}`, a list as long.
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
_LONGEST_CALLS = 128 * 1024
_OUT_OF_TIME = "The script ran out of time."
# The first run loads what the process may not load later.
_WARM_UP = {
    "script": "",
    "entry": "warmUp",
    "payload": "{}",
    "denies": False,
    "returnsObject": False,
    "memory": 1 << 24,
    "stack": 1 << 18,
    "cpu": 1,
    "output": 1,
    "calls": 0,
}
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
    body = json.dumps(message, ensure_ascii=False).encode(errors="replace")
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


def _finish_jobs(context: Any, deadline: float) -> dict[str, Any] | None:
    """Let the script's promises go on until none can; returns the error of one that ran out of time."""
    while context.execute_pending_job():
        if time.process_time() > deadline:
            return _error("InternalError", _OUT_OF_TIME)
    return None


def _execute(context: Any, ask: Any, request: dict[str, Any], deadline: float) -> dict[str, Any] | None:
    """Run the script until it is done or waits for nothing that could come; returns why it failed, if it did."""
    options = {name: request[name] for name in ("payload", "denies", "returnsObject")}
    try:
        context.eval(request["script"])
        ask("start", json.dumps({**options, "fetches": request["calls"] > 0}))
        while (failure := _finish_jobs(context, deadline)) is None and not ask("done"):
            if (calls := ask("calls")) is None:
                break
            if len(calls) > _LONGEST_CALLS:
                return _error("RangeError", "The script's requests are too long.")
            _send({"calls": calls})
            ask("answers", json.dumps(_receive()["answers"]))
    except _FAILURES as error:
        return _of_exception(error)
    return failure


def _outcome(context: Any, driver: str, request: dict[str, Any], deadline: float) -> dict[str, Any]:
    ask = context.eval(driver.replace("ENTRY", request["entry"]))
    failure = _execute(context, ask, request, deadline)
    if (denied := ask("denied")) is not None:
        return {"denied": denied[:_LONGEST_MESSAGE]}
    if failure:
        return failure
    if (thrown := ask("error")) is not None:
        return _error(**json.loads(thrown))
    if not ask("done"):
        return _error("Error", "The script's promise never settles.")
    result = ask("result")
    if result is not None and len(result) > request["output"]:
        return _error("RangeError", "The script's result is too long.")
    return {"result": result}


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
    _run(driver, _WARM_UP)
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
