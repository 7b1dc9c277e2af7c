#!/usr/bin/env bash
# Prepares the Control container: SSH keys, passwords and pgxc_ctl's configuration; and hands each node, through the
# volume that it has as its .ssh, what a node of its kind needs. Safe to run again: what is there already stays as it
# is, and what others have of it is brought up to date.
#
# usage: init.sh [--auth scram|trust] [--new-keys] [--new-password] [SUBNET]
#
#   SUBNET       who may connect to coordinators and datanodes, as 10.0.1.0/24 or fd00:1::/64; without it,
#                the network in which this container's own name lies
#   --auth       scram: a random password, which clients have to know; this is the default. Postgres-XL 9.5 knows
#                no SCRAM, and asks for it by md5
#                trust: nobody is asked for a password; whoever is in SUBNET is a superuser
#   --new-keys   other SSH keys in place of those that are there, which open nothing any more
#   --new-password   another password of the superuser, in a cluster that runs; connections that begin within the
#                same second may fail
set -euo pipefail
umask 077

home=${PGXL_HOME:-/var/lib/postgres}
user=${PGXL_USER:-postgres}
ssh=$home/.ssh
control=$home/pgxc_ctl
key=$ssh/id_ed25519
port=${PGXL_SSH_PORT:-22}
# Kubernetes describes a service pgxl-ssh so; the agent ignores it too.
[[ $port != *://* ]] || port=22
passwords=$ssh/pgpass
# Where it is, nobody is asked for a password; initdb has to know, because a password file may also be missing by mistake.
trust=$ssh/trust
# The .ssh of containers with a coordinator or datanode, and of those with nothing but a GTM or GTM proxies.
of_databases=/var/lib/pgxl/ssh-databases
of_gtm=/var/lib/pgxl/ssh-gtm

fail() {
    echo "init.sh: $*" >&2
    exit 1
}

as_number() {
    local IFS=.
    # shellcheck disable=SC2086  # split at the dots
    set -- $1
    echo $((($1 << 24) + ($2 << 16) + ($3 << 8) + $4))
}

as_address() {
    echo "$(($1 >> 24 & 255)).$(($1 >> 16 & 255)).$(($1 >> 8 & 255)).$(($1 & 255))"
}

# Eight groups of up to four hexadecimal digits; "::" stands for one or more of them, once.
is_ipv6() {
    local group='[0-9a-fA-F]{1,4}' left right
    if [[ $1 != *::* ]]; then
        [[ $1 =~ ^($group:){7}$group$ ]]
    else
        left=${1%%::*} right=${1#*::}
        [[ $left =~ ^(($group:)*$group)?$ && $right =~ ^(($group:)*$group)?$ ]] &&
            [ "$(tr -cd : <<<"$left:$right" | wc -c)" -le 6 ]
    fi
}

# Says what is wrong with a subnet, or nothing. pg_hba.conf would take some of these and mean something else.
objection() {
    local octet='(0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])' address bits mask network
    if [[ $1 =~ ^$octet\.$octet\.$octet\.$octet/(0|[1-9]|[12][0-9]|3[0-2])$ ]]; then
        address=${1%/*} bits=${1#*/}
        mask=$((0xffffffff << (32 - bits) & 0xffffffff))
        network=$(as_address $(($(as_number "$address") & mask)))
        if [ "$bits" = 0 ]; then echo "is the whole world"
        elif [ "$network" != "$address" ]; then echo "has bits beyond its prefix; is $network/$bits meant?"
        fi
    elif ! [[ $1 =~ ^[0-9a-fA-F:]+/([1-9]|[1-9][0-9]|1[01][0-9]|12[0-8])$ ]] || ! is_ipv6 "${1%/*}"; then echo "is not a network in the form 10.0.1.0/24 or fd00:1::/64"
    fi
}

# The network in which this container's own name lies, from the kernel's table of routes: those without a
# gateway, whose numbers are hexadecimal and in the order of bytes in memory.
own_network() {
    local address destination gateway mask
    address=$(getent ahostsv4 "$(cat /proc/sys/kernel/hostname)" | sed -n '1s/ .*//p')
    [ -n "$address" ] || return 0
    while read -r _ destination gateway _ _ _ _ mask _; do
        [ "$gateway" = 00000000 ] || continue
        destination=$((0x${destination:6:2}${destination:4:2}${destination:2:2}${destination:0:2}))
        mask=$((0x${mask:6:2}${mask:4:2}${mask:2:2}${mask:0:2}))
        [ $(($(as_number "$address") & mask)) = $destination ] || continue
        local bits=0 rest=$mask
        while [ "$rest" != 0 ]; do bits=$((bits + (rest & 1))) rest=$((rest >> 1)); done
        echo "$(as_address $destination)/$bits"
        return
    done </proc/net/route
}

# Writes standard input to a file that is not there yet: whole, or not at all.
write() {
    if [ -e "$1" ]; then
        echo "  there already: $1"
        cat >/dev/null
        return
    fi
    cat >"$1.draft"
    mv "$1.draft" "$1"
    echo "  wrote $1"
}

# Ends in U+E000, a character for private use. Postgres-XL's server has libpq's SCRAM code in it, but the server's
# own pg_saslprep, and so gives memory of palloc to free: with a password that SASLprep accepts, the pooler and
# the WAL receiver abort as soon as they close a connection. One with this character is taken as it is.
random_password() {
    printf '%s\xee\x80\x80' "$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')"
}

make_key() {
    if [ ! -e "$1" ]; then
        ssh-keygen -q -t ed25519 -N '' -C "$2" -f "$1"
        echo "  wrote $1"
    elif [ ! -e "$1.pub" ]; then
        ssh-keygen -y -f "$1" >"$1.pub.draft"
        mv "$1.pub.draft" "$1.pub"
    fi
}

# A public key as it stands in authorized_keys, without its comment.
public() {
    cut -d' ' -f1,2 "$1.pub"
}

# Lets a key into every node.
admit() {
    if ! grep -qsF "$(public "$1")" "$ssh/authorized_keys"; then
        cat "$1.pub" >>"$ssh/authorized_keys"
        echo "  wrote $ssh/authorized_keys"
    fi
}

# The nodes have .ssh read-only, so what they learn of others' keys lies elsewhere. accept-new: a new name is taken
# down without a question, a known name with another key is refused.
client_configuration() {
    cat <<END
Host *
    User $user
    IdentityFile ~/.ssh/$1
    IdentitiesOnly yes
    UserKnownHostsFile ~/.pgxl/known_hosts
    StrictHostKeyChecking accept-new
    BatchMode yes
    ConnectTimeout 10
    ServerAliveInterval 15
    LogLevel ERROR
END
    # pgxc_ctl knows no other port than ssh does.
    [ "$port" = 22 ] || echo "    Port $port"
}

own_files() {
    mkdir -p "$ssh" "$home/.pgxl"
    make_key "$key" "$user"
    admit "$key"
    client_configuration id_ed25519 | write "$ssh/config"
    if [ "$port" != 22 ] && ! grep -qiE "^ *Port +$port\$" "$ssh/config"; then
        echo "NOTE: $ssh/config does not lead to port $port (PGXL_SSH_PORT)."
    fi
    if [ "$auth" = scram ]; then
        # A line for each user that connects; libpq refuses the file if others may read it.
        write "$passwords" <<END
*:*:*:$user:$(random_password)
END
    else
        write "$trust" <<END
New nodes ask nobody in their cluster for a password: init.sh --auth trust
END
    fi
}

# Replaces a file that others see by standard input: they see the old one or the new one, never a part.
hand_out() {
    cat >"$1.draft"
    if cmp -s "$1.draft" "$1"; then
        rm "$1.draft"
    else
        mv "$1.draft" "$1"
        echo "  wrote $1"
    fi
}

# To GTM, which asks nobody who he is: whom to let in, and nothing by which to get in anywhere. To databases: the
# passwords by which they reach each other, and a key by which a master can send WAL files to its slave's archive, and
# no more.
hand_out_files() {
    local origin="# Written by init.sh from .ssh/authorized_keys of Control: what is added here is lost"
    hand_out "$of_gtm/authorized_keys" < <(echo "$origin" && cat "$ssh/authorized_keys")
    make_key "$of_databases/id_archive" archive
    hand_out "$of_databases/authorized_keys" < <(echo "$origin" && cat "$ssh/authorized_keys" &&
        echo "restrict,command=\"/usr/local/lib/pgxl/receive-archive\" $(public "$of_databases/id_archive") archive")
    client_configuration id_archive | write "$of_databases/config"
    if [ "$auth" = scram ]; then
        hand_out "$of_databases/pgpass" <"$passwords"
    else
        hand_out "$of_databases/trust" <"$trust"
    fi
}

# Whether each kind of container has an .ssh of its own; in clusters made before, all see the one of Control.
is_divided() {
    mountpoint -q "$of_databases" && mountpoint -q "$of_gtm"
}

share() {
    if is_divided; then
        hand_out_files
    elif mountpoint -q "$of_databases" || mountpoint -q "$of_gtm"; then
        fail "of $of_databases and $of_gtm only one is a volume; Control needs both"
    elif mountpoint -q "$ssh"; then
        echo "NOTE: every node that has this $ssh has Control's key, which opens all of them. With volumes at" \
            "$of_databases and $of_gtm each kind of node gets what it needs (image/README.md, \"An older cluster\")."
    fi
}

# Both keys open the nodes until the new one is in its place, and a run that broke off is taken up again: nobody is
# locked out, and the old key does not stay.
new_keys() {
    local others
    if [ ! -e "$key.old.pub" ]; then
        cp "$key.pub" "$key.old.draft"
        mv "$key.old.draft" "$key.old.pub"
    fi
    if [ "$(public "$key")" = "$(public "$key.old")" ]; then
        make_key "$key.new" "$user"
        admit "$key.new"
        share
        # A client shows the server the public key that lies beside, even if it is of another pair.
        rm "$key.pub"
        mv "$key.new" "$key"
        mv "$key.new.pub" "$key.pub"
    fi
    others=$(grep -vF "$(public "$key.old")" "$ssh/authorized_keys")
    hand_out "$ssh/authorized_keys" <<<"$others"
    if is_divided; then rm -f "$of_databases/id_archive" "$of_databases/id_archive.pub"; fi
    share
    rm -f "$key.old.pub" "$key.new.pub"
}

# Runs psql on the first coordinator that takes the password in a file.
on_coordinator() {
    local file=$1 i
    shift
    (
        set +eu
        # shellcheck source=/dev/null
        . "$control/pgxc_ctl.conf"
        for i in "${!coordMasterServers[@]}"; do
            [ "${coordMasterServers[i]}" != none ] || continue
            if PGPASSFILE=$file psql -XAtqw -h "${coordMasterServers[i]}" -p "${coordPorts[i]}" -U "$user" -c 'select 1' \
                postgres >/dev/null 2>&1 </dev/null; then
                # In a session without a terminal, for \password asks there before it reads standard input.
                PGPASSFILE=$file PGCONNECT_TIMEOUT=10 setsid --wait psql -Xqw -v ON_ERROR_STOP=1 -h "${coordMasterServers[i]}" \
                    -p "${coordPorts[i]}" -U "$user" "$@" postgres
                exit
            fi
        done
        exit 2
    )
}

# In the databases first, which takes the old one; then in the files. A run that broke off between is taken up again.
new_password() {
    local word
    [ "$auth" = scram ] || fail "this cluster has no passwords"
    if ! { [ -e "$passwords.new" ] && on_coordinator "$passwords.new" -c 'select 1' >/dev/null; }; then
        word=$(random_password)
        { echo "*:*:*:$user:$word" && { grep -v "^\*:\*:\*:$user:" "$passwords" || true; }; } >"$passwords.new"
        # As a hash, which the client makes, and by standard input: it is on no command line and in no log.
        on_coordinator "$passwords" -c "\\password $user" <<<"$word"$'\n'"$word" >/dev/null 2>&1 ||
            fail "no coordinator takes another password; does the cluster run? pgxc_ctl monitor all tells"
    fi
    mv "$passwords.new" "$passwords"
    echo "  wrote $passwords"
}

postgresql_conf() {
    write "$control/$1ExtraConfig" <<END
# Added to every $2's postgresql.conf
listen_addresses = '*'
max_connections = 100
log_destination = 'stderr'
logging_collector = on
log_directory = 'pg_log'
hot_standby = off
# Coordinators times their max_connections, and 50 for those in doubt; 250 for two coordinators.
max_prepared_transactions = 250
# What a slave needs of its master, so that adding one restarts it for nothing else.
wal_level = hot_standby
max_wal_senders = 10
# A peer whose host is gone is found out in 20 s.
tcp_keepalives_idle = 10
tcp_keepalives_interval = 3
tcp_keepalives_count = 3
$(gtm_limits)
END
}

# Without them a session hangs for as long as GTM is frozen or cut off. Postgres-XL 9.5 has no such settings.
gtm_limits() {
    case $(postgres --version 2>/dev/null) in
        *' 9.5'*) ;;
        *) printf 'gtm_connect_timeout = 5\ngtm_comm_timeout = 20' ;;
    esac
}

# These stand before pgxc_ctl's own lines ("trust", for a slave's one address), and the first match counts.
pg_hba_conf() {
    local method=scram-sha-256
    case $(postgres --version 2>/dev/null) in *' 9.'*) method=md5 ;; esac
    [ "$auth" = scram ] || method=trust
    write "$control/$1ExtraPgHba" <<END
# Added to every $2's pg_hba.conf
host all all $subnet $method
host replication $user $subnet $method
END
}

