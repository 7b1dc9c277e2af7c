/*
 * Included by src/gtm/main/gtm_seq.c, whose static functions it calls; put into src/include/gtm by the mend
 * "control-file" of Postgres-XL Docker, whose licence (MIT) it has.
 *
 * A value of a sequence is in gtm.control, and synced, before it is told. So that not each nextval has to wait for
 * the disk, the file is ahead by a few values, as PostgreSQL's own WAL is: a crash of GTM skips those. A sequence
 * without much room to its end, or that cycles, is written exactly.
 */
#ifndef SEQUENCE_FILE_H
#define SEQUENCE_FILE_H

#include "gtm/control_file.h"

/* PostgreSQL's SEQ_LOG_VALS. */
#define VALUES_AHEAD		32
/* A sequence with less room than so many times these values is written exactly. */
#define ROOM_FOR_AHEAD		1000

/* The sequence of the nextval that the file is being written for; under the lock of gtm.control. */
static GTM_SeqInfo *going_ahead = NULL;

static bool
has_room_ahead(GTM_SeqInfo *sequence)
{
	bool		up = SEQ_IS_ASCENDING(sequence);
	uint64		step = up ? (uint64) sequence->gs_increment_by : -(uint64) sequence->gs_increment_by;
	uint64		room = up ? (uint64) sequence->gs_max_value - (uint64) sequence->gs_value
		: (uint64) sequence->gs_value - (uint64) sequence->gs_min_value;

	return !SEQ_IS_CYCLE(sequence) && SEQ_IS_CALLED(sequence) && room / VALUES_AHEAD / ROOM_FOR_AHEAD >= step;
}

/* Whether the file has this value or one beyond; a sequence that cycles may have gone round since. */
static bool
is_in_file(GTM_SeqInfo *sequence)
{
	if (SEQ_IS_CYCLE(sequence))
		return false;
	return SEQ_IS_ASCENDING(sequence) ? sequence->gs_value <= sequence->gs_backedUpValue
		: sequence->gs_value >= sequence->gs_backedUpValue;
}

/* What to write, which gs_backedUpValue then tells; of a sequence that was not called, not even its value is used. */
static GTM_Sequence
ValueForFile(GTM_SeqInfo *sequence, bool exactly)
{
	GTM_Sequence value = sequence->gs_value;

	if (!SEQ_IS_CALLED(sequence))
	{
		sequence->gs_backedUpValue = SEQ_IS_ASCENDING(sequence) ? PG_INT64_MIN : PG_INT64_MAX;
		return value;
	}
	if (!exactly && sequence == going_ahead && has_room_ahead(sequence))
		value += VALUES_AHEAD * sequence->gs_increment_by;
	else if (!exactly && is_in_file(sequence))
		value = sequence->gs_backedUpValue;
	return sequence->gs_backedUpValue = value;
}

static bool
SequenceIsInFile(void *argument)
{
	GTM_SeqInfo *sequence = (GTM_SeqInfo *) argument;

	if (sequence == NULL || is_in_file(sequence))
		return true;
	going_ahead = sequence;
	return false;
}

static void
SaveNextValue(GTM_SequenceKey key)
{
	GTM_SeqInfo *sequence = seq_find_seqinfo(key);
	bool		saved = WriteControlFileUnless(SequenceIsInFile, sequence);

	if (sequence != NULL)
		seq_release_seqinfo(sequence);
	if (!saved)
		ereport(ERROR,
				(EIO,
				 errmsg("gtm.control could not be written: the value of a sequence would be lost")));
}

#endif
