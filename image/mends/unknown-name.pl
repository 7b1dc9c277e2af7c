use strict;
use warnings;
use Mend;

# Every function that is called with these does nothing with ids that are not valid.
replace('src/backend/pgxc/pool/execRemote.c', 'gxid, prepare_gxid;',
    "gxid = InvalidGlobalTransactionId,\n\t\t\t\t\t\t\tprepare_gxid = InvalidGlobalTransactionId;",
    within => 'FinishRemotePreparedTransaction');
1;