# A script that pgxc_ctl runs, and to which it adds what it learns; what comes later counts. Everything starts
# empty, and nodes come with "add".
pgxc_ctl_conf() {
    write "$control/pgxc_ctl.conf" <<END
#!/usr/bin/env bash
pgxcInstallDir=/usr/local/lib/postgres
pgxcOwner=$user
pgxcUser=$user
tmpDir=/tmp
localTmpDir=/tmp
configBackup=n
dataDirRoot=$home/data

gtmName=() gtmMasterServer=() gtmMasterPort=() gtmMasterDir=()
gtmExtraConfig=none gtmMasterSpecificExtraConfig=none
gtmSlave=n gtmSlaveName=() gtmSlaveServer=() gtmSlavePort=() gtmSlaveDir=()
gtmSlaveSpecificExtraConfig=none
gtmProxy=n gtmProxyNames=() gtmProxyServers=() gtmProxyPorts=() gtmProxyDirs=()
gtmPxyExtraConfig=none gtmPxySpecificExtraConfig=()

# Who may connect stands in the ExtraPgHba files: for what stands here, pgxc_ctl writes "trust".
coordPgHbaEntries=()
datanodePgHbaEntries=()

coordExtraConfig=$control/coordExtraConfig
coordExtraPgHba=$control/coordExtraPgHba
coordNames=() coordPorts=() poolerPorts=() coordMasterServers=() coordMasterDirs=()
coordMaxWALsender=5 coordMaxWALSenders=() coordUserDefinedBackupSettings=n
coordSlave=n coordSlaveSync=n coordSlaveServers=() coordSlavePorts=() coordSlavePoolerPorts=()
coordSlaveDirs=() coordArchLogDirs=()
coordSpecificExtraConfig=() coordSpecificExtraPgHba=()

datanodeExtraConfig=$control/datanodeExtraConfig
datanodeExtraPgHba=$control/datanodeExtraPgHba
primaryDatanode=
datanodeNames=() datanodePorts=() datanodePoolerPorts=() datanodeMasterServers=() datanodeMasterDirs=()
datanodeMaxWalSender=5 datanodeMaxWALSenders=() datanodeUserDefinedBackupSettings=n
datanodeSlave=n datanodeSlaveServers=() datanodeSlavePorts=() datanodeSlavePoolerPorts=()
datanodeSlaveDirs=() datanodeArchLogDirs=()
datanodeSpecificExtraConfig=() datanodeSpecificExtraPgHba=()
END
}

