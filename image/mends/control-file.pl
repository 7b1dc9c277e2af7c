use strict;
use warnings;
use Mend;

my $main = 'src/gtm/main/main.c';
my $backup = 'src/gtm/main/gtm_backup.c';

put_file('control_file.c', 'src/gtm/main/control_file.c');
put_file('control_file.h', 'src/include/gtm/control_file.h');
replace('src/gtm/main/Makefile', 'gtm_backup.o', 'gtm_backup.o control_file.o');

drop_function($main, 'SaveControlInfo');
drop_function($backup, 'GTM_WriteRestorePoint');
drop_function($backup, 'GTM_WriteBarrierBackup');

# What the nodes have reported, instead of an xid that does not exist yet.
replace($main, '"global_xmin: %u\n", GTMTransactions.gt_backedUpXid',
    '"global_xmin: %u\n", GTMTransactions.gt_recent_global_xmin');

my $sequences = 'src/gtm/main/gtm_seq.c';
put_file('sequence_file.h', 'src/include/gtm/sequence_file.h');
insert_after($sequences, '#include "gtm/gtm_seq.h"', "\n#include \"gtm/control_file.h\"");
insert_before($sequences, 'static GTM_SeqInfoHashBucket GTMSequences', 'static void SaveNextValue(GTM_SequenceKey key);' . "\n");
replace($sequences, 'SaveControlInfo();', 'SaveNextValue(&seqkey);', within => 'ProcessSequenceGetNextCommand');
insert_before($sequences, 'static void GTM_SaveSeqInfo2(', "#include \"gtm/sequence_file.h\"\n\n");
replace($sequences, 'isBackup ? seqinfo->gs_backedUpValue : seqinfo->gs_value', 'ValueForFile(seqinfo, !isBackup)');
drop_function($sequences, 'GTM_UpdateRestorePointSeq');
drop_function($sequences, 'advance_gs_value');
replace($sequences, 'GTM_UpdateRestorePointSeq();', '', within => 'GTM_WriteRestorePointSeq');
replace_each($sequences, 'SaveControlInfo();', 'SaveControlInfoOrFail();');

my $transactions = 'src/gtm/main/gtm_txn.c';
insert_after($transactions, '#include "gtm/gtm_backup.h"', "\n#include \"gtm/control_file.h\"");
insert_before($transactions, 'GTM_RWLockAcquire(&GTMTransactions.gt_XidGenLock, GTM_LOCKMODE_WRITE);',
    "RequireXidsInControlFile(txn_count);\n\n\t", within => 'GTM_GetGlobalTransactionIdMulti');
1;
