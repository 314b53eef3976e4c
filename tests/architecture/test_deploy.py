"""What is written to deploy an instance agrees with the program: settings, packages, secrets, images."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CONTAINER = (ROOT / "Containerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OURS = ("web", "worker", "migrations")
READ = re.compile(r'(?:environ\.get\(|environ\[|_flag\()"([A-Z0-9_]+)"')


def settings():
    """Every variable that the program reads."""
    read = set()
    for path in (ROOT / "config.py", ROOT / "deploy" / "gunicorn.conf.py", ROOT / "programme" / "cli" / "serve.py"):
        read |= set(READ.findall(path.read_text(encoding="utf-8")))
    return read


def secrets():
    import config

    return set(config.SECRETS)


def test_the_table_of_settings_is_that_of_the_program():
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = text.partition("## Settings")[2].partition("\n## ")[0]
    written = set(re.findall(r"`([A-Z][A-Z0-9_]{3,})`", "".join(re.findall(r"^\|.*", table, re.MULTILINE))))
    assert settings() - written == set(), "settings that nobody explains"
    assert written - settings() == set(), "settings that nothing reads"
    assert len(written) > 30


def test_the_compose_file_sets_what_exists_and_each_secret_comes_from_a_file():
    given = {name for service in OURS for name in COMPOSE["services"][service]["environment"]}
    plain = {name.removesuffix("_FILE") if name.removesuffix("_FILE") in secrets() else name for name in given}
    assert plain - settings() == set()
    assert given & secrets() == set(), "a secret in clear"
    for service in OURS:
        for name, value in COMPOSE["services"][service]["environment"].items():
            if name.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in COMPOSE["services"][service]["secrets"]
    assert set(COMPOSE["secrets"]) >= {each for s in OURS for each in COMPOSE["services"][s]["secrets"]}


def test_the_compose_file_lets_a_production_start(tmp_path):
    """Its settings, with secrets in files as the script draws them, pass the refusals of a production."""
    subprocess.run(["cp", "-r", ROOT / "deploy", tmp_path / "deploy"], check=True)
    subprocess.run(["sh", tmp_path / "deploy" / "secrets.sh"], check=True, capture_output=True)
    given = dict(
        line.split("=", 1)
        for line in (ROOT / "deploy" / "env.example").read_text().splitlines()
        if re.match(r"\w+=", line)
    )
    env = {
        "PATH": os.environ["PATH"],
        "PROGRAMME_ENV": "production",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    for name, value in COMPOSE["services"]["web"]["environment"].items():
        told = re.sub(r"\$\{(\w+)(?::?[-?]([^}]*))?\}", lambda each: given.get(each[1]) or each[2] or "", value)
        env[name] = told.replace("/run/secrets", str(tmp_path / "deploy" / "secrets"))

    def start(**changed):
        code = "import config; chosen = config.selected(); chosen.check(); print(chosen.SQLALCHEMY_DATABASE_URI)"
        command = [sys.executable, "-c", code]
        return subprocess.run(command, env=env | changed, capture_output=True, text=True, check=False, cwd=tmp_path)

    assert start().stdout.startswith("postgresql+psycopg://programme:")
    assert "Aucun antivirus" in start(CLAMD_ADDRESS="").stderr, "control"
    assert "SECRET_KEY et SECRET_KEY_FILE" in start(SECRET_KEY="x").stderr
    assert "est illisible" in start(SECRET_KEY_FILE="/nowhere").stderr


def test_no_file_of_the_deployment_names_a_registry_or_holds_a_secret():
    images = [*re.findall(r"^FROM (\S+)", CONTAINER, re.MULTILINE)]
    images += [each["image"] for each in COMPOSE["services"].values()]
    for image in images:
        first = image.split("/")[0]
        assert "/" not in image or not re.search(r"[.:]", first), f"{image} names a host"
    assert not re.search(r"(?i)(secret_key|password|token)\s*=\s*\S", CONTAINER)


def test_the_image_runs_as_nobody_special_with_the_packages_of_the_list():
    last = CONTAINER.rpartition("\nFROM ")[2]
    assert "\nUSER programme\n" in last
    assert "--uid 10001" in last
    assert "scripts/system-packages" in last
    assert '$1 == "run"' in last
    assert "--require-hashes" in CONTAINER
    assert "deploy/healthy.py" in last


def test_what_the_image_copies_exists():
    for line in re.findall(r"^COPY (?!--from)(.+)$", CONTAINER, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
    for each in ("deploy/Caddyfile", "deploy/env.example", "deploy/secrets.sh"):
        assert (ROOT / each).exists()


@pytest.mark.parametrize("name", [".git", "tests", "deploy/secrets", "var", ".venv"])
def test_what_must_stay_out_of_the_image_is_left_out(name):
    assert name in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("service", OURS)
def test_a_container_of_ours_may_do_little(service):
    made = COMPOSE["services"][service]
    assert made["read_only"] is True
    assert made["cap_drop"] == ["ALL"]
    assert "ports" not in made
    assert made["depends_on"]["database"]["condition"] == "service_healthy"


def test_nothing_starts_before_the_database_is_up_to_date():
    for service in ("web", "worker"):
        waits = COMPOSE["services"][service]["depends_on"]
        assert waits["migrations"]["condition"] == "service_completed_successfully"
    assert "synchronous_commit=on" in COMPOSE["services"]["database"]["command"]
