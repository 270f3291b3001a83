/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long commands took: histograms of a logical unit and of an I_T nexus.
 */
#ifndef _KTGT_SCSI_HISTOGRAM_H
#define _KTGT_SCSI_HISTOGRAM_H

#include <linux/rcupdate.h>
#include <linux/types.h>
#include <uapi/linux/ktgt.h>

struct ktgt_cmd;

/**
 * enum ktgt_histogram_op - what a command did at the storage, by its last
 *	transfer
 * @KTGT_HISTOGRAM_READ: READ
 * @KTGT_HISTOGRAM_WRITE: WRITE
 * @KTGT_HISTOGRAM_OTHER: SYNCHRONIZE CACHE, UNMAP, WRITE SAME, START STOP UNIT,
 *	self-tests
 * @KTGT_HISTOGRAM_NR_OPS: number of these
 */
enum ktgt_histogram_op {
	KTGT_HISTOGRAM_READ,
	KTGT_HISTOGRAM_WRITE,
	KTGT_HISTOGRAM_OTHER,
	KTGT_HISTOGRAM_NR_OPS,
};

/**
 * enum ktgt_histogram_time - which time of a command
 * @KTGT_HISTOGRAM_TOTAL: from its receipt until its answer is queued, or until
 *	it has ended without one
 * @KTGT_HISTOGRAM_STORAGE: what of that the storage took, see
 *	&ktgt_cmd.storage_time
 * @KTGT_HISTOGRAM_NR_TIMES: number of these
 */
enum ktgt_histogram_time {
	KTGT_HISTOGRAM_TOTAL,
	KTGT_HISTOGRAM_STORAGE,
	KTGT_HISTOGRAM_NR_TIMES,
};

/**
 * struct ktgt_histogram_counts - what has been counted on one CPU
 * @nr: commands, by what they did, by time, and by bucket: bucket 0 has those
 *	below 1 us, bucket n those from 2^(n - 1) us to below 2^n us, and the last
 *	one all that took longer. Written with preemption disabled, on its CPU
 *	alone; read by anybody
 * @total_ns: sum of KTGT_HISTOGRAM_TOTAL, by what they did; likewise
 */
struct ktgt_histogram_counts {
	u64	nr[KTGT_HISTOGRAM_NR_OPS][KTGT_HISTOGRAM_NR_TIMES]
		  [KTGT_HISTOGRAM_BUCKETS];
	u64	total_ns[KTGT_HISTOGRAM_NR_OPS];
};

/**
 * struct ktgt_histograms - the histograms of a logical unit or an I_T nexus
 *
 * Made when the first command that was with the storage has ended. It belongs to
 * the logical unit, or the I_T nexus, until ktgt_histograms_free().
 *
 * @rcu: frees it when no reader can see it
 * @cpu: by CPU; NULL where no command has been counted. Not alloc_percpu(): this
 *	takes memory only for the CPUs that are used, and can be had without sleep
 */
struct ktgt_histograms {
	struct rcu_head			rcu;
	struct ktgt_histogram_counts	*cpu[];
};

void ktgt_histograms_count(struct ktgt_histograms **of_lu,
			   struct ktgt_histograms **of_nexus,
			   const struct ktgt_cmd *cmd);
void ktgt_histograms_count_orphan(struct ktgt_histograms **of_lu,
				  const struct ktgt_cmd *cmd);
unsigned int ktgt_histograms_sum(const struct ktgt_histograms *histograms,
				 enum ktgt_histogram_op op,
				 enum ktgt_histogram_time time, u64 *sum);
u64 ktgt_histograms_time(const struct ktgt_histograms *histograms,
			 enum ktgt_histogram_op op);
void ktgt_histograms_free(struct ktgt_histograms *histograms);

#endif /* _KTGT_SCSI_HISTOGRAM_H */
