// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of --op stat. Their columns are those of tgt, because monitoring
 * scripts count them from the left.
 */
#include "tgt/stat.h"

#include <inttypes.h>

static void show_header(FILE *file)
{
	fprintf(file,
		"tgt lun sid rd_subm(bytes,cmds) rd_done(bytes,cmds) "
		"wr_subm(bytes,cmds) wr_done(bytes,cmds) errs\n");
}

static void show_pair(FILE *file, uint64_t bytes, uint64_t cmds)
{
	fprintf(file, "%12" PRIu64 " %6" PRIu64 " ", bytes, cmds);
}

/* A LUN that the session has not used has a row, too, with zeroes. */
static const struct itl *find_itl(const struct tgt_stat *stat, uint32_t sid,
				  uint32_t lun)
{
	static const struct itl none;
	struct vec own = vec_part(&stat->itls,
				   offsetof(struct itl, session_id), sid);
	struct vec one = vec_part(&own, offsetof(struct itl, lun), lun);
	const struct itl *itl = vec_at(&one, 0);

	return itl ? itl : &none;
}

static void show_row(FILE *file, const struct tgt_stat *stat,
		     const struct lu *lu, const struct session *session)
{
	const struct itl *itl = find_itl(stat, session->id, lu->lun);

	fprintf(file, "%3u %3u %3u ", lu->target_id, lu->lun, session->id);
	show_pair(file, itl->read_begun_bytes, itl->read_begun);
	show_pair(file, itl->read_bytes, itl->read_commands);
	show_pair(file, itl->write_begun_bytes, itl->write_begun);
	show_pair(file, itl->write_bytes, itl->write_commands);
	fprintf(file, "%4" PRIu64 "\n", itl->errors);
}

static void show_lu(FILE *file, const struct tgt_stat *stat,
		    const struct lu *lu)
{
	const struct session *session;

	vec_for_each(session, &stat->sessions)
		if (session->target_id == lu->target_id)
			show_row(file, stat, lu, session);
}

void tgt_show_stat(FILE *file, const struct tgt_stat *stat, int64_t lun)
{
	const struct lu *lu;

	show_header(file);
	vec_for_each(lu, &stat->lus)
		if (lun == TGT_ALL || lun == lu->lun)
			show_lu(file, stat, lu);
}

void tgt_show_conn_stat(FILE *file, const struct session *session, int64_t cid)
{
	const struct conn *conn;

	fprintf(file,
		"sid cid rxdata_octets txdata_octets dataout_pdus datain_pdus "
		"cmd_pdus rsp_pdus\n");
	vec_for_each(conn, &session->conn)
		if (cid == TGT_ALL || cid == conn->cid)
			fprintf(file,
				"%3u %3u %13" PRIu64 " %13" PRIu64 " %12" PRIu64
				" %11" PRIu64 " %8" PRIu64 " %8" PRIu64 "\n",
				session->id, conn->cid, conn->rx_bytes,
				conn->tx_bytes, conn->data_out_pdus,
				conn->data_in_pdus, conn->command_pdus,
				conn->response_pdus);
}

/* For one session, tgt shows the highest LUN first. */
void tgt_show_session_stat(FILE *file, const struct tgt_stat *stat,
			   const struct session *session)
{
	const struct lu *lu;
	size_t i;

	show_header(file);
	for (i = stat->lus.n; i--;) {
		lu = vec_at(&stat->lus, i);
		if (lu->target_id == session->target_id)
			show_row(file, stat, lu, session);
	}
	fprintf(file, "\n");
	tgt_show_conn_stat(file, session, TGT_ALL);
}
