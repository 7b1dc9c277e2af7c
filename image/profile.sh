# For people's shells. Debian's /etc/profile sets PATH anew for login shells, and forgets the image's own.
case :$PATH: in
    *:/usr/local/lib/postgres/bin:*) ;;
    *) PATH=/usr/local/lib/postgres/bin:$PATH ;;
esac
# Root's, which become the user of the servers.
case $(id -u):$PATH: in
    0:/usr/local/lib/pgxl/bin:*) ;;
    0:*) PATH=/usr/local/lib/pgxl/bin:$PATH ;;
esac
if [ -n "${BASH_VERSION-}" ]; then
    . /usr/local/lib/pgxl-agent/share/bash-completion/completions/pgxl
fi
