// SPDX-License-Identifier: GPL-2.0
/*
 * nl.c against messages as the kernel sends them: the functions of libmnl that
 * touch a socket are replaced by a queue of prepared answers.
 */
#include "unit.h"

#include <errno.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "lib/nl.h"

#define FAMILY	0x21
#define PORTID	77

static char answers[16][8192];
static size_t answer_len[16];
static size_t n_answers, next_answer, n_opened;
static char sent[8192];
static size_t sent_len;
static uint32_t joined;
static int join_err, recv_err;

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	static char dummy[256];

	(void)flags;
	assert_int_equal(bus, NETLINK_GENERIC);
	n_opened++;
	return (struct mnl_socket *)dummy;
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	(void)nl;
	(void)groups;
	(void)pid;
	return 0;
}

int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf,
			  socklen_t len)
{
	(void)nl;
	if (type != NETLINK_ADD_MEMBERSHIP)
		return 0;
	assert_int_equal(len, sizeof(joined));
	memcpy(&joined, buf, len);
	errno = join_err;
	return join_err ? -1 : 0;
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *nl)
{
	(void)nl;
	return PORTID;
}

int mnl_socket_close(struct mnl_socket *nl)
{
	(void)nl;
	return 0;
}

ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *req,
			  size_t len)
{
	(void)nl;
	assert_true(len <= sizeof(sent));
	memcpy(sent, req, len);
	sent_len = len;
	return len;
}

/* Answers carry the sequence number of what was asked last. */
ssize_t mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf,
			    size_t size)
{
	const struct nlmsghdr *asked = (const void *)sent;
	struct nlmsghdr *nlh;
	int len;

	(void)nl;
	if (recv_err) {
		errno = recv_err;
		recv_err = 0;
		return -1;
	}
	if (next_answer == n_answers)
		fail_msg("there is no answer left to read");
	len = answer_len[next_answer];
	assert_true((size_t)len <= size);
	memcpy(buf, answers[next_answer++], len);
	for (nlh = buf; mnl_nlmsg_ok(nlh, len);
	     nlh = mnl_nlmsg_next(nlh, &len)) {
		nlh->nlmsg_seq = asked->nlmsg_seq;
		nlh->nlmsg_pid = PORTID;
	}
	return answer_len[next_answer - 1];
}

/* Preparing answers */

static struct nlmsghdr *message(uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(answers[n_answers]);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	return nlh;
}

static struct nlmsghdr *data(uint16_t flags)
{
	struct nlmsghdr *nlh = message(FAMILY, flags);

	mnl_nlmsg_put_extra_header(nlh, GENL_HDRLEN);
	return nlh;
}

static void queue(const struct nlmsghdr *nlh)
{
	answer_len[n_answers++] = nlh->nlmsg_len;
}

/* As with NETLINK_CAP_ACK, or with the whole request when @capped is not. */
static struct nlmsghdr *ack(int err, bool capped)
{
	struct nlmsghdr *nlh = message(NLMSG_ERROR, NLM_F_ACK_TLVS |
				       (capped ? NLM_F_CAPPED : 0));
	struct nlmsgerr *e;

	e = mnl_nlmsg_put_extra_header(nlh, sizeof(*e) + (capped ? 0 : 64));
	e->error = err;
	e->msg.nlmsg_len = sizeof(e->msg) + (capped ? 100 : 64);
	return nlh;
}

static void queue_ack(int err, const char *text)
{
	struct nlmsghdr *nlh = ack(err, true);

	if (text)
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, text);
	queue(nlh);
}

static void queue_done(int err, const char *text)
{
	struct nlmsghdr *nlh = message(NLMSG_DONE, NLM_F_MULTI |
				       (text ? NLM_F_ACK_TLVS : 0));

	*(int *)mnl_nlmsg_put_extra_header(nlh, sizeof(int)) = err;
	if (text)
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, text);
	queue(nlh);
}

static void restart(void)
{
	n_answers = 0;
	next_answer = 0;
	memset(answers, 0, sizeof(answers));
}

static void put_group(struct nlmsghdr *nlh, uint16_t i, const char *name,
		      uint32_t id)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, i);

	mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, name);
	mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, id);
	mnl_attr_nest_end(nlh, nest);
}

static struct nl *open_it(void)
{
	struct nlattr *nest;
	struct nlmsghdr *nlh;
	struct nl *nl = NULL;

