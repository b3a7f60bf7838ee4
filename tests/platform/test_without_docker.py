"""The guide to an installation without Docker, followed in a folder; its unit files and its proxies' files.

Nothing is installed on the machine: `apt-get` and `useradd` do nothing, and `systemctl` starts what the unit files say.
"""

import grp
import http.client
import json
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
HOST = "id.example.com"
STEPS = ("Packages and account", "Settings", "A version", "Database", "Services")
PATHS = re.compile(r"(?<![\w.])/(?=(?:opt|etc|var|root|usr/local)/)")
RUNUSER = """#!/bin/sh
account=$2
shift 3
if [ "$account" != postgres ] && [ "$(id -u)" = 0 ]; then
    exec setpriv --reuid="$GUIDE_ACCOUNT" --regid="$GUIDE_GROUP" --clear-groups -- "$@"
fi
exec "$@"
"""


def read_step(title: str) -> str:
    """The commands under a heading of the guide."""
    guide = (ROOT / "docs" / "operations.md").read_text()
    _, _, rest = guide.partition(f"\n### {title}\n")
    text, *_ = re.split(r"\n##+ ", rest, maxsplit=1)
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def missing(*programs: str) -> bool:
    return any(shutil.which(program) is None for program in programs)


def find_account_and_python() -> tuple[pwd.struct_passwd, str]:
    """An account without rights, if there is a Python that it may run, and the Python that the guide's `python3` is."""
    myself, nobody = pwd.getpwuid(os.getuid()), pwd.getpwnam("nobody")
    base = os.path.realpath(sys.executable)
    for account in (nobody, myself) if os.getuid() == 0 else (myself,):
        for python in ("/usr/bin/python3", base):
            command = [python, "-c", "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))"]
            try:
                subprocess.run(command, check=True, user=account.pw_uid if os.getuid() == 0 else None, cwd="/")
            except (OSError, subprocess.CalledProcessError):
                continue
            return account, python
    raise AssertionError("no Python can create environments")


