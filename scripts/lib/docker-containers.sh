# Sourced by scripts/cluster: the containers, networks and volumes of a cluster; nothing here knows Postgres-XL.
# shellcheck shell=bash disable=SC2154  # name, mode, image, … are scripts/cluster's

label=com.tiredpixel.pgxl

mode_in_use() {
    if [ -n "$(docker service ls -q --filter "label=$label.cluster=$name" 2>/dev/null)" ]; then echo swarm
    else echo plain
    fi
}

# Every node that has a volume here, running or not.
known_nodes() {
    docker volume ls --filter "label=$label.cluster=$name" --format "{{.Label \"$label.node\"}}" | sed '/^$/d' | sort -V
}

# The container of a node on this machine.
container() {
    local id
    id=$(docker ps -q --latest --filter "label=$label.cluster=$name" --filter "label=$label.node=$1" \
        --filter status=running)
    [ -n "$id" ] || fail "no container of $1 runs here"
    echo "$id"
}

container_state() {
    local state
    if [ "$mode" = swarm ]; then
        state=$(docker service ps --filter desired-state=running --format '{{.CurrentState}} on {{.Node}}' "$name-$1")
    else
        state=$(docker ps -a --filter "label=$label.cluster=$name" --filter "label=$label.node=$1" --format '{{.Status}}')
    fi
    echo "${state:-no container}"
}

image_in_use() {
    docker inspect --format '{{.Image}}' "$(container control)"
}

in_control() {
    docker exec -u postgres "$(container control)" "$@"
}

subnet() {
    docker network inspect --format '{{(index .IPAM.Config 0).Subnet}}' "$name"
}

make_network() {
    local internal=--internal
    if docker network inspect "$name" >/dev/null 2>&1; then
        [ -z "$publish" ] || ! is_internal || fail "the network of cluster $name has no way in: --publish is for a new one"
        return
    fi
    # Docker publishes no port of a container that has nothing but an internal network.
    [ -z "$publish" ] || internal=
    if [ "$mode" = swarm ]; then
        docker network create --driver overlay --attachable $internal ${encrypted:+--opt encrypted} \
            --label "$label.cluster=$name" "$name" >/dev/null
    elif [ "$mode" = plain ]; then
        docker network create $internal --label "$label.cluster=$name" "$name" >/dev/null
    fi
}

is_internal() {
    [ "$(docker network inspect --format '{{.Internal}}' "$name")" = true ]
}

# What a node has as its .ssh: Control its own, the others what init.sh hands to their kind through these volumes.
ssh_volume() {
    case $1 in
        control) echo "$name-ssh" ;;
        gtm-* | proxy-*) echo "$name-ssh-gtm" ;;
        *) echo "$name-ssh-databases" ;;
    esac
}

# The options for all volumes of a node.
mounts() {
    echo --mount "type=volume,src=$name-$1,dst=/var/lib/postgres"
    if [ "$1" = control ]; then
        echo --mount "type=volume,src=$name-ssh,dst=/var/lib/postgres/.ssh" \
            --mount "type=volume,src=$name-ssh-databases,dst=/var/lib/pgxl/ssh-databases" \
            --mount "type=volume,src=$name-ssh-gtm,dst=/var/lib/pgxl/ssh-gtm"
    else
        echo --mount "type=volume,src=$(ssh_volume "$1"),dst=/var/lib/postgres/.ssh,readonly"
    fi
}

make_volumes() {
    local volume
    for volume in "$name-ssh" "$name-ssh-databases" "$name-ssh-gtm"; do
        docker volume inspect "$volume" >/dev/null 2>&1 ||
            docker volume create --label "$label.cluster=$name" "$volume" >/dev/null
    done
    docker volume inspect "$name-$1" >/dev/null 2>&1 ||
        docker volume create --label "$label.cluster=$name" --label "$label.node=$1" "$name-$1" >/dev/null
}

# The root file system cannot be written, and of root's powers there are those that the agent needs before it
# gives up being root: to own the volume, and to become another user.
hardening=(--read-only --cap-drop ALL --cap-add CHOWN --cap-add SETUID --cap-add SETGID --cap-add NET_BIND_SERVICE)

# What a container prints is kept up to 50 MB, where the engine keeps it in files.
log_limits() {
    case $(docker info --format '{{.LoggingDriver}}') in
        json-file | local) echo --log-opt max-size=10m --log-opt max-file=5 ;;
    esac
}

