use strict;
use warnings;
use Mend;

my $main = 'src/gtm/main/main.c';
my $standby = 'src/gtm/main/gtm_standby.c';
my $client = 'src/gtm/client/gtm_client.c';
my $register = 'src/gtm/recovery/register_gtm.c';

put_file('lost_standby.c', 'src/gtm/main/lost_standby.c');
put_file('lost_standby.h', 'src/include/gtm/lost_standby.h');
replace('src/gtm/main/Makefile', 'gtm_thread.o', 'gtm_thread.o lost_standby.o');
insert_after($_, '#include "gtm/gtm.h"', "\n#include \"gtm/lost_standby.h\"") for $main, $standby, $register;

# A connection that failed is not NULL.
my @connect = (within => 'gtm_standby_connect_to_standby_int');
# 9.5 knows no comm_timeout, and with an option that it does not know it connects to no standby at all.
if (has('src/gtm/client/fe-connect.c', '"comm_timeout"')) {
    replace($standby, 'remote_type=4"', 'remote_type=4 connect_timeout=%d comm_timeout=%d"', @connect);
    replace($standby, 'n->ipaddress, n->port, NodeName);',
        'n->ipaddress, n->port, NodeName, SECONDS_FOR_STANDBY, SECONDS_FOR_STANDBY);', @connect);
} else {
    replace($standby, 'remote_type=4"', 'remote_type=4 connect_timeout=%d"', @connect);
    replace($standby, 'n->ipaddress, n->port, NodeName);', 'n->ipaddress, n->port, NodeName, SECONDS_FOR_STANDBY);', @connect);
}
replace($standby, 'PQconnectGTM(conn_string)', 'StandbyIfConnected(PQconnectGTM(conn_string))', @connect);

# connect and send wait in the kernel, which connect_timeout alone does not limit.
insert_before('src/gtm/client/fe-connect.c', "if (!IS_AF_UNIX(addr_cur->ai_family))",
    "if (conn->connect_timeout && atoi(conn->connect_timeout) > 0)\n\t\t\t\t\t{\n"
        . "\t\t\t\t\t\tstruct timeval limit = {atoi(conn->connect_timeout), 0};\n\n"
        . "\t\t\t\t\t\tsetsockopt(conn->sock, SOL_SOCKET, SO_SNDTIMEO, (char *) &limit, sizeof(limit));\n"
        . "\t\t\t\t\t}\n\t\t\t\t\t",
    within => 'GTMPQconnectPoll');

replace($client, 'time(NULL) + CLIENT_GTM_TIMEOUT', 'time(NULL) + 3', within => 'gtm_sync_standby');
# Who reconnected in vain has none.
insert_before($client, "if (gtmpqPutMsgStart('C', true, conn))", "if (conn == NULL)\n\t\treturn -1;\n\n\t",
    within => 'gtm_sync_standby');

# A command of a proxy is flushed by the proxy's own message.
insert_before($main, 'if (GTM_NeedBackup())',
    "if (myport->remote_type != GTM_NODE_GTM_PROXY)\n\t\tGiveUpSilentStandby();\n\t", within => 'ProcessCommand');
insert_after($main, 'gtmpqFlush(thrinfo->thr_conn->standby); }', "\n\t\t\t\tGiveUpSilentStandby();",
    within => 'GTM_ThreadMain');

insert_after($register, 'thr_status = GTM_THREAD_BACKUP;',
    "\n\tLimitWaitsFor(myport, SECONDS_FOR_STANDBY_TO_COPY);", within => 'ProcessGTMBeginBackup');
insert_after($register, 'thr_status = GTM_THREAD_RUNNING;', "\n\tLimitWaitsFor(myport, 0);",
    within => 'ProcessGTMEndBackup');
1;