	restart();
	nlh = data(0);
	nlh->nlmsg_type = GENL_ID_CTRL;
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, "ktgt");
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAMILY);
	nest = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	put_group(nlh, 1, "config", 33);
	put_group(nlh, 2, "session", 34);
	mnl_attr_nest_end(nlh, nest);
	queue(nlh);
	queue_ack(0, NULL);
	assert_int_equal(nl_open(&nl), 0);
	restart();
	return nl;
}

/* Tests */

static void test_no_family(void **state)
{
	struct nl *nl = NULL;

	(void)state;
	restart();
	queue_ack(-ENOENT, NULL);
	assert_int_equal(nl_open(&nl), -ENOENT);
	assert_null(nl);
}

/* What a module says that does not know an attribute, and what one that does. */
static void test_unknown(void **state)
{
	struct lu lu = { .lun = 3, .descriptor = 5 };
	struct nl *nl = open_it();
	struct nlmsghdr *nlh;

	(void)state;
	SET(&lu, KTGT_A_LU_LUN);
	SET(&lu, KTGT_A_LU_DESCRIPTOR);
	nlh = ack(-EINVAL, true);
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "Unknown attribute type");
	/* behind the LUN */
	mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS,
			 NLMSG_HDRLEN + GENL_HDRLEN + 8);
	queue(nlh);
	assert_int_equal(nl_request(nl, KTGT_CMD_LU_NEW, &lu_object, &lu, NULL),
			 -EINVAL);
	assert_true(nl_unknown(nl, KTGT_A_LU_DESCRIPTOR));
	assert_false(nl_unknown(nl, KTGT_A_LU_LUN));
	queue_ack(-EINVAL, "a text of the module");
	assert_int_equal(nl_request(nl, KTGT_CMD_LU_NEW, &lu_object, &lu, NULL),
			 -EINVAL);
	assert_false(nl_unknown(nl, KTGT_A_LU_DESCRIPTOR));
	nl_close(nl);
}

/* What is set goes out, in the types of the protocol, and nothing else. */
static void test_build(void **state)
{
	struct nl *nl = open_it();
	const struct nlmsghdr *nlh = (const void *)sent;
	const struct genlmsghdr *genl;
	const struct nlattr *attr;
	struct lu lu = { .target_id = 1, .size = UINT64_C(1) << 40,
			 .path = "/dev/x", .read_only = 1, .lun = 3 };
	unsigned int seen = 0;

	(void)state;
	SET(&lu, KTGT_A_LU_TARGET_ID);
	SET(&lu, KTGT_A_LU_SIZE);
	SET(&lu, KTGT_A_LU_PATH);
	SET(&lu, KTGT_A_LU_READ_ONLY);
	queue_ack(0, NULL);
	assert_int_equal(nl_request(nl, KTGT_CMD_LU_NEW, &lu_object, &lu,
				    NULL), 0);
	assert_int_equal(nlh->nlmsg_len, sent_len);
	assert_int_equal(nlh->nlmsg_type, FAMILY);
	assert_int_equal(nlh->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
	genl = mnl_nlmsg_get_payload(nlh);
	assert_int_equal(genl->cmd, KTGT_CMD_LU_NEW);
	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		seen++;
		switch (mnl_attr_get_type(attr)) {
		case KTGT_A_LU_TARGET_ID:
			assert_int_equal(mnl_attr_get_payload_len(attr), 4);
			assert_int_equal(mnl_attr_get_u32(attr), 1);
			break;
		case KTGT_A_LU_SIZE:
			assert_true(mnl_attr_get_u64(attr) == lu.size);
			break;
		case KTGT_A_LU_PATH:
			assert_int_equal(mnl_attr_get_payload_len(attr), 7);
			assert_string_equal(mnl_attr_get_str(attr), "/dev/x");
			break;
		case KTGT_A_LU_READ_ONLY:
			assert_int_equal(mnl_attr_get_payload_len(attr), 1);
			break;
		default:
			fail();
		}
	}
	assert_int_equal(seen, 4);
	nl_close(nl);
}

