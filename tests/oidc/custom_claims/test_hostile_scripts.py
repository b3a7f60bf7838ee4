"""What a hostile script tries, and that it gets neither out nor away with the process."""

from collections.abc import Iterator
from typing import Any

import pytest

from common.sandbox.running import ScriptAccessDeniedError, ScriptError
from oidc.custom_claims.runner import run_script
from tenants.context import enter_tenant
from tests.oidc.custom_claims.scripts import script

PAYLOAD: dict[str, Any] = {"token": {"kind": "AccessToken"}, "context": {}, "environmentVariables": {}}


@pytest.fixture(autouse=True)
def _tenant(impatient: None) -> Iterator[None]:
    with enter_tenant("default"):
        yield


def run(body: str, **payload: Any) -> dict[str, Any]:
    return run_script(script(body), {**PAYLOAD, **payload})


def refusal(source: str) -> ScriptError:
    with pytest.raises(ScriptError) as caught:
        run_script(source, PAYLOAD)
    assert run("return { alive: true }") == {"alive": True}
    return caught.value


@pytest.mark.parametrize(
    "body",
    [
        "while (true);",
        "await null; while (true);",
        "const again = () => Promise.resolve().then(again); await again();",
        "for (;;) await null;",
        "return /^(a+)+$/.test('a'.repeat(60) + 'b');",
        "return Array(2 ** 31).join('');",  # the engine cannot interrupt this one
        "return { get a() { while (true); } };",
        "return { toJSON() { while (true); } };",
        "return new Proxy({}, { ownKeys() { while (true); } });",
        "throw { get message() { while (true); } };",
        "new FinalizationRegistry(() => { while (true); }).register({}, 1); while (true);",
        "queueMicrotask(() => { while (true); }); return new Promise(() => {});",
    ],
)
def test_endless_work_ends(body: str) -> None:
    assert "time" in refusal(script(body)).message


def test_endless_work_before_the_function_ends() -> None:
    assert "time" in refusal("while (true);").message


@pytest.mark.parametrize(
    "body",
    [
        "const held = []; while (true) held.push(new Array(1e5).fill(1));",
        "const held = []; while (true) try { held.push(new Array(1e5).fill(1)); } catch {}",
        "let text = 'a'; while (true) text += text;",
        "return { text: 'a'.repeat(2 ** 29) };",
        "return new Uint8Array(2 ** 30);",
        "return { n: String(3n ** (10n ** 9n)) };",
        "return { a: 'x'.repeat(1e6).replace(/x/g, 'y'.repeat(1e6)) };",
        "return { a: 'x'.repeat(40000) };",
        "const f = () => f() + 1; return { n: f() };",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return { a };",
        "let a = 1; for (let i = 0; i < 200; i++) a = [a]; return { a };",
        "return JSON.parse('['.repeat(1e6));",
    ],
)
def test_too_much_of_anything_fails(body: str) -> None:
    refusal(script(body))


@pytest.mark.parametrize(
    "body",
    [
        "return require('os');",
        "return { a: require('fs').readFileSync('/etc/passwd') };",
        "return await import('os');",
        "return await import('std');",
        "return await import('/etc/passwd');",
        "return await fetch('http://127.0.0.1:8000/');",
        "return { env: process.env };",
        "return { a: std.getenv('PATH') };",
        "return { a: os.exec(['id']) };",
        "return { a: new XMLHttpRequest() };",
        "return { a: new Worker('x') };",
        "return { a: bjson, b: scriptArgs };",
        "setTimeout(() => {}, 1); return {};",
        "return Function('return this.process.env')();",
        "return (0, eval)('require')('os');",
        "return { a: print(1) };",
        "return { a: Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0) };",
    ],
)
def test_there_is_no_door_to_the_outside(body: str) -> None:
    refusal(script(body))


def test_the_globals_are_the_language_alone() -> None:
    names = run("return { names: Object.getOwnPropertyNames(globalThis) };")["names"]
    outside = (
        "process",
        "require",
        "module",
        "fetch",
        "std",
        "os",
        "bjson",
        "print",
        "setTimeout",
        "navigator",
        "Worker",
    )
    assert not set(names) & set(outside)


@pytest.mark.parametrize(
    "body", ["return 5;", "return 'text';", "return null;", "return;", "return [];", "return true;", "return () => {};"]
)
def test_only_objects_are_claims(body: str) -> None:
    assert refusal(script(body)).message == "The script must return an object."


@pytest.mark.parametrize(
    "body",
    [
        "return { toJSON() { return 5; } };",
        "return { n: 1n };",
        "const a = {}; a.a = a; return a;",
        "return { get a() { throw new Error('no'); } };",
        "return new Proxy({}, { get() { throw 1; }, ownKeys() { throw 1; } });",
        r"return { a: '\ud800' };",
        r"return { a: '\0' };",
        r"return { '\ud800': 1 };",
        r"return { a: [{ b: '\udfff' }] };",
    ],
)
def test_what_cannot_be_written_into_a_token_fails(body: str) -> None:
    refusal(script(body))


