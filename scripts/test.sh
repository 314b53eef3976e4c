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
lint-imports >/dev/null || lint-imports
workers="-n $(nproc) --dist loadfile --no-loadscope-reorder"
if [ "${1:-}" = fast ]; then
    pytest -q $workers -m "not slow and not journey" --backends sqlite
else
    pytest -q $workers
fi
echo "$(( $(date +%s) - start )) s"
