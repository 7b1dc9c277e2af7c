use strict;
use warnings;
use Mend;

# 9.5 has no snapshot ids.
my $main = 'src/gtm/main/main.c';
if (has($main, 'gt_snapid')) {
    replace($main, '#define GTM_CONTROL_FILE_TMP',
        "/* Snapshot ids may fall back no more than this at a start; there is room for 16 million starts. */\n"
            . "#define SNAPSHOT_IDS_OF_A_START\t(UINT64CONST(1) << 40)\n\n#define GTM_CONTROL_FILE_TMP");
    replace($main, 'gt_snapid = saved_snapid;', 'gt_snapid = saved_snapid + SNAPSHOT_IDS_OF_A_START;');
    insert_before($main, 'GTM_SetNeedBackup(); GTM_WriteRestorePoint();',
        "GTMTransactions.gt_snapid += SNAPSHOT_IDS_OF_A_START;\n\t", within => 'PromoteToActive');
}
1;
