"""The floors of the house, as import contracts."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "programme"


@pytest.mark.slow
def test_nobody_imports_upwards():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(linter), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_the_api_has_its_contract_as_soon_as_it_exists():
    written = (ROOT / ".importlinter").read_text(encoding="utf-8")
    assert not (ROOT / "programme" / "api").exists() or "programme.api" in written


def test_nobody_opens_a_connection_by_hand():
    """Standard modules that reach the network are part of packages that everybody uses: they are looked for by name."""
    # The job's worker says its host; the start command asks its own server whether it answers.
    # The antivirus client speaks clamd's own protocol.
    allowed = {"core/storage/antivirus.py", "core/http.py", "core/jobs.py", "core/smtp.py", "cli/serve.py"}
    found = {
        str(path.relative_to(HOUSE)): name
        for path in HOUSE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in imported(node)
        if name.startswith(("urllib.request", "http.client", "socket", "ftplib", "telnetlib"))
    }
    assert set(found) <= allowed, found


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{each.name}" for each in node.names]
    return []
