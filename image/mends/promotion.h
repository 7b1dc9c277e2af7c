/*
 * Included by src/gtm/main/gtm_seq.c, whose static data it uses; put into src/include/gtm by the mend "promotion" of
 * Postgres-XL Docker, whose licence (MIT) it has.
 *
 * GTM sends each id and each value of a sequence to its standby before it tells a client, and does not wait until the
 * standby has it. What was on its way when GTM's host went is in use at nodes, and the standby has never heard of it.
 */
#ifndef PROMOTION_H
#define PROMOTION_H

#include "gtm/gtm_txn.h"

/* Values of each sequence to skip, but never more than a thousandth of those that are left. */
#define VALUES_ON_THEIR_WAY	1000
#define LEAST_PART_LEFT		1000

static void
skip_values(GTM_SeqInfo *sequence)
{
	bool		up = SEQ_IS_ASCENDING(sequence);
	uint64		step = up ? (uint64) sequence->gs_increment_by : -(uint64) sequence->gs_increment_by;
	uint64		room = up ? (uint64) sequence->gs_max_value - (uint64) sequence->gs_value
		: (uint64) sequence->gs_value - (uint64) sequence->gs_min_value;
	uint64		values = step == 0 ? 0 : room / step / LEAST_PART_LEFT;

	if (values > VALUES_ON_THEIR_WAY)
		values = VALUES_ON_THEIR_WAY;
	/* One that cycles tells values twice by its nature. */
	if (SEQ_IS_CYCLE(sequence) || values == 0)
		return;
	sequence->gs_value += (GTM_Sequence) values * sequence->gs_increment_by;
	/* The call on its way may have been the first, which tells the value itself and not the next one. */
	sequence->gs_called = true;
}

static void
skip_values_of_all(void)
{
	int			hash;
	gtm_ListCell *elem;

	for (hash = 0; hash < SEQ_HASH_TABLE_SIZE; hash++)
	{
		GTM_SeqInfoHashBucket *bucket = &GTMSequences[hash];

		GTM_RWLockAcquire(&bucket->shb_lock, GTM_LOCKMODE_READ);
		gtm_foreach(elem, bucket->shb_list)
		{
			GTM_SeqInfo *sequence = (GTM_SeqInfo *) gtm_lfirst(elem);

			if (sequence == NULL || sequence->gs_state == SEQ_STATE_DELETED)
				continue;
			GTM_RWLockAcquire(&sequence->gs_lock, GTM_LOCKMODE_WRITE);
			skip_values(sequence);
			GTM_RWLockRelease(&sequence->gs_lock);
		}
		GTM_RWLockRelease(&bucket->shb_lock);
	}
}

/* As many ids as GTM skips at each start. */
static void
skip_ids(void)
{
	GTM_RWLockAcquire(&GTMTransactions.gt_XidGenLock, GTM_LOCKMODE_WRITE);
	GTMTransactions.gt_nextXid += CONTROL_INTERVAL;
	if (!GlobalTransactionIdIsNormal(GTMTransactions.gt_nextXid))
		GTMTransactions.gt_nextXid = FirstNormalGlobalTransactionId;
	GTM_RWLockRelease(&GTMTransactions.gt_XidGenLock);
}

void
SkipWhatMayHaveBeenToldAlready(void)
{
	skip_ids();
	skip_values_of_all();
}

#endif
