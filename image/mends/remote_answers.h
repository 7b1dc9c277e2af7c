/*
 * Included by src/backend/pgxc/pool/execRemote.c, whose static functions it calls; put into src/include/pgxc by the
 * mend "answers" of Postgres-XL Docker, whose licence (MIT) it has.
 */
#ifndef REMOTE_ANSWERS_H
#define REMOTE_ANSWERS_H

/* One node's failure leaves the answers of the others unread, and what they prepared would stay. */
#define SECONDS_FOR_PREPARE		10

static void
HearOutPrepares(PGXCNodeHandle **connections, int count)
{
	int			i;

	for (i = 0; i < count; i++)
	{
		struct timeval patience = {SECONDS_FOR_PREPARE, 0};
		ResponseCombiner combiner;

		if (!connections[i]->ck_resp_rollback || connections[i]->state != DN_CONNECTION_STATE_QUERY)
			continue;
		InitResponseCombiner(&combiner, 1, COMBINE_TYPE_NONE);
		connections[i]->combiner = NULL;
		pgxc_node_receive_responses(1, &connections[i], &patience, &combiner);
		CloseCombiner(&combiner);
	}
}

static void
RequireNoFailure(PGXCNodeHandle **connections, int count)
{
	int			i;

	for (i = 0; i < count; i++)
		if (connections[i]->sock != NO_SOCKET && !connections[i]->read_only
			&& connections[i]->transaction_status == 'E')
			ereport(ERROR,
					(errcode(ERRCODE_IN_FAILED_SQL_TRANSACTION),
					 errmsg("node %s has failed in this transaction, which it would answer with a rollback",
							connections[i]->nodename)));
}

/* COMMIT to a node whose part of the transaction has failed is answered by it with ROLLBACK. */
static void
RequireNoFailedNode(PGXCNodeAllHandles *handles)
{
	RequireNoFailure(handles->datanode_handles, handles->dn_conn_count);
	RequireNoFailure(handles->coord_handles, handles->co_conn_count);
}

#endif
