package com.tiredpixel.pgxl.it.faults;

import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Operator;
import com.tiredpixel.pgxl.it.Places;

/** A datanode slave beside its master, as {@code pgxc_ctl add datanode slave} makes one. */
final class Standby {
    private Standby() {
    }

    static void make(Operator operator, Node standby) {
        operator.captured("rm -rf " + standby.path() + "; pg_basebackup -h 127.0.0.1 -p " + Cluster.DATANODE.port()
                + " -D " + standby.path() + " -X stream; rm -f " + standby.path() + "/postmaster.opts").orFail();
        operator.append(standby.path() + "/postgresql.conf", "port = " + standby.port() + "\npooler_port = "
                + standby.poolerPort() + "\nhot_standby = on\n");
        String primary = "primary_conninfo = 'host=127.0.0.1 port=" + Cluster.DATANODE.port() + " user=postgres'\n";
        if (Places.realPostgresXl()) {
            operator.append(standby.path() + "/recovery.conf", "standby_mode = on\n" + primary);
        } else {
            operator.append(standby.path() + "/postgresql.conf", primary);
            operator.ssh().run("touch " + standby.path() + "/standby.signal").orFail();
        }
    }
}
