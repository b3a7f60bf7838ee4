"""`manage.py tenant`: what it prints, its exit codes, and where it takes secrets from."""

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.core.management import CommandError, call_command

from access.models import Role
from configuration.command_secrets import resolve_here
from configuration.secrets import Reference
from connectors.models import Connector
from connectors.selectors import config_of
from tenants.models import Tenant

pytestmark = pytest.mark.usefixtures("tenant")

FILE = "version: 1\nroles:\n  - {name: Picker}\n"
SENDGRID = (
    "version: 1\nemailConnector:\n  connector: sendgrid-email-service\n  config: {apiKey: '%s', fromEmail: a@a.example}"
)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("tenant", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "acme.yaml"
    path.write_text(FILE)
    return path


def test_a_plan_says_by_its_exit_code_whether_something_changes(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("tenant", "plan", "default", str(file))
    assert ended.value.code == 2
    printed = capsys.readouterr().out
    assert printed.startswith("+ roles: Picker\n")
    assert "\x1b" not in printed
    assert "Applied: 1 created" in run("apply", "default", str(file), "--yes")
    assert run("plan", "default", str(file)).startswith("No changes")
    assert run("apply", "default", str(file), "--yes").startswith("No changes")


def test_an_export_is_a_file_for_apply(tmp_path: Path) -> None:
    path = tmp_path / "exported.yaml"
    run("export", "default", "--output", str(path))
    assert path.read_text() == run("export", "default")
    assert run("plan", "default", str(path)).startswith("No changes")
    assert json.loads(run("export", "default", "--json"))["version"] == 1


def test_json_and_the_version_of_a_plan(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("tenant", "plan", "default", str(file), "--json")
    version = json.loads(capsys.readouterr().out)["version"]
    with pytest.raises(CommandError, match="configuration.tenant_changed"):
        run("apply", "default", str(file), "--plan-version", "other")
    applied = json.loads(run("apply", "default", str(file), "--plan-version", version, "--json"))
    assert applied["summary"] == {"create": 1, "change": 0, "delete": 0}


def test_pruning_is_asked_for(file: Path) -> None:
    run("apply", "default", str(file), "--yes")
    file.write_text("version: 1\nroles: []\n")
    assert "Not in the file, and kept: roles Picker" in run("apply", "default", str(file), "--yes")
    assert "1 deleted" in run("apply", "default", str(file), "--yes", "--prune")
    assert not Role.objects.filter(name="Picker").exists()


def test_secrets_come_from_the_environment_and_from_files(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENDGRID_KEY", "from-the-environment")
    file.write_text(SENDGRID % "${env:SENDGRID_KEY}")
    run("apply", "default", str(file), "--yes")
    assert config_of(Connector.objects.get())["apiKey"] == "from-the-environment"
    (tmp_path / "key").write_text("from-a-file\n")
    file.write_text(SENDGRID % f"${{file:{tmp_path}/key}}")
    run("apply", "default", str(file), "--yes")
    assert config_of(Connector.objects.get())["apiKey"] == "from-a-file"


@pytest.mark.parametrize(
    "reference", ["${env:SECRET_KEY}", "${env:DATABASE_URL}", "${file:/proc/self/environ}", "${file:/absent}"]
)
def test_secrets_of_the_installation_are_not_given_away(file: Path, reference: str) -> None:
    file.write_text(SENDGRID % reference)
    with pytest.raises(CommandError, match=r"line 4, emailConnector\.config\.apiKey"):
        run("apply", "default", str(file), "--yes")


def test_every_secret_that_the_settings_read_is_the_installations_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret of the certificate question came with custom domains, and a file could send it to an endpoint."""
    text = "".join(path.read_text() for path in (settings.BASE_DIR / "config" / "settings").glob("*.py"))
    read = set(re.findall(r'env\.(?:str|list)\(\s*"(\w*(?:SECRET|KEY|KEK|PASSWORD|TOKEN|_URL)\w*)"', text))
    secrets = read - {"BASE_URL", "DISPOSABLE_DOMAINS_URL", "S3_ACCESS_KEY_ID", "S3_ENDPOINT_URL"}
    assert len(secrets) >= 6
    for name in secrets:
        monkeypatch.setenv(name, "a secret")
        with pytest.raises(LookupError, match="secret of the installation"):
            resolve_here(Reference("env", name))


def test_files_with_the_installations_secrets_are_not_read(
    tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`${env:ENCRYPTION_KEYS}` was refused, and the file that `ENCRYPTION_KEYS_FILE` names was not."""
    data, secret, other = tmp_path / "data", tmp_path / "encryption", tmp_path / "smtp"
    data.mkdir()
    for path in (data / "secret_key", secret, other):
        path.write_text("a secret\n")
    (tmp_path / "link").symlink_to(secret)
    settings.DATA_DIR = data
    monkeypatch.setenv("ENCRYPTION_KEYS_FILE", str(secret))

    for path in (data / "secret_key", data / ".." / "data" / "secret_key", secret, tmp_path / "link"):
        with pytest.raises(LookupError, match="installation's own"):
            resolve_here(Reference("file", str(path)))
    assert resolve_here(Reference("file", str(other))) == "a secret"


def test_what_is_refused_is_told_with_its_line(file: Path) -> None:
    file.write_text("version: 1\nroles:\n  - {nam: Picker}\n")
    with pytest.raises(CommandError, match=r"line 3, roles\[0\]\.name: .*\nline 3, roles\[0\]\.nam: "):
        run("plan", "default", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        run("plan", "default", str(file) + ".absent")
    with pytest.raises(CommandError, match="there is no tenant nobody"):
        run("plan", "nobody", str(file))


def test_a_terminal_gets_colors(file: Path, tenants: dict[str, Tenant], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("tenant", "plan", "acme", str(file), "--color", "always")
    assert capsys.readouterr().out.startswith("\x1b[32m+ roles: Picker\x1b[0m\n")
