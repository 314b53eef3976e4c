#!/bin/sh
# Draws the secrets that can be drawn, and leaves empty files for those that others give. Overwrites nothing.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
draw() { head -c 36 /dev/urandom | base64 | tr -d '\n=+/'; }
# Read by the user of the containers, who is not the one of this machine; the folder keeps everybody else out.
give() { [ -e "secrets/$1" ] || { printf '%s' "$2" > "secrets/$1"; chmod 444 "secrets/$1"; echo "deploy/secrets/$1"; }; }
give secret_key "$(draw)"
give database_password "$(draw)"
give database_url "postgresql+psycopg://programme:$(cat secrets/database_password)@database:5432/programme"
give metrics_token "$(draw)"
give mail_password ""
give s3_secret_access_key ""
