#!/usr/bin/env bash
# versions.sh oldest|newest [PYTEST ARGUMENT…]: the tests with the oldest versions that pyproject.toml allows, or with
# the newest there are. In an environment of its own, .venv-oldest or .venv-newest, that is kept for the next time;
# VENV=FOLDER puts it elsewhere. Some 6 GB each. Needs .venv, whose Python it takes: make setup.
set -euo pipefail
cd "$(dirname "$0")/.."

which=${1-}
case "$which" in oldest | newest) shift ;; *)
    echo "usage: .ci/versions.sh oldest|newest [PYTEST ARGUMENT…]" >&2
    exit 2
    ;;
esac
venv=${VENV:-.venv-$which}
[ -x "$venv/bin/python" ] || .venv/bin/python -m venv "$venv"
pip=("$venv/bin/python" -m pip install --quiet --disable-pip-version-check)
if [ "$which" = oldest ]; then
    .venv/bin/python tests/supply/bounds.py >"$venv/constraints.txt"
    "${pip[@]}" --constraint "$venv/constraints.txt" --editable '.[test]'
    set -- -W default "$@" # old versions warn of what newer ones have mended
else
    "${pip[@]}" --upgrade --upgrade-strategy eager --editable '.[test]'
fi
exec "$venv/bin/python" -m pytest "$@"
