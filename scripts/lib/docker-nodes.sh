# Sourced by scripts/cluster: Postgres-XL's nodes, by pgxc_ctl in the Control container.
# shellcheck shell=bash disable=SC2154  # nodes, name, … are scripts/cluster's

data=/var/lib/postgres/data
configuration=/var/lib/postgres/pgxc_ctl/pgxc_ctl.conf
# What pgxc_ctl knew before it began to add a node. While it is there, an addition is not finished.
before=/var/lib/postgres/pgxc_ctl/before-adding

numbered() {
    seq -f "$1-%.0f" "$2"
}

# Names of nodes in Postgres-XL: coord_1 runs in the container coord-1.
node_name() {
    echo "${1//-/_}"
}

# pgxc_ctl says on which shell it runs and where it is, each time.
pgxc_ctl() {
    in_control pgxc_ctl "$@" 2>&1
}

query() {
    local host=$1
    shift
    in_control psql -h "$host" -v ON_ERROR_STOP=1 -qAt -c "$*" postgres
}

coordinators_made() {
    in_control bash -c ". $configuration && echo \${coordNames[*]}" | tr _ -
}

is_configured() {
    [[ $(in_control bash -c ". $configuration && echo \" \$gtmName \${coordNames[*]} \${datanodeNames[*]} \"") == \
        *" $(node_name "$1") "* ]]
}

# Whether every coordinator knows a node and reaches it, and it answers itself.
is_member() {
    local coordinator target
    target=$(node_name "$1")
    case $1 in
        gtm-*) [[ $(pgxc_ctl monitor gtm master) == *"Running: gtm master"* ]] ;;
        *)
            in_control pg_isready -q -h "$1" || return 1
            for coordinator in $(coordinators_made); do
                [ "$(query "$coordinator" "select count(*) from pgxc_node where node_name = '$target'")" = 1 ] || return 1
            done ;;
    esac
}

add_node() {
    local began=$SECONDS said
    if is_configured "$1"; then
        until_true 120 is_member "$1" || fail "$1 is configured, but does not work; see: cluster logs $1"
        printf '   %-10s works\n' "$1"
        return
    fi
    in_control cp -p "$configuration" "$before"
    in_control bash -c "echo '# $1' >>$before"
    case $1 in
        gtm-*) said=$(pgxc_ctl add gtm master "$(node_name "$1")" "$1" 6666 $data/gtm) ;;
        coord-*) said=$(pgxc_ctl add coordinator master "$(node_name "$1")" "$1" 5432 6667 $data/coord none none) ;;
        data-*) said=$(pgxc_ctl add datanode master "$(node_name "$1")" "$1" 5432 6667 $data/data none none none) ;;
    esac
    # It exits with 0 whatever happens.
    if ! until_true 20 is_member "$1"; then
        echo "$said" >&2
        fail "$1 was not added; the next \"cluster up\" begins with it again"
    fi
    in_control rm -f "$before"
    printf '   %-10s added in %d s\n' "$1" $((SECONDS - began))
}

# An addition that broke off: pgxc_ctl has the node in its configuration, and would refuse it the next time. The
# node is in no use yet, unless a coordinator lets a table lie on it; then it refuses to forget it.
undo_half_made() {
    local node coordinator directory
    node=$(in_control bash -c "[ ! -e $before ] || sed -n 's/^# \(gtm\|coord\|data\)-\([0-9]*\)$/\1-\2/p' $before | tail -1")
    [ -n "$node" ] || return 0
    say "undo the unfinished addition of $node"
    for coordinator in $(coordinators_made); do
        [ "$coordinator" != "$node" ] && in_control pg_isready -q -h "$coordinator" || continue
        [ "$(query "$coordinator" "select count(*) from pgxc_node where node_name = '$(node_name "$node")'")" = 1 ] || continue
        query "$coordinator" "drop node $(node_name "$node")" || fail "$coordinator does not let go of $node"
        query "$coordinator" "select pgxc_pool_reload()" >/dev/null
    done
    directory=$data/${node%-*}
    in_control ssh "$node" "if [ -e $directory/postmaster.pid ]; then pg_ctl stop -w -D $directory -m immediate; fi
        if [ -e $directory/gtm.pid ]; then gtm_ctl stop -w -Z gtm -D $directory; fi; rm -rf $directory" >/dev/null 2>&1 || true
    in_control bash -c "grep -v '^# \(gtm\|coord\|data\)-[0-9]*$' $before >$configuration.draft &&
        mv $configuration.draft $configuration && rm $before"
}

# A coordinator keeps its connections to the others, and a session behind one of them may be of a time before the
# last node: it then says that there is no datanode. So this tries what people will do, and takes it back.
can_make_tables() {
    local coordinator
    for coordinator in $(coordinators_made); do
        query "$coordinator" "begin; create table pgxl_probe (a int) distribute by replication; rollback" || return 1
    done
}

await_tables() {
    local began=$SECONDS
    until_true 60 can_make_tables || fail "not every coordinator can make a table: $(can_make_tables 2>&1)"
    say "every coordinator can make tables on every datanode, after $((SECONDS - began)) s"
}
