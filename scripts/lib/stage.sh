# The stage of the demo: one network, sandboxes on it, a key, and an exit that leaves nothing. To be sourced
# by a script whose working directory is the repository.

sandbox=it-tests/sandbox/sandbox
address=10.99.0.2

# What the reader sees: what is done, and what came of it.
step() { printf '\n%s. %s\n' "$((steps += 1))" "$*"; }
saw() { sed 's/^/     /' <<<"$*"; }
fail() {
    printf 'FAILED: %s\n' "$*"
    exit 1
}
steps=0

now() { date +%s%3N; }

# Makes the work directory, the network, the key and an empty volume.
open_stage() {
    work=$(mktemp -d)
    trap close_stage EXIT
    trap 'exit 130' INT TERM HUP
    mkfifo "$work/life"
    mkdir "$work/volume"
    "$sandbox" wire "$work/wire" <"$work/life" >"$work/wire.log" 2>&1 &
    # Held open for as long as this script lives: everything on the stage ends with it.
    exec 9>"$work/life"
    wait_for 10 "the network" grep -q ready "$work/wire.log"
    ssh-keygen -q -t ed25519 -N '' -f "$work/key"
}

close_stage() {
    local code=$?
    trap - EXIT
    exec 9>&-
    "$sandbox" sweep "$work" 2>/dev/null || true
    { wait; } 2>/dev/null
    [ $code -eq 0 ] || [ ! -s "$work/agent.log" ] || { echo; echo "the agent's log:"; tail -n 60 "$work/agent.log"; }
    rm -rf "$work"
    exit $code
}

# open_sandbox NAME: the agent as PID 1 of a new sandbox on the volume.
open_sandbox() {
    : >"$work/agent.log"
    "$sandbox" run "$work/$1" --wire "$work/wire" --address $address --hostname "$1" --volume "$work/volume" \
        --bind "$PWD/agent/target/agent:/usr/local/lib/pgxl-agent" --bind "$prefix:/usr/local/lib/postgres" \
        --bind "$java_home:$java_home" --env "JAVA_HOME=$java_home" --log "$work/agent.log" \
        -- /usr/local/lib/pgxl-agent/bin/pgxl-agent <"$work/life" 9>&- >"$work/$1.log" 2>&1 &
    wait_for 20 "PID 1 of $1" test -s "$work/$1/pid"
}

# wait_for SECONDS WHAT COMMAND…: until the command succeeds.
wait_for() {
    local end=$(($(now) + $1 * 1000)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ "$(now)" -lt $end ] || fail "no $what in time"
        sleep 0.05
    done
}

outside() { "$sandbox" on-wire "$work/wire" "$@"; }

# on_node COMMAND: over SSH, as pgxc_ctl does; standard input goes along.
on_node() {
    outside ssh -F /dev/null -i "$work/key" -o IdentitiesOnly=yes -o BatchMode=yes -o LogLevel=ERROR \
        -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile="$work/known_hosts" -o ConnectTimeout=10 \
        "postgres@$address" "$1"
}

sql() { outside "$prefix/bin/psql" -XAtq -v ON_ERROR_STOP=1 -h $address -p "${port:-5432}" -U postgres -d postgres -c "$1"; }

in_log() { grep -Eq "$1" "$work/agent.log"; }
log_lines() { grep -E "$1" "$work/agent.log" | tail -n "${2:-1}"; }
