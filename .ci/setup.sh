#!/usr/bin/env bash
# Sets up what is missing: system packages (Debian and its relatives), .venv, the project and its dependencies.
# Safe to call at any time; when nothing is missing it changes nothing and takes a moment.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "setup: $*"
    exit 1
}

usable_python() { "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    local candidate
    for candidate in python3 python3.13 python3.12 python3.11 python3.14; do
        if usable_python "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# What Qt's window system plugin, VTK and the virtual display load; their packages depend on the rest.
libraries() {
    cat <<'LIST'
libEGL.so.1 libegl1
libEGL_mesa.so.0 libegl-mesa0
libGL.so.1 libgl1
libGLX_mesa.so.0 libglx-mesa0
libX11.so.6 libx11-6
libX11-xcb.so.1 libx11-xcb1
libXrender.so.1 libxrender1
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
libfreetype.so.6 libfreetype6
libglib-2.0.so.0 libglib2.0-0
libxcb-cursor.so.0 libxcb-cursor0
libxcb-glx.so.0 libxcb-glx0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-image.so.0 libxcb-image0
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-randr.so.0 libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0 libxcb-shape0
libxcb-shm.so.0 libxcb-shm0
libxcb-sync.so.1 libxcb-sync1
libxcb-xfixes.so.0 libxcb-xfixes0
libxcb-xkb.so.1 libxcb-xkb1
libxkbcommon.so.0 libxkbcommon0
libxkbcommon-x11.so.0 libxkbcommon-x11-0
LIST
}

missing_packages() {
    local known library package
    find_python >/dev/null || printf '%s\n' python3 python3-venv
    [ "$(uname -s)" = Linux ] || return 0
    known=$(PATH="$PATH:/usr/sbin:/sbin" ldconfig -p)
    while read -r library package; do
        case "$known" in *"$library "*) ;; *) echo "$package" ;; esac
    done < <(libraries)
    command -v Xvfb >/dev/null || echo xvfb
    command -v xauth >/dev/null || echo xauth
    if [ -z "$(find -L /usr/share/fonts /usr/local/share/fonts -name '*.[to]tf' -print -quit 2>/dev/null)" ]; then
        echo fonts-dejavu-core
    fi
}

install_packages() {
    local as_root=()
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as_root=(sudo -n)
    fi
    say "setup: installing system packages: $*"
    "${as_root[@]}" apt-get -q update >&2 </dev/null &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
            -o DPkg::Lock::Timeout=120 "$@" >&2 </dev/null
}

mapfile -t missing < <(missing_packages)
if [ "${#missing[@]}" -gt 0 ]; then
    install_packages "${missing[@]}" || true
    mapfile -t missing < <(missing_packages)
fi
# A distribution whose own Python is too old may offer a newer one beside it.
case " ${missing[*]-} " in *" python3 "*)
    install_packages python3.11 python3.11-venv || true
    mapfile -t missing < <(missing_packages)
    ;;
esac
if [ "${#missing[@]}" -gt 0 ]; then
    fail "these system packages are missing: ${missing[*]}
Have them installed, with Debian or Ubuntu by: sudo apt-get install ${missing[*]}
(python3 means Python 3.11 or newer with its venv module; elsewhere the packages may have other names)"
fi

# The stamp says what .venv was made for: a moved checkout or other dependencies bring it up to date. The
# settings of tools, which pyproject.toml keeps after the project itself, do not count.
stamp=.venv/.made-for
wanted="$PWD $(sed '/^\[tool\./,$d' pyproject.toml | cksum)"
if [ ! -x .venv/bin/python ] || [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    if ! { usable_python .venv/bin/python && .venv/bin/python -m pip --version; } >/dev/null 2>&1; then
        say "setup: creating .venv with $(find_python)"
        "$(find_python)" -m venv --clear .venv
    fi
    say "setup: installing the project and what it needs into .venv (the first time: some 3 GB, a few minutes)"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[test]' </dev/null >&2 ||
        fail "pip could not install the project: see above"
    printf '%s\n' "$wanted" >"$stamp"
fi
