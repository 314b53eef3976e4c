#!/bin/sh
# Sets up what running needs (setup.sh run) and, besides, what the tests need (setup.sh test). Does nothing twice.
set -eu
cd "$(dirname "$0")/.."
what="${1:-run}"
UV_VERSION=0.13.9
UV_PYTHON_DOWNLOADS=never
UV_LINK_MODE=copy
export UV_PYTHON_DOWNLOADS UV_LINK_MODE

say() { printf '%s\n' "$*" >&2; }

# 1. The virtual environment, with pinned and hashed packages.
if ! [ -x .venv/bin/python ]; then
    say "Environnement Python…"
    python3 -m venv .venv || { say "Il manque le module venv : apt-get install python3-venv"; exit 1; }
fi
requirements=requirements.txt
[ "$what" = test ] && requirements=requirements-dev.txt
stamp=".venv/.installed-$what-$(sha256sum "$requirements" requirements-setup.txt | sha256sum | cut -c1-16)"
if ! [ -e "$stamp" ]; then
    say "Bibliothèques Python…"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.txt
    VIRTUAL_ENV="$PWD/.venv" .venv/bin/uv pip install --quiet --require-hashes -r "$requirements"
    : > "$stamp"
fi

# 2. System packages: installed when root on Debian or Ubuntu, otherwise named with the command.
wanted() { awk -v kind="$1" '$1 == kind { print $2 }' scripts/system-packages; }
missing=""
.venv/bin/python -c 'import weasyprint' 2>/dev/null || missing="$(wanted run)"
if [ "$what" = test ]; then
    # The browser, and what the program that drives it is linked with.
    { [ -n "${CHROMIUM:-}" ] || command -v chromium-headless-shell || command -v chromium; } >/dev/null 2>&1 \
        && .venv/bin/python -c 'import subprocess as s; from playwright._impl import _driver as d; s.run([d.compute_driver_executable()[0], "--version"], check=True, capture_output=True)' 2>/dev/null \
        || missing="$missing $(wanted test)"
fi
missing="$(echo $missing)"
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "Paquets du système : $missing"
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } >&2 </dev/null \
            || say "Installation impossible : sudo apt-get install --no-install-recommends $missing"
    else
        say "Il manque des paquets du système. Installez-les : sudo apt-get install --no-install-recommends $missing"
    fi
fi

# 3. From npm: the font and the outlines of the departments; for the tests, the checkers of pages as well. Then the sheet.
npm_ready() {
    command -v npm >/dev/null 2>&1 && return
    PATH="$PWD/.venv/bin:$PATH"
    export PATH
    command -v npm >/dev/null 2>&1 || VIRTUAL_ENV="$PWD/.venv" .venv/bin/uv pip install --quiet --require-hashes -r requirements-node.txt
}
if [ "$what" = test ] && ! cmp -s package-lock.json node_modules/.installed-test; then
    say "Vérificateurs de pages…"
    npm_ready
    npm ci --silent --ignore-scripts >&2
    cp package-lock.json node_modules/.installed-test
fi
if ! [ -e programme/static/fonts/bricolage-fr.woff2 ] || ! [ -e programme/static/build/departments.json ]; then
    say "Police de caractères et carte…"
    if ! [ -d node_modules/@fontsource-variable ] || ! [ -d node_modules/@svg-maps ]; then
        npm_ready
        npm ci --silent --ignore-scripts --omit=dev >&2
    fi
    .venv/bin/python scripts/build_fonts.py >&2
    .venv/bin/python scripts/build_map.py >&2
fi
.venv/bin/python scripts/build_assets.py >/dev/null
