/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A connection without a transport: the suites let it receive headers, and look
 * at what it sends.
 */
#ifndef _KTGT_TESTS_CONN_TEST_H
#define _KTGT_TESTS_CONN_TEST_H

#include <scsi/iscsi_proto.h>

#include "../core/cmd.h"
#include "../core/net.h"
#include "../core/target.h"
#include "../iscsi/conn.h"
#include "../iscsi/pdu.h"
#include "../iscsi/window.h"
#include "../scsi/lu.h"
#include "../scsi/nexus.h"

struct kunit;
struct kunit_suite;

/* the initiator task tag of the commands that ktgt_test_write() makes */
#define TEST_ITT	((__force itt_t)cpu_to_be32(0x1234))

/**
 * struct conn_test - a connection without a transport, and a logical unit
 * @conn: the connection
 * @nexus: that of its session
 * @window: likewise
 * @target: that of the nexus; only there to be one
 * @net: that of the connection; likewise
 * @lu: the logical unit
 * @itl: what it keeps for the session
 * @in: a PDU that is received
 * @queued: PDUs that are sent
 * @closed: the connection was closed
 */
struct conn_test {
	struct ktgt_conn	conn;
	struct ktgt_nexus	nexus;
	struct ktgt_window	window;
	struct ktgt_target	target;
	struct ktgt_net		net;
	struct ktgt_lu		lu;
	struct ktgt_itl		itl;
	struct ktgt_pdu_in	in;
	struct list_head	queued;
	bool			closed;
};

int ktgt_test_suite_init(struct kunit_suite *suite);
int ktgt_test_init(struct kunit *test);
void ktgt_test_exit(struct kunit *test);
void ktgt_test_tasks(struct kunit *test);
void ktgt_test_sent(struct kunit *test, struct ktgt_pdu *pdu);
void ktgt_test_send(struct kunit *test, bool status);
struct ktgt_task *ktgt_test_read(struct kunit *test, itt_t itt, u32 blocks);
void ktgt_test_write(struct kunit *test, u32 blocks);
struct iscsi_r2t_rsp ktgt_test_r2t(struct kunit *test);
void ktgt_test_data_out(struct conn_test *t, itt_t itt, u32 ttt, u32 sn,
			u32 offset, u32 len);

#endif /* _KTGT_TESTS_CONN_TEST_H */