@pytest.mark.parametrize(
    "source",
    [
        "",
        "this is no script",
        "const getCustomJwtClaims = 5;",
        "function somethingElse() {}",
        "throw new Error('at once');",
        "export const getCustomJwtClaims = () => ({});",
        "getCustomJwtClaims = undefined;",
        "const getCustomJwtClaims = () => new Promise(() => {});",
        "const getCustomJwtClaims = () => ({ then() {} });",
        "const getCustomJwtClaims = () => Promise.reject();",
    ],
)
def test_broken_scripts_fail(source: str) -> None:
    refusal(source)


@pytest.mark.parametrize(
    ("body", "name", "message"),
    [
        ("throw new TypeError('of no use');", "TypeError", "of no use"),
        ("throw 'text';", "Error", "text"),
        ("throw null;", "Error", "null"),
        ("throw undefined;", "Error", "undefined"),
        ("throw { message: {}, name: [] };", "", "[object Object]"),
        ("throw Object.create(null);", "Error", "The script threw something that cannot be shown."),
        (r"throw new Error('two\nlines\x1b[31m\u202e');", "Error", "two lines [31m"),
        ("return missing;", "ReferenceError", "missing is not defined"),
    ],
)
def test_errors_are_shown_safely(body: str, name: str, message: str) -> None:
    error = refusal(script(body))
    assert (error.name, error.message) == (name, message)


def test_long_errors_are_cut() -> None:
    assert len(refusal(script("throw new Error('x'.repeat(1e6));")).message) == 512
    assert refusal(script(r"throw new Error('\ud800');")).message == "\N{REPLACEMENT CHARACTER}"


def test_a_polluted_language_is_the_scripts_own() -> None:
    pollution = (
        "Object.prototype.polluted = 1; Array.prototype.map = null; JSON.stringify = () => '{\"forged\":1}';"
        "JSON.parse = null; String = null; Object.freeze = null; globalThis.leak = 'a secret'; Promise.prototype.x = 1;"
        "Object.defineProperty(Object.prototype, 'denied', { value: 'x' });"
    )
    assert run(f"{pollution} return {{ own: 1 }};") == {"own": 1}
    assert run("return { a: typeof leak, b: typeof ({}).polluted, c: typeof String };") == {
        "a": "undefined",
        "b": "undefined",
        "c": "function",
    }


def test_odd_claim_names_stay_names() -> None:
    claims = run('return JSON.parse(\'{"__proto__": {"a": 1}, "constructor": 2, "": 3}\');')
    assert claims == {"__proto__": {"a": 1}, "constructor": 2, "": 3}


def test_input_cannot_become_code() -> None:
    context = {"user": {"customData": {"__proto__": {"isAdmin": True}, "text": '"});while(1);//</script>\u2028'}}}
    claims = run("return { data: context.user.customData, admin: ({}).isAdmin ?? false };", context=context)
    assert claims == {"data": context["user"]["customData"], "admin": False}


def test_input_that_is_too_long_fails() -> None:
    with pytest.raises(ScriptError):
        run("return {};", context={"user": {"customData": "x" * 3_000_000}})


@pytest.mark.parametrize(
    "body",
    [
        "api.denyAccess('not you');",
        "try { api.denyAccess('not you'); } catch {} return { a: 1 };",
        "try { api.denyAccess('not you'); } catch {} while (true);",
        "await Promise.allSettled([Promise.resolve().then(() => api.denyAccess('not you'))]); return {};",
        "const { denyAccess } = api; denyAccess('not you');",
        "String.prototype.slice = () => 'polluted'; globalThis.String = () => 'polluted'; api.denyAccess('not you');",
        "api.denyAccess = () => {}; api.denyAccess('not you'); return {};",
    ],
)
def test_a_denial_stands(body: str) -> None:
    with pytest.raises(ScriptAccessDeniedError) as caught:
        run(body)
    assert caught.value.message == "not you"


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("", "Access denied"),
        ("''", "Access denied"),
        ("5", "5"),
        (r"'\n\ud800'", "\N{REPLACEMENT CHARACTER}"),
        ("'x'.repeat(9999)", "x" * 512),
    ],
)
def test_messages_of_denials(argument: str, message: str) -> None:
    with pytest.raises(ScriptAccessDeniedError) as caught:
        run(f"api.denyAccess({argument});")
    assert caught.value.message == message


def test_a_denial_that_cannot_be_shown_stands() -> None:
    with pytest.raises(ScriptAccessDeniedError):
        run("try { api.denyAccess({ toString() { throw 1; } }); } catch {} return {};")


def test_scripts_may_wait_for_promises_and_write_to_the_console() -> None:
    body = """
      console.log('seen by nobody', token); console.error(1);
      const values = await Promise.all([1, Promise.resolve(2), (async () => 3)()]);
      return { values, kind: token.kind, date: new Date(0).toISOString() };
    """
    assert run(body) == {"values": [1, 2, 3], "kind": "AccessToken", "date": "1970-01-01T00:00:00.000Z"}


def test_plain_functions_do_too() -> None:
    source = "function getCustomJwtClaims({ environmentVariables }) { return { key: environmentVariables.KEY }; }"
    assert run_script(source, {**PAYLOAD, "environmentVariables": {"KEY": "value"}}) == {"key": "value"}