# shellcheck disable=SC2046  # words
make_node() {
    local node=$1 published=()
    [ "$node" != coord-1 ] || [ -z "$publish" ] || published=(--publish "$publish:5432")
    make_volumes "$node"
    if [ "$mode" = swarm ]; then
        if docker service inspect "$name-$node" >/dev/null 2>&1; then return; fi
        local place=$constraint
        # The volumes are here; and Control is where `docker exec` can reach it.
        if [ -z "$place" ] || [ "$node" = control ]; then place="node.id==$(docker info --format '{{.Swarm.NodeID}}')"; fi
        [ ${#published[@]} -eq 0 ] || published=(--publish "published=${publish##*:},target=5432,mode=host")
        # dnsrr: one task, whose own address its name shall be; no virtual one, which needs IPVS. stop-first:
        # never two on one volume.
        docker service create --detach --quiet --name "$name-$node" --hostname "$node" \
            --network "name=$name,alias=$node" --endpoint-mode dnsrr --replicas 1 --constraint "$place" \
            --label "$label.cluster=$name" --container-label "$label.cluster=$name" --container-label "$label.node=$node" \
            $(mounts "$node") --mount type=tmpfs,dst=/tmp --mount type=tmpfs,dst=/run --mount type=tmpfs,dst=/dev/shm \
            --env PGXL_STOP_TIMEOUT=28s --stop-grace-period 30s --update-order stop-first --restart-delay 1s \
            --limit-memory "$memory" --limit-pids 2000 $(log_limits) \
            "${hardening[@]}" "${published[@]}" "$image" >/dev/null
        return
    fi
    local id
    id=$(docker ps -aq --filter "label=$label.cluster=$name" --filter "label=$label.node=$node")
    if [ -n "$id" ]; then
        docker start "$id" >/dev/null
        return
    fi
    docker run --detach --name "$name-$node" --hostname "$node" --network "$name" --network-alias "$node" \
        --label "$label.cluster=$name" --label "$label.node=$node" \
        $(mounts "$node") --tmpfs /tmp --tmpfs /run --shm-size 256m \
        --env PGXL_STOP_TIMEOUT=28s --stop-timeout 30 --restart unless-stopped \
        --memory "$memory" --pids-limit 2000 $(log_limits) --security-opt no-new-privileges \
        "${hardening[@]}" "${published[@]}" "$image" >/dev/null
}

# Whether a container is of the time when all of them saw the .ssh of Control.
is_of_before() {
    local volumes
    if [ "$mode" = swarm ]; then
        volumes=$(docker service inspect --format '{{range .Spec.TaskTemplate.ContainerSpec.Mounts}}{{.Source}} {{end}}' \
            "$name-$1" 2>/dev/null) || return 1
    else
        volumes=$(docker ps -aq --filter "label=$label.cluster=$name" --filter "label=$label.node=$1" |
            xargs -r docker inspect --format '{{range .Mounts}}{{.Name}} {{end}}')
    fi
    [ -n "$volumes" ] && [[ " $volumes " != *" $name-ssh-gtm "* && " $volumes " != *" $name-ssh-databases "* ]]
}

published_port() {
    if [ "$mode" = swarm ]; then
        docker service inspect --format '{{range .Endpoint.Ports}}{{.PublishedPort}}{{end}}' "$name-coord-1"
    else
        docker inspect --format '{{range (index .HostConfig.PortBindings "5432/tcp")}}{{or .HostIp "0.0.0.0"}}:{{.HostPort}}{{end}}' \
            "$(docker ps -aq --filter "label=$label.cluster=$name" --filter "label=$label.node=coord-1")"
    fi
}

# Its volumes stay, and with them all that it is.
remove_container() {
    docker ps -aq --filter "label=$label.cluster=$name" --filter "label=$label.node=$1" | xargs -r docker rm -f >/dev/null
}

compose_up() {
    local compose=(docker compose)
    docker compose version >/dev/null 2>&1 || compose=(docker-compose)
    local internal=true
    if docker network inspect "$name" >/dev/null 2>&1; then is_internal || internal=false
    elif [ -n "$publish" ]; then internal=false
    fi
    PGXL_IMAGE=$image PGXL_CLUSTER=$name PGXL_MEMORY=$memory PGXL_INTERNAL=$internal \
        PGXL_PUBLISH=${publish##*:} PGXL_PUBLISH_ADDRESS=${publish%:*} \
        "${compose[@]}" -p "$name" -f "$here/../image/compose.yaml" up -d
}

is_healthy() {
    if [ "$mode" = swarm ]; then
        # Swarm calls a task running when its health check has passed.
        docker service ps --filter desired-state=running --format '{{.CurrentState}}' "$name-$1" | grep -q ^Running
    else
        [ "$(docker inspect --format '{{.State.Health.Status}}' "$(container "$1")")" = healthy ]
    fi
}

await_healthy() {
    local began=$SECONDS
    if ! until_true 120 is_healthy "$1"; then
        docker inspect --format '{{json .State.Health}}' "$(container "$1")" >&2 || true
        fail "$1 is not healthy after $((SECONDS - began)) s: $(container_state "$1"); see: cluster logs $1"
    fi
    printf '   %-10s healthy after %d s\n' "$1" $((SECONDS - began))
}

show_logs() {
    local node=${1:-control}
    [ $# -eq 0 ] || shift
    if [ "$mode" = swarm ]; then docker service logs "$@" "$name-$node"
    else docker logs "$@" "$(docker ps -aq --filter "label=$label.cluster=$name" --filter "label=$label.node=$node")"
    fi
}

no_container() {
    [ -z "$(docker ps -q --filter "label=$label.cluster=$name" --filter "label=$label.node=$1")" ]
}

stop_node() {
    local ids
    if [ "$mode" = swarm ]; then
        docker service rm "$name-$1" >/dev/null 2>&1 || true
    else
        ids=$(docker ps -q --filter "label=$label.cluster=$name" --filter "label=$label.node=$1")
        # shellcheck disable=SC2086  # words
        [ -z "$ids" ] || docker stop $ids >/dev/null
    fi
    until_true 60 no_container "$1" || fail "$1 still runs"
}

remove_all() {
    local ids
    ids=$(docker ps -aq --filter "label=$label.cluster=$name")
    # shellcheck disable=SC2086  # words
    [ -z "$ids" ] || docker rm -f $ids >/dev/null 2>&1 || true
    docker network rm "$name" >/dev/null 2>&1 || true
    ids=$(docker volume ls -q --filter "label=$label.cluster=$name")
    # Swarm removes a task's container a moment after its service is gone.
    # shellcheck disable=SC2086  # words
    [ -z "$ids" ] || until_true 60 docker volume rm -f $ids || fail "some volumes are in use: $ids"
    ! docker network inspect "$name" >/dev/null 2>&1 || until_true 30 docker network rm "$name" ||
        fail "network $name is in use"
}
