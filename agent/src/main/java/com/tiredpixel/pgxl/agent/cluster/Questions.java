package com.tiredpixel.pgxl.agent.cluster;

import com.tiredpixel.pgxl.agent.cluster.configuration.Member;

/** What servers are asked. Each line of an answer begins with the word that the question begins with. */
final class Questions {
    /** The gid of what a commit on several nodes prepares begins with _$XC$. */
    static final String STATUS = """
            select 'facts', pg_is_in_recovery(), current_setting('server_version'),
                (select max(age(datfrozenxid)) from pg_database), prepared.*
                from (select count(case when left(gid, 5) <> '_$XC$' then 1 end),
                    coalesce(max(case when left(gid, 5) <> '_$XC$' then age end), 0),
                    count(case when left(gid, 5) = '_$XC$' then 1 end),
                    coalesce(max(case when left(gid, 5) = '_$XC$' then age end), 0)
                    from (select gid, extract(epoch from clock_timestamp() - prepared)::bigint as age
                        from pg_prepared_xacts) each) prepared;
            select 'standby', row_to_json(r) from pg_stat_replication r;
            """;

    static final String VERIFY = STATUS + """
            \\set before `date +%s.%N`
            select 'clock', extract(epoch from clock_timestamp());
            \\set after `date +%s.%N`
            \\echo control :before :after
            select 'node', row_to_json(n) from pgxc_node n;
            select 'setting', row_to_json(s) from (select name, setting from pg_settings where name in (
                'max_prepared_transactions', 'max_connections', 'gtm_comm_timeout', 'gtm_host', 'gtm_port', 'wal_level',
                'max_wal_senders', 'tcp_keepalives_idle', 'tcp_keepalives_interval', 'tcp_keepalives_count',
                'synchronous_standby_names')) s;
            select 'database', row_to_json(d) from (select datname from pg_database
                where datallowconn and not datistemplate order by datname) d;
            """;

    /** Of a coordinator, in each database; without an end if it failed. */
    static final String TABLES = """
            \\set ON_ERROR_STOP on
            select 'table', row_to_json(t) from (select n.nspname as schema, c.relname as name,
                array(select d.node_name from pgxc_node d where d.node_type = 'D' and not d.oid = any (p.nodeoids)
                    order by 1) as missing
                from pgxc_class p join pg_class c on c.oid = p.pcrelid join pg_namespace n on n.oid = c.relnamespace
                where c.relpersistence <> 't') t where array_length(missing, 1) > 0 order by schema, name limit 100;
            select 'end';
            """;

    // Where it is in the image; not every session's PATH has it.
    private static final String PGXL = "PATH=$PATH:/usr/local/lib/pgxl-agent/bin; pgxl status --json";
    private static final String NEXT = "; echo '" + Answers.SECTION + "'; ";
    private static final String IDENTITY =
            "echo \"$(readlink /proc/self/ns/pid) $(cat /proc/sys/kernel/random/boot_id)\"";

    private Questions() {
    }

    static String status(Member member) {
        String directory = quoted(member.directory());
        return PGXL + NEXT + "df -Pk " + directory + NEXT + (member.role() == Member.Kind.GTM_PROXY
                ? "grep -E '^gtm_(host|port)' " + directory + "/gtm_proxy.conf" : ":");
    }

    /** Of the environment, which may hold secrets, one variable leaves the host. */
    static String verify(Member member) {
        return status(member) + NEXT + IDENTITY + NEXT
                + "IFS= read -r pid <" + quoted(member.directory() + "/postmaster.pid")
                + " && all=$(tr '\\0' '\\n' </proc/$pid/environ) && echo environment"
                + " && printf '%s\\n' \"$all\" | grep '^PGCONNECT_TIMEOUT='";
    }

    /** Of a host that has no server in pgxc_ctl.conf. */
    static String host() {
        return PGXL + NEXT + ":" + NEXT + ":" + NEXT + IDENTITY;
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