class Machine:
    """A folder that stands for the root of a bare machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.redis_port = free_port(), free_port()
        self.name, self.password = f"gatehouse_guide_{os.getpid()}", secrets.token_hex(8)
        account, self.python = find_account_and_python()
        self.account, self.group = account.pw_name, grp.getgrgid(account.pw_gid).gr_name
        self.database = {**settings.DATABASES["default"], "NAME": "postgres"}
        for path in ("bin", "root/gatehouse", "etc/systemd/system", "var/lib", "var/backups", "usr/local/sbin"):
            (folder / path).mkdir(parents=True)
        self._put_stand_ins()
        self._put_source()
        self._redis = subprocess.Popen(
            ["redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", ""],
            stdout=subprocess.DEVNULL,
        )

    def _put_stand_ins(self) -> None:
        systemctl = Path(__file__).with_name("systemctl.py")
        commands = {
            "apt-get": "#!/bin/sh\n",
            "useradd": "#!/bin/sh\n",
            "python3": f'#!/bin/sh\nexec "{self.python}" "$@"\n',
            "runuser": RUNUSER,
            "systemctl": f'#!/bin/sh\nexec "{sys.executable}" "{systemctl}" "$@"\n',
        }
        for name, text in commands.items():
            (self.folder / "bin" / name).write_text(text)
            (self.folder / "bin" / name).chmod(0o755)

    def _put_source(self) -> None:
        """A repository with two versions, both as the files are now, with the paths of this folder."""
        source = self.folder / "root" / "gatehouse"
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
        for name in filter(None, names):
            if name.startswith(("tests/", "examples/", "bench/")) or not (ROOT / name).is_file():
                continue
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
        for file in (source / "deploy").rglob("*"):
            if file.is_file():
                file.write_text(self.localize(file.read_text()))
        author = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
        for command in (["init", "-q"], ["add", "-A"], [*author, "commit", "-qm", "Source"]):
            subprocess.run(["git", *command], cwd=source, check=True)
        for version in ("v0.1.0", "v0.2.0"):
            subprocess.run(["git", "tag", version], cwd=source, check=True)

    def localize(self, text: str) -> str:
        """The same with this machine's paths, ports, accounts and database."""
        url = f"postgres://{self.name}:{self.password}@{quote(self._host, safe='')}:{self._port}/{self.name}"
        text = re.sub(r"DATABASE_URL=.*", f"DATABASE_URL={url}", text)
        text = text.replace("redis://127.0.0.1:6379", f"redis://127.0.0.1:{self.redis_port}")
        text = re.sub(r"(127\.0\.0\.1:|PORT=)8000", rf"\g<1>{self.port}", text)
        text = re.sub(r"-o gatehouse\b", f"-o {self.account}", text)
        text = re.sub(r"(-g|chgrp) gatehouse\b", rf"\g<1> {self.group}", text)
        lines = [
            re.sub(r"(?<!/)\bgatehouse\b", self.name, line) if line.startswith("runuser -u postgres") else line
            for line in text.splitlines(keepends=True)
        ]
        text = PATHS.sub(f"{self.folder}/", "".join(lines))
        return text.replace("LOGIN CREATEROLE", f"LOGIN CREATEROLE PASSWORD '{self.password}'{self._admin_option}")

    @property
    def _host(self) -> str:
        return str(self.database["HOST"] or "127.0.0.1")

    @property
    def _port(self) -> str:
        return str(self.database["PORT"] or 5432)

    @property
    def _admin_option(self) -> str:
        """The roles of the application are the cluster's, where another account has created them before."""
        return f"; GRANT gatehouse_app, gatehouse_system TO {self.name} WITH ADMIN OPTION"

    def run(self, *steps: str) -> str:
        """Run commands of the guide as one shell does, to their end, and return what they print."""
        script = "set -euo pipefail\n" + self.localize("\n".join(steps))
        environment = {name: value for name, value in os.environ.items() if name in {"HOME", "LANG"} | PIP_SETTINGS}
        environment |= {
            "PATH": f"{self.folder}/bin:{self.folder}/usr/local/sbin:{os.environ['PATH']}",
            "GUIDE_UNITS": f"{self.folder}/etc/systemd/system",
            "GUIDE_STATE": f"{self.folder}/var/lib",
            "GUIDE_ACCOUNT": self.account,
            "GUIDE_GROUP": self.group,
            "PGHOST": self._host,
            "PGPORT": self._port,
            "PGUSER": str(self.database["USER"]),
            "PGPASSWORD": str(self.database["PASSWORD"]),
            "PGDATABASE": "postgres",
        }
        result = subprocess.run(
            ["bash", "-c", script], env=environment, cwd=self.folder, capture_output=True, text=True, check=False
        )
        logs = "".join(file.read_text()[-2000:] for file in (self.folder / "etc/systemd/system").glob("*.log"))
        assert result.returncode == 0, f"{result.stdout[-2000:]}\n{result.stderr[-3000:]}\n{logs}"
        return result.stdout

    def ask(self, method: str, path: str, body: dict[str, str] | None = None, **headers: str) -> tuple[int, Any]:
        """What a proxy would ask."""
        proxy = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, urlencode(body) if body else None, {**proxy, **form, **headers})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    def close(self) -> None:
        try:
            self.run("systemctl stop gatehouse.target")
        finally:
            self._redis.terminate()
            self._redis.wait()
            self._drop()
            shutil.rmtree(self.folder)

    def _drop(self) -> None:
        with psycopg.connect(
            host=self._host,
            port=self._port,
            user=self.database["USER"],
            password=self.database["PASSWORD"],
            dbname="postgres",
            autocommit=True,
        ) as connection:
            name = sql.Identifier(self.name)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [self.name]).fetchone():
                connection.execute(sql.SQL("DROP OWNED BY {}").format(name))
                connection.execute(sql.SQL("DROP ROLE {}").format(name))


PIP_SETTINGS = {name for name in os.environ if name.startswith("PIP_")}


@pytest.fixture
def machine(db: None) -> Iterator[Machine]:
    if missing("git", "curl", "psql", "pg_dump", "redis-server", "setpriv"):
        pytest.skip("the guide needs git, curl, PostgreSQL's client, redis-server and setpriv")
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-guide-"))
    folder.chmod(0o755)
    probe = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder / "tmp"), "asgiref"]
    if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
        shutil.rmtree(folder)
        pytest.skip("the package index does not answer")
    machine = Machine(folder)
    yield machine
    machine.close()


