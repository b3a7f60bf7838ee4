"""Disposable email addresses: the list that ships, a newer one in its place, and lists that are none."""

import time
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from common.errors import AppError
from common.http import OutboundRequestError, Response
from identity.identifiers import EmailBlocklistPolicy, assert_email_allowed
from identity.identifiers import disposable as lists
from identity.models import DisposableDomainList
from identity.services import disposable_domains

POLICY = EmailBlocklistPolicy.from_settings({"blockDisposableAddresses": True})


@pytest.fixture(autouse=True)
def _looked_up_anew(db: None) -> Any:
    lists.forget_disposable_domains()
    yield
    lists.forget_disposable_domains()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the address of the list answers with next."""
    answers: list[Any] = []

    def fetch(method: str, url: str, **options: Any) -> Response:
        assert options["max_bytes"] <= 8_000_000
        if isinstance(answers[0], Exception):
            raise answers[0]
        return answers[0]

    monkeypatch.setattr(disposable_domains, "fetch", fetch)
    return answers


def a_list(*domains: str, count: int = 6_000) -> Response:
    lines = ["# remarks are left out", "", *domains, *(f"throwaway{n}.example" for n in range(count))]
    return Response(200, {}, "\r\n".join(lines).encode())


def refresh(*options: str) -> None:
    call_command("refresh_disposable_domains", *options)


@pytest.mark.parametrize(
    ("email", "is_refused"),
    [
        ("alice@mailinator.com", True),
        ("alice@MAILINATOR.com.", True),
        ("alice@inbox.mailinator.com", True),
        ("alice@my-mailinator.com", False),
        ("alice@mailinator.com.example", False),
        ("mailinator.com@example.com", False),
        ("alice@gmail.com", False),
    ],
)
def test_shipped_list(email: str, is_refused: bool) -> None:
    assert_email_allowed(email, EmailBlocklistPolicy.from_settings({}))
    if not is_refused:
        assert_email_allowed(email, POLICY)
        return
    with pytest.raises(AppError) as caught:
        assert_email_allowed(email, POLICY)
    assert (caught.value.code, caught.value.status) == ("session.email_blocklist.email_not_allowed", 422)


def test_shipped_list_says_where_it_is_from() -> None:
    head = lists._SHIPPED.read_text()[:600]
    assert all(word in head for word in ("Source: https://", "Licence: CC0 1.0", "Date: 20"))
    assert len(lists.shipped_domains()) > 9_000


def test_newer_list_takes_its_place(
    answers: list[Any], capsys: pytest.CaptureFixture[str], django_capture_on_commit_callbacks: Any
) -> None:
    assert not lists.is_disposable("brandnew.example")
    answers.append(a_list("BrandNew.example", "bücher.example"))
    with django_capture_on_commit_callbacks(execute=True):
        refresh("--url", "https://lists.example/domains.txt")
    assert "6002 disposable domains are in force." in capsys.readouterr().out
    assert lists.is_disposable("brandnew.example")
    assert lists.is_disposable("xn--bcher-kva.example")
    assert not lists.is_disposable("mailinator.com")
    row = DisposableDomainList.objects.get()
    assert row.source == "https://lists.example/domains.txt"
    answers[0] = a_list("another.example")
    with django_capture_on_commit_callbacks(execute=True):
        refresh()
    assert DisposableDomainList.objects.count() == 1
    assert lists.is_disposable("another.example")


def test_other_process_notices(answers: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds the older list until it looks again, and asks for nothing but the version while that is the same."""
    seconds = [1_000.0]
    monkeypatch.setattr(time, "monotonic", lambda: seconds[0])
    assert not lists.is_disposable("brandnew.example")
    answers.append(a_list("brandnew.example"))
    # Uncommitted as this test is, the process that has stored the list is not told either.
    refresh()
    seconds[0] += 59
    assert not lists.is_disposable("brandnew.example")
    seconds[0] += 2
    assert lists.is_disposable("brandnew.example")


def test_looking_costs_one_statement_a_minute(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any) -> None:
    seconds = [1_000.0]
    monkeypatch.setattr(time, "monotonic", lambda: seconds[0])
    with django_assert_num_queries(1):
        for _ in range(3):
            lists.is_disposable("mailinator.com")
    seconds[0] += 61
    with django_assert_num_queries(1):
        lists.is_disposable("mailinator.com")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (OutboundRequestError("cannot resolve lists.example"), "cannot resolve"),
        (Response(404, {}, b""), "status 404"),
        (Response(200, {}, b""), "0 lines"),
        (Response(200, {}, b"<!DOCTYPE html>\n" * 2_000), "is no domain"),
        (a_list("com"), "is no domain"),
        (a_list("gmail.com"), "everybody"),
        (a_list("co.uk"), "everybody"),
        (a_list("a b.example"), "is no domain"),
        (a_list(count=1_500), "less than half"),
        (Response(200, {}, b"\n".join(b"d%d.example" % n for n in range(400_001))), "400001 lines"),
    ],
)
def test_what_is_no_list_is_not_taken(answers: list[Any], answer: Any, why: str) -> None:
    answers.append(answer)
    with pytest.raises(CommandError, match=why):
        refresh()
    assert not DisposableDomainList.objects.exists()


def test_shorter_list_is_taken_if_told_so(answers: list[Any]) -> None:
    answers.append(a_list(count=1_500))
    refresh("--allow-shrinking")
    assert DisposableDomainList.objects.exists()