static void test_build_acl(void **state)
{
	struct nl *nl = open_it();
	const struct nlmsghdr *nlh = (const void *)sent;
	struct acl acl = { .address = { 4, { 10, 0, 0, 1 } } };
	const struct nlattr *attr;

	(void)state;
	SET(&acl, KTGT_A_ACL_ADDRESS);
	SET(&acl, KTGT_A_ACL_ALL);
	queue_ack(0, NULL);
	assert_int_equal(nl_request(nl, KTGT_CMD_ACL_NEW, &acl_object, &acl,
				    NULL), 0);
	attr = mnl_nlmsg_get_payload_offset(nlh, GENL_HDRLEN);
	assert_int_equal(mnl_attr_get_type(attr), KTGT_A_ACL_ADDRESS);
	assert_int_equal(mnl_attr_get_payload_len(attr), 4);
	assert_memory_equal(mnl_attr_get_payload(attr), "\x0a\0\0\1", 4);
	attr = mnl_attr_next(attr);
	assert_int_equal(mnl_attr_get_type(attr), KTGT_A_ACL_ALL);
	assert_int_equal(mnl_attr_get_payload_len(attr), 0);
	nl_close(nl);
}

static void test_reply(void **state)
{
	struct nl *nl = open_it();
	struct target ask = { .id = 3 }, target = { 0 };
	struct nlmsghdr *nlh = data(0);

	(void)state;
	SET(&ask, KTGT_A_TARGET_ID);
	mnl_attr_put_u32(nlh, KTGT_A_TARGET_ID, 3);
	mnl_attr_put_strz(nlh, KTGT_A_TARGET_NAME, "iqn.x");
	mnl_attr_put_u64(nlh, KTGT_A_TARGET_GENERATION, UINT64_C(1) << 33);
	/* of a newer module */
	mnl_attr_put_u32(nlh, 60, 1);
	queue(nlh);
	queue_ack(0, NULL);
	assert_int_equal(nl_request(nl, KTGT_CMD_TARGET_GET, &target_object,
				    &ask, &target), 0);
	assert_int_equal(target.id, 3);
	assert_string_equal(target.name, "iqn.x");
	assert_true(target.generation == UINT64_C(1) << 33);
	assert_int_equal(target.has, 1 << KTGT_A_TARGET_ID |
			 1 << KTGT_A_TARGET_NAME |
			 1 << KTGT_A_TARGET_GENERATION);
	assert_string_equal(nl_text(nl), "");
	nl_close(nl);
}

/* A wrong size or an endless string is an error, not an overflow. */
static void test_bad_reply(void **state)
{
	struct nl *nl = open_it();
	struct target ask = { 0 }, target = { 0 };
	char name[400];
	struct nlmsghdr *nlh;

	(void)state;
	nlh = data(0);
	mnl_attr_put_u16(nlh, KTGT_A_TARGET_ID, 3);
	queue(nlh);
	assert_int_equal(nl_request(nl, KTGT_CMD_TARGET_GET, &target_object,
				    &ask, &target), -EPROTO);
	restart();
	memset(name, 'x', sizeof(name));
	nlh = data(0);
	mnl_attr_put(nlh, KTGT_A_TARGET_NAME, sizeof(name), name);
	queue(nlh);
	assert_int_equal(nl_request(nl, KTGT_CMD_TARGET_GET, &target_object,
				    &ask, &target), -EPROTO);
	nl_close(nl);
}