def test_the_guide_leads_to_a_token_through_an_upgrade_and_back(machine: Machine) -> None:
    """From nothing; the roles may be created once, so a later `migrate` has to do without that right."""
    output = machine.run(*map(read_step, STEPS))
    result, _ = json.JSONDecoder().raw_decode(output[output.index("{\n") :])
    assert result["issuer"] == f"https://{HOST}/oidc"
    management = result["managementApi"]
    credentials = b64encode(f"{management['clientId']}:{management['clientSecret']}".encode()).decode()
    request = {"grant_type": "client_credentials", "resource": management["resource"], "scope": "all"}

    def is_serving() -> bool:
        status, ready = machine.ask("GET", "/readyz")
        assert (status, ready["status"], ready["broker"]) == (200, "ok", "ok")
        status, token = machine.ask("POST", "/oidc/token", request, Authorization=f"Basic {credentials}")
        assert status == 200, token
        status, users = machine.ask("GET", "/api/users", Authorization=f"Bearer {token['access_token']}")
        return (status, users) == (200, [])

    assert is_serving()
    for name in ("secret_key", "encryption_keys", "gatehouse.env"):
        assert (machine.folder / "etc/gatehouse" / name).stat().st_mode & 0o777 == 0o640
    keys = (machine.folder / "etc/gatehouse/encryption_keys").read_text()

    next_version = read_step("A version").replace("v0.1.0", "v0.2.0")
    machine.run(read_step("Settings"), next_version, read_step("Upgrade"))
    assert (machine.folder / "opt/gatehouse/current").resolve().name == "v0.2.0"
    assert (machine.folder / "etc/gatehouse/encryption_keys").read_text() == keys, "a second time changes no secret"
    assert (machine.folder / "var/backups/gatehouse.dump").stat().st_mode & 0o777 == 0o600
    assert is_serving()

    machine.run(read_step("Rollback"))
    assert (machine.folder / "opt/gatehouse/current").resolve().name == "v0.1.0"
    assert is_serving()


class TestUnits:
    """The unit files, as systemd judges them."""

    @pytest.fixture
    def units(self, tmp_path: Path) -> Path:
        shutil.copytree(ROOT / "deploy" / "systemd", tmp_path / "units")
        for file in (tmp_path / "units").rglob("*.*"):
            if file.is_file():
                text = re.sub(r"/opt/gatehouse/current/\S+/bin/\w+", "/bin/true", file.read_text())
                file.write_text(text.replace("/opt/gatehouse/current", "/"))
        return tmp_path / "units"

    def analyze(self, units: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        if missing("systemd-analyze"):
            pytest.skip("systemd-analyze is missing")
        environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"}
        command = ["systemd-analyze", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def test_they_are_valid(self, units: Path) -> None:
        result = self.analyze(units, "verify", *(str(file) for file in units.glob("*") if file.is_file()))
        assert (result.returncode, result.stderr) == (0, "")

    @pytest.mark.parametrize("unit", ["web", "worker", "beat"])
    def test_the_services_are_confined(self, units: Path, unit: str) -> None:
        """Exposure from 0 to 10, in tenths; a service without a sandbox has 9.6."""
        arguments = ["security", "--offline=true", "--threshold=15", str(units / f"gatehouse-{unit}.service")]
        result = self.analyze(units, *arguments)
        assert result.returncode == 0, result.stdout

    def test_memory_is_kept_as_in_the_image(self) -> None:
        image = (ROOT / "Dockerfile").read_text()
        services = (ROOT / "deploy/systemd/gatehouse-.service.d/common.conf").read_text()
        pattern = r"\b((?:MALLOC|GLIBC)_\w+=[^\s\\]+)"
        assert set(re.findall(pattern, services)) == set(re.findall(pattern, image))


class TestProxies:
    """The proxies' files, as the programs read them."""

    def test_nginx(self, tmp_path: Path) -> None:
        if missing("nginx", "openssl"):
            pytest.skip("nginx or openssl is missing")
        key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
        subject = ["-subj", f"/CN={HOST}", "-keyout", str(key), "-out", str(certificate)]
        create = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject]
        subprocess.run(create, check=True, capture_output=True)
        site = (ROOT / "deploy/nginx.conf").read_text().replace("/etc/ssl/gatehouse", str(tmp_path))
        for port in ("80", "443"):
            site = re.sub(rf"(listen (?:\[::\]:)?){port}\b", rf"\g<1>{free_port()}", site)
        (tmp_path / "site.conf").write_text(site)
        main = "pid {0}/pid; error_log stderr; events {{}} http {{ access_log off; include {0}/site.conf; }}"
        (tmp_path / "nginx.conf").write_text(main.format(tmp_path))
        command = ["nginx", "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr

    @pytest.mark.parametrize("host", [{}, {"WEB_HOST": "127.0.0.1", "SITE_ADDRESSES": f"{HOST}, acme.{HOST}"}])
    def test_caddy(self, tmp_path: Path, host: dict[str, str]) -> None:
        if missing("caddy"):
            pytest.skip("caddy is missing")
        text = (ROOT / "deploy/Caddyfile").read_text()
        version = subprocess.run(["caddy", "version"], check=True, capture_output=True, text=True).stdout
        if tuple(map(int, re.findall(r"\d+", version)[:2])) < (2, 7):
            text = re.sub(r".*\brequest_buffers\b.*\n", "", text)
        (tmp_path / "Caddyfile").write_text(text)
        environment = {**os.environ, "HOME": str(tmp_path), **host}
        command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile")]
        result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
