/* SPDX-License-Identifier: GPL-2.0 */
/* The statistics of tgtadm. */
#ifndef KTGT_TGT_STAT_H
#define KTGT_TGT_STAT_H

#include <stdint.h>
#include <stdio.h>

#include "lib/model.h"

/* what --op stat needs, of one target or of all */
struct tgt_stat {
	struct vec lus;
	struct vec sessions;
	struct vec itls;
};

#define TGT_ALL	-1	/* for a LUN, or a connection */

void tgt_show_stat(FILE *file, const struct tgt_stat *stat, int64_t lun);
void tgt_show_session_stat(FILE *file, const struct tgt_stat *stat,
			   const struct session *session);
void tgt_show_conn_stat(FILE *file, const struct session *session,
			int64_t cid);

#endif
