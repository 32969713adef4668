#!/bin/sh
# Pin the versions that a fresh environment resolves for requirements.in and requirements-dev.in.
set -eu
python=${1:-python3}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
pin() {
    "$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade -r "$1"
    { echo "# Made by \`make lock\` from $1; do not edit."; "$scratch/venv/bin/python" -m pip freeze --exclude pip --exclude setuptools; } > "$2"
}
"$python" -m venv "$scratch/venv"
pin requirements.in requirements.txt
pin requirements-dev.in requirements-dev.txt
