"""Secrets in a form are put in their places and taken out of them."""

from configuration.secrets import replaced


def test_many_secrets_are_found_in_one_pass() -> None:
    """Each value was looked for in the list of all places: an object with many secrets took minutes."""
    form = {"environmentVariables": {f"NAME_{number}": "x" for number in range(100_000)}, "script": "x"}
    paths = [("environmentVariables", name) for name in form["environmentVariables"]]
    changed = replaced(form, paths, lambda _path, value: value * 2)
    assert set(changed["environmentVariables"].values()) == {"xx"}
    assert (len(changed["environmentVariables"]), changed["script"]) == (100_000, "x")


def test_what_is_absent_stays_absent() -> None:
    assert replaced({"a": [1, {"b": 2}]}, [("a", 1, "b"), ("a", 1, "c"), ("d",)], lambda _path, _value: 3) == {
        "a": [1, {"b": 3}]
    }
