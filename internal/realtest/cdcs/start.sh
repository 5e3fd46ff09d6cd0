#!/bin/bash
# start.sh DIR [PORT]: a real CDCS (core_main_app) on 127.0.0.1:PORT, all of it below DIR.
# Writes DIR/cdcs.json and DIR/cdcs.pid and leaves the server running; stop.sh DIR ends it.
# What can be set, and how to use it in tests: README.md one folder up.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
say() { echo "cdcs: $*" >&2; }
die() { say "$*"; exit 1; }

[ $# -ge 1 ] || die "usage: start.sh DIR [PORT]"
mkdir -p "$1"
dir=$(cd "$1" && pwd)
port=${2:-${CDCS_PORT:-0}}
version=${CDCS_VERSION:-2.18.*}
venv=${CDCS_VENV:-$dir/venv}
schema=${CDCS_SCHEMA:-$here/../../../nexuslims/record/nexus-experiment.xsd}
prefix=${CDCS_PREFIX:-}
prefix=${prefix%/}
[ -f "$schema" ] || die "no schema at $schema (CDCS_SCHEMA)"

# --- already running? ---------------------------------------------------------------
answers() { # URL
    "$venv/bin/python" - "$1" <<'PY'
import sys, urllib.error, urllib.request
try:
    urllib.request.urlopen(sys.argv[1], timeout=5)
except urllib.error.HTTPError as answer:
    sys.exit(0 if answer.code == 403 or answer.code == 401 else 1)
except OSError:
    sys.exit(1)
PY
}
ours() { # PID: is it a server of this kind?
    ps -o command= -p "$1" 2>/dev/null | grep -q cdcs_site ||
        tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -q cdcs_site
}
if [ -f "$dir/cdcs.json" ] && ours "$(cat "$dir/cdcs.pid" 2>/dev/null)"; then
    say "already running (pid $(cat "$dir/cdcs.pid")); stop.sh $dir ends it"
    exit 0
fi
rm -f "$dir/cdcs.pid" "$dir/cdcs.json"

# --- interpreter and packages -------------------------------------------------------
if [ -z "${CDCS_VENV:-}" ] && [ "$(cat "$dir/venv/.cdcs-version" 2>/dev/null)" != "$version" ]; then
    python=${PYTHON:-python3}
    "$python" -c 'import sys; sys.exit(not (3, 9) <= sys.version_info[:2] <= (3, 13))' ||
        die "need Python 3.9 to 3.13 (PYTHON=...); $python is not"
    say "installing core_main_app $version into $dir/venv"
    rm -rf "$dir/venv"
    "$python" -m venv "$dir/venv"
    packages=("core_main_app[auth]==$version" "core_linked_records_app==$version"
        "django-oauth-toolkit>=3.0,<4" "gunicorn==23.0.*")
    [ -z "${CDCS_DB:-}" ] || packages+=(psycopg2-binary)
    PIP_DISABLE_PIP_VERSION_CHECK=1 "$dir/venv/bin/python" -m pip install -q "${packages[@]}" >&2
    echo "$version" >"$dir/venv/.cdcs-version"
fi
[ -x "$venv/bin/gunicorn" ] || die "no gunicorn in $venv"
installed=$("$venv/bin/python" -c 'from importlib.metadata import version; print(version("core_main_app"))')

# --- state: made once, kept as a pristine copy for CDCS_FRESH=1 -----------------------
free=$("$venv/bin/python" - "$port" 2>/dev/null <<'PY'
import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1])))
print(s.getsockname()[1])
PY
) || die "port $port is taken"
port=$free
url="http://127.0.0.1:$port$prefix/"
state=$dir/state
export CDCS_STATE=$state CDCS_PORT=$port CDCS_PREFIX=$prefix
export DJANGO_SETTINGS_MODULE=cdcs_site.settings
export PYTHONPATH=$here/site PYTHONDONTWRITEBYTECODE=1
cd "$dir"

seeded_as="$installed $prefix $(cksum <"$schema" | tr ' ' '-')"
seeded_as+=" $(cat "$here/site/seed.py" "$here/site/cdcs_site/settings.py" ${CDCS_DETAIL_XSL:+"$CDCS_DETAIL_XSL"} \
    ${CDCS_LIST_XSL:+"$CDCS_LIST_XSL"} | cksum | tr ' ' '-')"
seeded_as+=" $(printf '%s\n' "${CDCS_TOKEN:-}" "${CDCS_USER_TOKEN:-}" "${CDCS_OTHER_TOKEN:-}" "${CDCS_PASSWORD:-}" \
    "${CDCS_DB:-}" "${CDCS_FULL_TEXT:-}" "${CDCS_AUTO_PID:-}" | cksum | tr ' ' '-')"
if [ "$(cat "$dir/pristine/seeded-as" 2>/dev/null)" != "$seeded_as" ]; then
    say "migrating and seeding core_main_app $installed"
    rm -rf "$state" "$dir/pristine"
    mkdir -p "$state/media"
    (umask 077 && head -c 48 /dev/urandom | base64 -w 0 >"$state/secret-key")
    "$venv/bin/python" -m django migrate -v 0 >"$dir/seed.log" 2>&1 ||
        die "migration failed: $(tail -n 5 "$dir/seed.log")"
    # No PIDs while seeding, whatever the setting: there are no records yet.
    "$venv/bin/python" "$here/site/seed.py" "$schema" "${CDCS_DETAIL_XSL:-}" "${CDCS_LIST_XSL:-}" \
        >"$state/seed.json" 2>>"$dir/seed.log" || die "seeding failed: $(tail -n 5 "$dir/seed.log")"
    chmod 600 "$state/seed.json"
    cp -a "$state" "$dir/pristine"
    echo "$seeded_as" >"$dir/pristine/seeded-as"
elif [ ! -d "$state" ] || [ -n "${CDCS_FRESH:-}" ]; then
    [ -z "${CDCS_DB:-}" ] || die "CDCS_FRESH works on SQLite only: give CDCS_DB another empty database"
    rm -rf "$state"
    cp -a "$dir/pristine" "$state"
fi

# --- server -------------------------------------------------------------------------
detach=nohup
if command -v setsid >/dev/null; then detach=setsid; fi
"$detach" "$venv/bin/gunicorn" cdcs_site.wsgi:application \
    --bind "127.0.0.1:$port" --workers "${CDCS_WORKERS:-1}" --threads "${CDCS_THREADS:-4}" \
    --timeout 120 --graceful-timeout 5 --worker-tmp-dir "$dir" --pid "$dir/cdcs.pid" \
    --access-logfile "$dir/access.log" --error-logfile "$dir/server.log" --capture-output \
    ${prefix:+--env "SCRIPT_NAME=$prefix"} </dev/null >/dev/null 2>&1 &
server=$!
for _ in $(seq 120); do
    kill -0 "$server" 2>/dev/null || die "server ended: $(tail -n 5 "$dir/server.log")"
    if answers "${url}rest/core-settings/"; then
        up=1
        break
    fi
    sleep 0.25
done
[ -n "${up:-}" ] || { kill "$server"; die "no answer within the time: $(tail -n 5 "$dir/server.log")"; }

(umask 077 && "$venv/bin/python" - "$state/seed.json" "$url" "$server" >"$dir/cdcs.json.new" <<'PY'
import json, sys
facts = {"url": sys.argv[2], "pid": int(sys.argv[3])}
facts.update(json.load(open(sys.argv[1])))
print(json.dumps(facts, indent=2))
PY
)
mv "$dir/cdcs.json.new" "$dir/cdcs.json"
say "core_main_app $installed at $url (pid $server)"
