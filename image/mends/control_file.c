/*
 * gtm.control, always whole: written beside, synced, and renamed over the old one.
 *
 * Put into src/gtm/main by the mend "control-file" of Postgres-XL Docker, whose licence (MIT) it has.
 */
#include "gtm/gtm_c.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gtm/elog.h"
#include "gtm/gtm.h"
#include "gtm/gtm_backup.h"
#include "gtm/gtm_lock.h"
#include "gtm/gtm_seq.h"
#include "gtm/gtm_txn.h"
#include "gtm/standby_utils.h"
#include "gtm/control_file.h"

/* GTM begins CONTROL_INTERVAL above the xid in its file. Closer than this to that xid it must have written. */
#define XIDS_IN_RESERVE		10000

/* A file system that is full fails each write: not a line in the log for each. */
#define SECONDS_BETWEEN_COMPLAINTS	10

#define CONTROL_FILE_PATH	1024

extern GTM_RWLock gtm_bkup_lock;
extern bool gtm_need_bkup;
extern GTM_MutexLock control_lock;
extern char GTMControlFile[];
extern char GTMControlFileTmp[];
extern char *GTMDataDir;

/* Changed under control_lock only. */
static volatile GlobalTransactionId xid_in_file = InvalidGlobalTransactionId;
static bool last_was_written = false;
static time_t last_complaint = 0;

static bool
fail(const char *what, const char *name)
{
	int			error = errno;
	time_t		now = time(NULL);

	if (now - last_complaint >= SECONDS_BETWEEN_COMPLAINTS)
	{
		last_complaint = now;
		elog(LOG, "%s \"%s\": %s", what, name, strerror(error));
	}
	return false;
}

/* The name in its directory has to outlive a power cut, too. */
static bool
sync_directory(void)
{
	int			fd = open(GTMDataDir, O_RDONLY);
	bool		synced = fd >= 0 && fsync(fd) == 0;

	if (!synced)
		fail("could not sync directory", GTMDataDir);
	if (fd >= 0)
		close(fd);
	return synced;
}

/* Writes a whole file or leaves the old one as it is. */
static bool
write_whole(const char *beside, const char *name, bool exactly, GlobalTransactionId *written)
{
	GlobalTransactionId next = GTMTransactions.gt_nextXid;
	FILE	   *f = fopen(beside, "w");
	bool		whole;

	if (f == NULL)
		return fail("could not open", beside);
	GTM_WriteRestorePointVersion(f);
	if (exactly)
	{
		GTM_SaveTxnInfo(f);
		GTM_SaveSeqInfo(f);
	}
	else
	{
		GTM_WriteRestorePointXid(f);
		GTM_WriteRestorePointSeq(f);
	}
	whole = fflush(f) == 0 && !ferror(f) && fsync(fileno(f)) == 0;
	if (!whole)
		fail("could not write", beside);
	if (fclose(f) != 0 && whole)
		whole = fail("could not close", beside);
	if (whole && rename(beside, name) != 0)
		whole = fail("could not rename to", name);
	if (!whole)
	{
		unlink(beside);
		return false;
	}
	*written = next;
	return sync_directory();
}

/* Nothing is written if the file says already what the caller wants in it, which is asked under its lock. */
static bool
write_control_file(bool exactly, bool (*is_there) (void *), void *argument)
{
	GlobalTransactionId written = InvalidGlobalTransactionId;
	bool		done;

	GTM_MutexLockAcquire(&control_lock);
	done = is_there != NULL && last_was_written && is_there(argument);
	if (!done)
	{
		done = write_whole(GTMControlFileTmp, GTMControlFile, exactly, &written);
		last_was_written = done;
		if (GlobalTransactionIdIsValid(written))
			xid_in_file = written;
	}
	GTM_MutexLockRelease(&control_lock);
	return done;
}

void
SaveControlInfo(void)
{
	if (!write_control_file(true, NULL, NULL))
		GTM_SetNeedBackup();
}

/* For a change of a sequence, which must not be told before it is in the file. */
void
SaveControlInfoOrFail(void)
{
	if (!write_control_file(true, NULL, NULL))
	{
		GTM_SetNeedBackup();
		ereport(ERROR,
				(EIO,
				 errmsg("gtm.control could not be written: the change of a sequence may be lost")));
	}
}

bool
WriteControlFileUnless(bool (*is_there) (void *), void *argument)
{
	if (write_control_file(false, is_there, argument))
		return true;
	GTM_SetNeedBackup();
	return false;
}

void
GTM_WriteRestorePoint(void)
{
	bool		needed;

	GTM_RWLockAcquire(&gtm_bkup_lock, GTM_LOCKMODE_WRITE);
	needed = gtm_need_bkup;
	gtm_need_bkup = FALSE;
	GTM_RWLockRelease(&gtm_bkup_lock);
	if (needed && !write_control_file(false, NULL, NULL))
		GTM_SetNeedBackup();
}

/* A barrier's copy; its name is the barrier's. */
void
GTM_WriteBarrierBackup(char *barrier_id)
{
	char		name[CONTROL_FILE_PATH];
	char		beside[CONTROL_FILE_PATH];
	GlobalTransactionId written;
	bool		done;

	snprintf(name, sizeof(name), "%s/GTM_%s.control", GTMDataDir, barrier_id);
	snprintf(beside, sizeof(beside), "%s/GTM_%s.control.tmp", GTMDataDir, barrier_id);
	GTM_MutexLockAcquire(&control_lock);
	done = write_whole(beside, name, true, &written);
	GTM_MutexLockRelease(&control_lock);
	/* GTM does not read what its standby answers to this. */
	if (!done && !Recovery_IsStandby())
		ereport(ERROR,
				(EIO,
				 errmsg("the copy of gtm.control for barrier \"%s\" could not be written", barrier_id)));
}

/*
 * Before xids are handed out: GTM begins above the xid of its file by a fixed distance, so none may be handed
 * out that is further away, or it would be handed out a second time after a crash.
 */
void
RequireXidsInControlFile(int count)
{
	GlobalTransactionId last = GTMTransactions.gt_nextXid + count;
	GlobalTransactionId limit = CONTROL_INTERVAL - XIDS_IN_RESERVE;

	if (GlobalTransactionIdIsValid(xid_in_file) && last - xid_in_file <= limit)
		return;
	write_control_file(false, NULL, NULL);
	last = GTMTransactions.gt_nextXid + count;
	if (!GlobalTransactionIdIsValid(xid_in_file) || last - xid_in_file > limit)
		ereport(ERROR,
				(EIO,
				 errmsg("gtm.control could not be written: no new transaction ids until it can be")));
}