static void test_extack(void **state)
{
	struct nl *nl = open_it();
	struct net net = { .max_logins = 99999 };
	struct nlmsghdr *nlh;
	struct nlattr *nest;

	(void)state;
	SET(&net, KTGT_A_NET_MAX_LOGINS);
	queue_ack(-EEXIST, "target 1 exists");
	assert_int_equal(nl_request(nl, KTGT_CMD_NET_SET, &net_object, &net,
				    NULL), -EEXIST);
	assert_string_equal(nl_text(nl), "target 1 exists");

	/* the text does not outlive its request; a success may warn */
	restart();
	queue_ack(0, NULL);
	assert_int_equal(nl_request(nl, KTGT_CMD_NET_SET, &net_object, &net,
				    NULL), 0);
	assert_string_equal(nl_text(nl), "");
	restart();
	queue_ack(0, "beware");
	assert_int_equal(nl_request(nl, KTGT_CMD_NET_SET, &net_object, &net,
				    NULL), 0);
	assert_string_equal(nl_text(nl), "beware");

	/* the kernel repeats the request when it does not know CAP_ACK */
	restart();
	nlh = ack(-EINVAL, false);
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "not capped");
	queue(nlh);
	assert_int_equal(nl_request(nl, KTGT_CMD_NET_SET, &net_object, &net,
				    NULL), -EINVAL);
	assert_string_equal(nl_text(nl), "not capped");

	/* refused by the policy: the attribute gets its name */
	restart();
	nlh = ack(-ERANGE, true);
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "integer out of range");
	mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, NLMSG_HDRLEN + GENL_HDRLEN);
	mnl_attr_put(nlh, NLMSGERR_ATTR_POLICY, 0, NULL);
	queue(nlh);
	assert_int_equal(nl_request(nl, KTGT_CMD_NET_SET, &net_object, &net,
				    NULL), -ERANGE);
	assert_string_equal(nl_text(nl), "max-logins: integer out of range");

	/* the limits stand beside it */
	restart();
	nlh = ack(-ERANGE, true);
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "integer out of range");
	mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, NLMSG_HDRLEN + GENL_HDRLEN);
	nest = mnl_attr_nest_start(nlh, NLMSGERR_ATTR_POLICY);
	mnl_attr_put_u32(nlh, NL_POLICY_TYPE_ATTR_TYPE, NL_ATTR_TYPE_U32);
	mnl_attr_put_u64(nlh, NL_POLICY_TYPE_ATTR_MIN_VALUE_U, 1);
	mnl_attr_put_u64(nlh, NL_POLICY_TYPE_ATTR_MAX_VALUE_U, 65535);
	mnl_attr_nest_end(nlh, nest);
	queue(nlh);
	assert_int_equal(nl_request(nl, KTGT_CMD_NET_SET, &net_object, &net,
				    NULL), -ERANGE);
	assert_string_equal(nl_text(nl), "max-logins 99999: must be 1 to 65535");

	restart();
	nlh = ack(-EINVAL, true);
	mnl_attr_put_u32(nlh, NLMSGERR_ATTR_MISS_TYPE,
			 KTGT_A_NET_LOGIN_TIMEOUT);
	queue(nlh);
	assert_int_equal(nl_request(nl, KTGT_CMD_NET_SET, &net_object, &net,
				    NULL), -EINVAL);
	assert_string_equal(nl_text(nl), "login-timeout is missing");
	nl_close(nl);
}

static void put_session(struct nlmsghdr *nlh, uint32_t id)
{
	struct nlattr *nest;

	mnl_attr_put_u32(nlh, KTGT_A_SESSION_ID, id);
	mnl_attr_put(nlh, KTGT_A_SESSION_ISID, 6, "\x80\0\0\0\0\1");
	nest = mnl_attr_nest_start(nlh, KTGT_A_SESSION_CONN);
	mnl_attr_put_u16(nlh, KTGT_A_CONN_CID, 0);
	mnl_attr_put(nlh, KTGT_A_CONN_PEER_ADDRESS, 4, "\x7f\0\0\1");
	mnl_attr_nest_end(nlh, nest);
	nest = mnl_attr_nest_start(nlh, KTGT_A_SESSION_CONN);
	mnl_attr_put_u16(nlh, KTGT_A_CONN_CID, 1);
	mnl_attr_nest_end(nlh, nest);
	nest = mnl_attr_nest_start(nlh, KTGT_A_SESSION_PARAM);
	mnl_attr_put_u32(nlh, KTGT_A_PARAM_MAX_BURST_LENGTH, 262144);
	mnl_attr_nest_end(nlh, nest);
}

static void queue_session(uint32_t id, uint16_t flags)
{
	struct nlmsghdr *nlh = data(NLM_F_MULTI | flags);

	put_session(nlh, id);
	queue(nlh);
}

