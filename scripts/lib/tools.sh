# Tools that the demo and the tests need beside a JDK and Maven. To be sourced.

# command → package of Debian → package of CentOS Stream
tools='
ip        iproute2         iproute
ping      iputils-ping     iputils
ssh       openssh-client   openssh-clients
sshd      openssh-server   openssh-server
rsync     rsync            rsync
nsenter   util-linux       util-linux
setpriv   util-linux       util-linux
ps        procps           procps-ng
perl      perl-base        perl-interpreter,perl-Socket,perl-IO,perl-Fcntl,perl-POSIX
xz        xz-utils         xz
strace    strace           strace
'

# What a Docker engine of one's own needs, an image on a base that nobody had to pull, and the auditor of SSH servers.
# CentOS has no such packages.
engine_tools='
docker       docker.io      -
dockerd      docker.io      -
docker-init  docker.io      -
iptables     iptables       -
debootstrap  debootstrap    -
ssh-audit    ssh-audit      -
'

# What sets the clock of a few processes. CentOS has it in another repository only.
clock_tools='
faketime     faketime         -
'

# What mounts one directory twice, as two machines mount one volume. CentOS has it in another repository only.
fuse_tools='
bindfs       bindfs           -
'

has_tool() {
    command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ]
}

# Looks for a PostgreSQL to stand behind the stand-in, or a real Postgres-XL.
has_server() {
    [ -n "$(ls /usr/lib/postgresql/*/bin/postgres /usr/pgsql-*/bin/postgres /usr/bin/postgres \
        "${PGXL_PREFIX:-/usr/local/lib/postgres}/bin/postgres" 2>/dev/null)" ]
}

# Installs what the tests need and is missing here; else says what is missing and fails.
install_tools() {
    local missing=() packages=()
    find_missing "$tools"
    if ! has_server; then
        missing+=("a PostgreSQL server")
        if on_debian; then packages+=(postgresql); else packages+=(postgresql-server); fi
    fi
    install_missing
}

# The same for a Docker engine.
install_engine() {
    local missing=() packages=()
    find_missing "$engine_tools"
    install_missing
}

# The same for a clock that can be set.
install_clock() {
    local missing=() packages=()
    find_missing "$clock_tools"
    install_missing
}

# The same for a volume that two machines mount.
install_fuse() {
    local missing=() packages=()
    find_missing "$fuse_tools"
    install_missing
}

on_debian() {
    command -v apt-get >/dev/null
}

# Adds to missing and packages what a table has and this machine lacks.
find_missing() {
    local command debian centos column=debian
    on_debian || column=centos
    while read -r command debian centos; do
        [ -n "$command" ] || continue
        has_tool "$command" && continue
        missing+=("$command")
        packages+=(${!column//,/ })
    done <<<"$1"
}

# As root, and with a known package manager.
install_missing() {
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "missing here: ${missing[*]}; installs: ${packages[*]}"
    if [ "$(id -u)" != 0 ]; then
        echo "cannot install them: this is not root" >&2
        return 1
    elif [[ " ${packages[*]} " == *" - "* ]]; then
        echo "cannot install them: this distribution does not have them all" >&2
        return 1
    elif on_debian; then
        install_on_debian "${packages[@]}"
    elif command -v dnf >/dev/null; then
        dnf -y -q install "${packages[@]}" </dev/null
    else
        echo "cannot install them: neither apt-get nor dnf here" >&2
        return 1
    fi
}

# Debian starts what it installs: a cluster and an SSH server on the host. Both are told not to.
install_on_debian() {
    local policy=/usr/sbin/policy-rc.d cluster=/etc/postgresql-common/createcluster.conf made=() code=0
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod 755 $policy
        made+=($policy)
    fi
    if [ ! -e $cluster ]; then
        mkdir -p "${cluster%/*}"
        echo 'create_main_cluster = false' >$cluster
    fi
    apt-get -q update </dev/null >/dev/null &&
        DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends \
            -o Dpkg::Options::=--force-confold install "$@" </dev/null >/dev/null || code=$?
    [ ${#made[@]} -eq 0 ] || rm -f "${made[@]}"
    return $code
}
