"""The form of a hosted page is one transaction: its steps, their audit entries, and what a refusal leaves of them.

A sign-in committed ten times, five of them for the one form: each step was a transaction of its own, which locked,
read and wrote the journey's row anew.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import Application
from common.errors import AppError
from common.oauth.errors import access_denied
from events.models import AuditLog
from experience.models import Interaction
from experience.pages.views import sign_in
from experience.services import identification
from experience.services.verification import Proof, check_password
from identity.models import User
from identity.services.users import create_user
from oidc.authorization import pipeline
from oidc.models import AuthorizationRequest, Session
from tests.experience.conftest import PASSWORD
from tests.experience.pages.conftest import Visitor


def sent(call: Callable[[], Any]) -> Counter[str]:
    """How often a call has sent each kind of statement, by its first words."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return Counter(" ".join(query["sql"].split()[:3]) for query in captured.captured_queries)


def entries() -> list[tuple[str, str]]:
    """The journey's audit entries: key and result."""
    found = AuditLog.objects.filter(key__startswith="Interaction.SignIn").order_by("created_at", "id")
    return sorted((entry.key, entry.payload["result"]) for entry in found)


@pytest.mark.django_db(transaction=True)
def test_a_sign_in_commits_twice_for_the_form_and_once_for_the_way_back(application: Application, alice: User) -> None:
    """The attempt's count commits alone, before: a refusal that follows must not take it back."""
    Visitor(application).open().send(identifier="alice", password=PASSWORD)
    visitor = Visitor(application).open()
    form = sent(lambda: visitor.send(identifier="alice", password=PASSWORD))
    assert form["COMMIT"] == 2
    assert form["INSERT INTO experience_interaction"] == 1
    assert form["UPDATE experience_interaction r"] == 0
    assert form["WITH fit AS"] == 1, "the audit entries of the form are one statement"
    assert sent(visitor.arrive)["COMMIT"] == 1
    assert entries() == sorted(
        [(f"Interaction.SignIn.{step}", "Success") for step in (
            "Create", "Verification.Password.Submit", "Identifier.Submit", "Submit"
        )] * 2
    )  # fmt: skip


def test_a_refused_step_leaves_those_before_it(application: Application, alice: User, every_method: None) -> None:
    """The account lacks an email address: who has proved the password goes on from there, without it once more."""
    User.objects.update(primary_email=None, email_key=None)
    visitor = Visitor(application).open().send(identifier="alice").send(password=PASSWORD)
    assert visitor.path == "/continue/email"
    interaction = Interaction.objects.get()
    assert (interaction.user_id, [record["type"] for record in interaction.records]) == (alice.id, ["Password"])
    assert ("Interaction.SignIn.Submit", "Error") in entries()
    assert ("Interaction.SignIn.Submit", "Success") not in entries()
    assert ("Interaction.SignIn.Identifier.Submit", "Success") in entries()


def test_a_refused_registration_takes_its_account_back(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a step has written to other rows goes with its refusal, and so do its entries and its changes."""
    made = create_user

    def create_and_refuse(**values: Any) -> User:
        made(**values)
        raise AppError("user.username_already_in_use")

    monkeypatch.setattr(identification, "create_user", create_and_refuse)
    visitor = Visitor(application).open()
    visitor.go(visitor.path.replace("sign-in", "register") + "?" + visitor.response.request["QUERY_STRING"])
    visitor.send(identifier="erin")
    assert visitor.path == "/continue/password"
    visitor.send(password="walnut tractor 52", confirmation="walnut tractor 52")
    assert visitor.path == "/continue/password", visitor.html
    assert not User.objects.filter(username="erin").exists()
    assert not AuditLog.objects.filter(key="User.Created").exists()
    interaction = Interaction.objects.get()
    assert (interaction.user_id, interaction.profile["username"]) == (None, "erin")


def test_a_refusal_on_the_way_back_leaves_the_user_signed_in(
    application: Application, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The application keeps alice out: it hears so, her session has begun, and the request is used up."""

    def keep_out(*_: Any, **__: Any) -> None:
        raise access_denied()

    monkeypatch.setattr(pipeline, "assert_application_admits", keep_out)
    visitor = Visitor(application).open().send(identifier="alice", password=PASSWORD)
    assert visitor.arrive()["error"] == ["access_denied"]
    assert Session.objects.get().user_id == alice.id
    assert not AuthorizationRequest.objects.exists()
    assert AuditLog.objects.filter(key="Interaction.End").count() == 1


def test_a_request_that_is_gone_meanwhile_leaves_nothing_half_written(
    application: Application, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another window has answered while the password was checked: the page says so, and no journey begins."""

    def check_and_lose(*given: Any, **named: Any) -> Proof:
        proof = check_password(*given, **named)
        AuthorizationRequest.objects.all().delete()
        return proof

    monkeypatch.setattr(sign_in, "check_password", check_and_lose)
    visitor = Visitor(application).open().send(identifier="alice", password=PASSWORD)
    assert visitor.path == "/unknown-session"
    assert not Interaction.objects.exists()
    assert entries() == []