static void test_dump(void **state)
{
	struct nl *nl = open_it();
	const struct nlmsghdr *nlh = (const void *)sent;
	const struct session *session;
	struct vec list = { 0 };
	const struct conn *conn;

	(void)state;
	queue_session(1, 0);
	queue_session(2, 0);
	queue_done(0, NULL);
	assert_int_equal(nl_dump(nl, KTGT_CMD_SESSION_LIST, &session_object,
				 NULL, &list), 0);
	assert_int_equal(nlh->nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
	assert_int_equal(list.n, 2);
	session = vec_at(&list, 1);
	assert_int_equal(session->id, 2);
	assert_memory_equal(session->isid, "\x80\0\0\0\0\1", 6);
	assert_int_equal(session->conn.n, 2);
	conn = vec_at(&session->conn, 0);
	assert_int_equal(conn->peer_address.len, 4);
	assert_int_equal(((struct conn *)vec_at(&session->conn, 1))->cid, 1);
	assert_int_equal(session->param.max_burst_length, 262144);
	objects_free(&list, &session_object);
	nl_close(nl);
}

/* A change in the middle: begun again, and nothing is there twice. */
static void test_torn(void **state)
{
	struct nl *nl = open_it();
	const struct session *session;
	struct vec list = { 0 };
	size_t opened = n_opened;

	(void)state;
	queue_session(1, 0);
	queue_session(2, NLM_F_DUMP_INTR);
	/* the rest of the first dump went with its socket */
	queue_session(3, 0);
	queue_done(0, NULL);
	assert_int_equal(nl_dump(nl, KTGT_CMD_SESSION_LIST, &session_object,
				 NULL, &list), 0);
	assert_int_equal(n_opened, opened + 1);
	assert_int_equal(list.n, 1);
	session = vec_at(&list, 0);
	assert_int_equal(session->id, 3);
	objects_free(&list, &session_object);
	nl_close(nl);
}

/* A dump may fail in its first message or in its last. */
static void test_dump_error(void **state)
{
	struct nl *nl = open_it();
	struct vec list = { 0 };

	(void)state;
	queue_ack(-ENOENT, "no target 9");
	assert_int_equal(nl_dump(nl, KTGT_CMD_SESSION_LIST, &session_object,
				 NULL, &list), -ENOENT);
	assert_string_equal(nl_text(nl), "no target 9");
	restart();
	queue_session(1, 0);
	queue_done(-ENOMEM, "out of pages");
	assert_int_equal(nl_dump(nl, KTGT_CMD_SESSION_LIST, &session_object,
				 NULL, &list), -ENOMEM);
	assert_string_equal(nl_text(nl), "out of pages");
	assert_int_equal(list.n, 0);
	nl_close(nl);
}

static void test_join(void **state)
{
	struct nl *nl = open_it();

	(void)state;
	assert_int_equal(nl_join(nl, "session"), 0);
	assert_int_equal(joined, 34);
	assert_int_equal(nl_join(nl, "config"), 0);
	assert_int_equal(joined, 33);
	join_err = EPERM;
	assert_int_equal(nl_join(nl, "config"), -EPERM);
	join_err = 0;
	/* a module that is older */
	assert_int_equal(nl_join(nl, "weather"), -EOPNOTSUPP);
	assert_non_null(strstr(nl_text(nl), "'weather'"));
	nl_close(nl);
}

static void test_event(void **state)
{
	struct event event = { 0 };
	struct nl *nl = open_it();
	const struct change *change;
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	uint8_t cmd = 0;
	int i;

	(void)state;
	/* of another family: not ours, and passed over */
	nlh = data(0);
	nlh->nlmsg_type = FAMILY + 1;
	queue(nlh);
	nlh = data(0);
	genl = mnl_nlmsg_get_payload(nlh);
	genl->cmd = KTGT_CMD_CONFIG_CHANGED;
	mnl_attr_put_u64(nlh, KTGT_A_EVENT_GENERATION, 7);
	for (i = 1; i <= 2; i++) {
		nest = mnl_attr_nest_start(nlh, KTGT_A_EVENT_CHANGE);
		mnl_attr_put_u32(nlh, KTGT_A_CHANGE_TARGET_ID, i);
		mnl_attr_nest_end(nlh, nest);
	}
	queue(nlh);
	recv_err = EINTR;
	assert_int_equal(nl_event(nl, &event_object, &event, &cmd), 0);
	assert_int_equal(cmd, KTGT_CMD_CONFIG_CHANGED);
	assert_int_equal(event.generation, 7);
	assert_int_equal(event.change.n, 2);
	change = vec_at(&event.change, 1);
	assert_int_equal(change->target_id, 2);
	object_free(&event_object, &event);
	recv_err = ENOBUFS;
	assert_int_equal(nl_event(nl, &event_object, &event, &cmd), -ENOBUFS);
	nl_close(nl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_family),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_build),
		cmocka_unit_test(test_build_acl),
		cmocka_unit_test(test_reply),
		cmocka_unit_test(test_bad_reply),
		cmocka_unit_test(test_extack),
		cmocka_unit_test(test_dump),
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_dump_error),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_event),
	};

	return cmocka_run_group_tests_name("nl", tests, NULL, NULL);
}
