use strict;
use warnings;
use Mend;

my $procarray = 'src/backend/storage/ipc/procarray.c';
my $visibility = 'src/backend/utils/time/tqual.c';
my $extended = has($procarray, 'TransactionIdIsInProgressExtended(');

put_file('runs_here.h', 'src/include/storage/runs_here.h');
# PostgreSQL 10 says what pg_xact still has; 9.5 knows only what no table needs any more.
replace('src/include/storage/runs_here.h', 'OLDEST_XID_IN_PG_XACT',
    has('src/include/access/transam.h', 'oldestClogXid;') ? 'oldestClogXid' : 'oldestXid');
# The node's own word, not GTM's.
replace('src/include/storage/runs_here.h', '!TransactionIdIsInProgress(xid)',
    '!TransactionIdIsInProgressExtended(xid, false)') if $extended;

my @there = (within => $extended ? 'TransactionIdIsInProgressExtended' : 'TransactionIdIsInProgress');
insert_after($procarray, '#include "storage/procarray.h"', "\n#include \"storage/runs_here.h\"");
replace($procarray, '(TransactionIdPrecedes(xid, RecentXmin))',
    '(TransactionIdPrecedes(xid, RecentXmin) && !TransactionIdMayRunHere(xid))', @there);
# What GTM has ended may be above what this node has seen end: it is no proof for those.
replace($procarray, '(TransactionIdPrecedes(ShmemVariableCache->latestCompletedXid, xid))',
    '(TransactionIdPrecedes(ShmemVariableCache->latestCompletedXid, xid) && !TransactionIdPrecedes(xid, RecentXmin))',
    @there);

insert_after($visibility, '#include "storage/procarray.h"', "\n#include \"storage/runs_here.h\"");
for my $end (['HEAP_XMIN_INVALID', 'HeapTupleHeaderGetRawXmin'], ['HEAP_XMAX_INVALID', 'HeapTupleHeaderGetRawXmax']) {
    my ($hint, $xid) = @$end;
    replace($visibility, "/* it must have aborted or crashed */ SetHintBits(tuple, buffer, $hint,",
        "if (TransactionIdHasFailedHere($xid(tuple)))\n\t\t\t\tSetHintBits(tuple, buffer, $hint,",
        within => 'HeapTupleSatisfiesMVCC');
}
1;
