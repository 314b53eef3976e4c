#!/bin/sh
# Everything that is checked: style, types, contracts, then the suite. `test.sh fast` leaves out what is slow.
set -eu
cd "$(dirname "$0")/.."
sh scripts/setup.sh test
. .venv/bin/activate
start=$(date +%s)
ruff check --quiet .
ruff format --check --quiet .
mypy --no-error-summary
lint-imports --no-logo --quiet 2>/dev/null || lint-imports
if [ "${1:-}" = fast ]; then
    pytest -m "not slow and not journey" --backends sqlite "-n$(nproc)" -q
else
    pytest -q
fi
echo "$(( $(date +%s) - start )) s"
