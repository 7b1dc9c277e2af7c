/*
 * What only this node knows: whether a transaction may still commit here. GTM forgets its open transactions when it
 * restarts, or when a session's connection to it breaks, and it forgets an in-doubt one when its coordinator fails.
 *
 * Put into src/include/storage by the mend "hint-bits" of Postgres-XL Docker, whose licence (MIT) it has.
 */
#ifndef RUNS_HERE_H
#define RUNS_HERE_H

#include "access/transam.h"
#include "access/xlog.h"
#include "storage/procarray.h"

/*
 * False if pg_xact cannot be asked about a transaction, or knows how it ended: then it runs no more. True means that
 * the array of running transactions has to be searched, which has the prepared ones too.
 */
static inline bool
TransactionIdMayRunHere(TransactionId xid)
{
	return TransactionIdIsNormal(xid) &&
		!RecoveryInProgress() &&
		!TransactionIdPrecedes(xid, ShmemVariableCache->OLDEST_XID_IN_PG_XACT) &&
		!TransactionIdDidCommit(xid) &&
		!TransactionIdDidAbort(xid);
}

/*
 * Whether it has ended without a commit, so that a hint bit may say so for ever. In this order, for it may commit in
 * between.
 */
static inline bool
TransactionIdHasFailedHere(TransactionId xid)
{
	return !TransactionIdIsInProgress(xid) && !TransactionIdDidCommit(xid);
}

#endif
