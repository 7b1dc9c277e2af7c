/*
 * A standby of GTM that does not answer is given up, so that nobody waits for it but once.
 *
 * Put into src/gtm/main by the mend "gtm-standby" of Postgres-XL Docker, whose licence (MIT) it has.
 */
#include "gtm/gtm_c.h"

#include "gtm/elog.h"
#include "gtm/gtm.h"
#include "gtm/gtm_client.h"
#include "gtm/gtm_lock.h"
#include "gtm/gtm_standby.h"
#include "gtm/libpq-int.h"
#include "gtm/register.h"
#include "gtm/standby_utils.h"
#include "gtm/lost_standby.h"

/* From now on no thread connects to it, and each drops its connection before its next command. */
static void
give_up(const char *why)
{
	GTM_PGXCNodeInfo *node = find_standby_node_info();

	GTMThreads->gt_standby_ready = false;
	if (node == NULL)
		return;
	GTM_RWLockAcquire(&node->node_lock, GTM_LOCKMODE_WRITE);
	node->status = NODE_DISCONNECTED;
	GTM_RWLockRelease(&node->node_lock);
	elog(WARNING, "GTM standby \"%s\" %s: going on without it; it lacks what has happened since, must not be promoted, "
		 "and comes back by a restart", node->nodename, why);
}

GTM_Conn *
StandbyIfConnected(GTM_Conn *standby)
{
	if (standby != NULL && GTMPQstatus(standby) == CONNECTION_OK)
		return standby;
	if (standby != NULL)
		GTMPQfinish(standby);
	give_up("cannot be connected to");
	return NULL;
}

/* After a command whose messages the standby should have taken by now. */
void
GiveUpSilentStandby(void)
{
	GTM_ConnectionInfo *mine = GetMyThreadInfo->thr_conn;
	GTM_Conn   *standby = mine->standby;

	if (standby == NULL || Recovery_IsStandby())
		return;
	if (GTMPQstatus(standby) == CONNECTION_OK
		&& !(standby->result && standby->result->gr_status == GTM_RESULT_COMM_ERROR)
		&& gtmpqFlush(standby) == 0)
		return;
	give_up("does not answer");
	/* Without a good-bye, which it would not take either. */
	standby->status = CONNECTION_BAD;
	gtm_standby_disconnect_from_standby(standby);
	mine->standby = NULL;
}

/* While a standby copies the state of GTM, all others wait for it. */
void
LimitWaitsFor(Port *port, int seconds)
{
	struct timeval limit = {seconds, 0};

	setsockopt(port->sock, SOL_SOCKET, SO_RCVTIMEO, (char *) &limit, sizeof(limit));
}