auth=
subnet=
renew=
another=
while [ $# -gt 0 ]; do
    case $1 in
        --auth) auth=${2-}; shift; [[ $auth =~ ^(scram|trust)$ ]] || fail "--auth is scram or trust, not \"$auth\"" ;;
        --auth=*) auth=${1#*=}; [[ $auth =~ ^(scram|trust)$ ]] || fail "--auth is scram or trust, not \"$auth\"" ;;
        --new-keys) renew=yes ;;
        --new-password) another=yes ;;
        -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit ;;
        -*) fail "no such option: $1" ;;
        *) [ -z "$subnet" ] || fail "one subnet, not two: $subnet, $1"; subnet=$1 ;;
    esac
    [ $# -gt 0 ] && shift
done

# Away from root's terminal: by a process of his own that has it, the user could type into it.
if [ "$(id -u)" = 0 ]; then
    code=0
    setsid --wait setpriv --reuid "$user" --regid "$user" --init-groups --no-new-privs \
        env HOME="$home" USER="$user" "$0" ${auth:+--auth "$auth"} ${renew:+--new-keys} \
        ${another:+--new-password} ${subnet:+"$subnet"} \
        </dev/null 2>&1 | cat || code=$?
    exit $code
fi

# By /etc/passwd ssh and pgxc_ctl find their files, whatever HOME says.
IFS=: read -r _ _ _ _ _ his _ < <(getent passwd "$user") || fail "no user $user here (PGXL_USER)"
[ "$home" -ef "$his" ] || fail "PGXL_HOME is $home, but ssh and pgxc_ctl go by the home directory of $user, which is $his:" \
    "mount the volume there, or build the image with --build-arg POSTGRES_HOME=$home"

there=
for file in "$control/coordExtraPgHba" "$control/datanodeExtraPgHba"; do
    [ ! -e "$file" ] || there=yes
done
if [ -z "$subnet" ] && [ -z "$there" ]; then
    subnet=$(own_network)
    [ -n "$subnet" ] || fail "cannot tell the network from this container's name; give it: init.sh 10.0.1.0/24"
fi
wrong=
[ -z "$subnet" ] || wrong=$(objection "$subnet")
[ -z "$wrong" ] || fail "$subnet $wrong"
for file in "$control/coordExtraPgHba" "$control/datanodeExtraPgHba"; do
    if [ -e "$file" ] && [ -n "$subnet" ] && ! grep -qF " $subnet " "$file"; then
        fail "$file was written for another subnet than $subnet; change it there, and in every node's pg_hba.conf"
    fi
done

# A cluster stays what it was made as.
made=
if [ -e "$passwords" ]; then made=scram
elif [ -e "$trust" ] || grep -qs ' trust$' "$control/coordExtraPgHba"; then made=trust
fi
if [ "$auth" = trust ] && [ "$made" = scram ]; then
    fail "$passwords is there, so this cluster has passwords; --auth trust is for a new one"
elif [ "$auth" = scram ] && [ "$made" = trust ]; then
    fail "this cluster has no passwords; --auth scram is for a new one"
fi
auth=${auth:-${made:-scram}}
[ ! -e "$ssh" ] || [ -w "$ssh" ] || fail "$ssh cannot be written by $user; is this the Control container?"

echo "Control${subnet:+ for $subnet}, authentication $auth:"
# Before there were volumes for each kind of node, every node saw the keys.
if is_divided && [ -e "$ssh/config" ] && [ ! -e "$of_gtm/authorized_keys" ]; then renew=yes; fi
own_files
if [ -n "$another" ] || [ -e "$passwords.new" ]; then new_password; fi
if [ -n "$renew" ] || [ -e "$key.old.pub" ]; then new_keys; else share; fi
mkdir -p "$control"
postgresql_conf coord coordinator
postgresql_conf datanode datanode
pg_hba_conf coord coordinator
pg_hba_conf datanode datanode
pgxc_ctl_conf
if [ "$auth" = trust ]; then
    echo "WARNING: whoever can send from ${subnet:-the subnet} is a superuser of every coordinator and datanode." >&2
fi
