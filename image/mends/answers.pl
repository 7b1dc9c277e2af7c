use strict;
use warnings;
use Mend;

my $remote = 'src/backend/pgxc/pool/execRemote.c';

put_file('remote_answers.h', 'src/include/pgxc/remote_answers.h');
insert_before($remote, '/* * Count how many coordinators and datanodes are involved',
    "#include \"pgxc/remote_answers.h\"\n\n");

# No message of a node is no success.
my @prepare = (within => 'pgxc_node_remote_prepare');
replace($remote, 'else elog(ERROR, "failed to PREPARE', 'elog(ERROR, "failed to PREPARE', @prepare);
insert_before($remote, 'auxXid = GetAuxilliaryTransactionId();', "HearOutPrepares(connections, conn_count);\n\n\t",
    @prepare);

insert_before($remote, 'SetSendCommandId(false);', "RequireNoFailedNode(handles);\n\n\t",
    within => 'pgxc_node_remote_commit');
1;
