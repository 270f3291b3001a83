// SPDX-License-Identifier: GPL-2.0
/* Generic netlink by libmnl: family lookup, request, dump, extended acks. */
#include "lib/nl.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#define NL_BUFFER	32768
/* a request with as many registrations as a logical unit can have */
#define NL_REQUEST	262144
#define NL_TEXT		8192	/* the text may contain a path of 4095 bytes */
#define DUMP_ATTEMPTS	16
#define MAX_GROUPS	8

struct group {
	char name[GENL_NAMSIZ];
	uint32_t id;
};

struct nl {
	struct mnl_socket *sock;
	uint16_t family;
	struct group groups[MAX_GROUPS];
	size_t n_groups;
	uint32_t seq;
	const struct object *obj;	/* object of the present request */
	void *reply;
	struct vec *list;
	uint16_t unknown;	/* attribute that was refused unseen, or 0 */
	char text[NL_TEXT];
	/* messages are built, and looked at, where they are */
	char tx[NL_REQUEST] __attribute__((aligned(NLMSG_ALIGNTO)));
	char rx[NL_BUFFER] __attribute__((aligned(NLMSG_ALIGNTO)));
};

const char *nl_text(const struct nl *nl)
{
	return nl->text;
}

void nl_say(struct nl *nl, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(nl->text, sizeof(nl->text), format, args);
	va_end(args);
}

bool nl_unknown(const struct nl *nl, uint16_t attr)
{
	return nl->unknown == attr;
}

/* Building */

static void put_object(struct nlmsghdr *nlh, const struct object *obj,
		       const void *item);

static void put_list(struct nlmsghdr *nlh, const struct field *f,
		     const struct vec *list)
{
	struct nlattr *nest;
	const char *item;

	vec_for_each(item, list) {
		nest = mnl_attr_nest_start(nlh, f->attr);
		put_object(nlh, f->sub, item);
		mnl_attr_nest_end(nlh, nest);
	}
}

static void put_field(struct nlmsghdr *nlh, const struct field *f,
		      const void *p)
{
	const struct u32s *list = p;
	const struct addr *addr = p;
	const struct id *id = p;

	switch (f->kind) {
	case FIELD_U8:
	case FIELD_BOOL:
		mnl_attr_put_u8(nlh, f->attr, *(const uint8_t *)p);
		break;
	case FIELD_U16:
		mnl_attr_put_u16(nlh, f->attr, *(const uint16_t *)p);
		break;
	case FIELD_U32:
	case FIELD_ENUM:
	case FIELD_KEY:
	case FIELD_KEY_FLAGS:
		mnl_attr_put_u32(nlh, f->attr, *(const uint32_t *)p);
		break;
	case FIELD_U64:
	case FIELD_SIZE:
		mnl_attr_put_u64(nlh, f->attr, *(const uint64_t *)p);
		break;
	case FIELD_FLAG:
		mnl_attr_put(nlh, f->attr, 0, NULL);
		break;
	case FIELD_STR:
		mnl_attr_put_strz(nlh, f->attr, p);
		break;
	case FIELD_ADDR:
		mnl_attr_put(nlh, f->attr, addr->len, addr->byte);
		break;
	case FIELD_ID:
		mnl_attr_put(nlh, f->attr, id->len, id->byte);
		break;
	case FIELD_U32S:
		mnl_attr_put(nlh, f->attr, list->n * sizeof(list->value[0]),
			     list->value);
		break;
	case FIELD_BIN:
		mnl_attr_put(nlh, f->attr, f->size, p);
		break;
	case FIELD_LIST:
		put_list(nlh, f, p);
		break;
	default:
		/* no command takes a single nest, or a histogram */
		break;
	}
}

static void put_object(struct nlmsghdr *nlh, const struct object *obj,
		       const void *item)
{
	const struct model *m = item;
	size_t i;

	for (i = 0; i < obj->n_fields; i++) {
		const struct field *f = &obj->fields[i];

		if (HAS(m, f->attr))
			put_field(nlh, f, (const char *)item + f->off);
	}
}

static struct nlmsghdr *build(struct nl *nl, uint8_t cmd, uint16_t flags,
			      const void *req)
{
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;

	nlh = mnl_nlmsg_put_header(nl->tx);
	nlh->nlmsg_type = nl->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nl->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
	if (req)
		put_object(nlh, nl->obj, req);
	return nlh;
}

/* Reading */

static int get_object(const struct object *obj, const void *attrs,
		      size_t len, void *item);

static int get_number(const struct field *f, const struct nlattr *attr,
		      size_t size, void *p)
{
	if (mnl_attr_get_payload_len(attr) != size || f->size != size)
		return -EPROTO;
	memcpy(p, mnl_attr_get_payload(attr), size);
	return 0;
}

static int get_string(const struct field *f, const struct nlattr *attr,
		      char *p)
{
	size_t len = mnl_attr_get_payload_len(attr);

	len = strnlen(mnl_attr_get_payload(attr), len);
	if (len >= f->size)
		return -EPROTO;
	memcpy(p, mnl_attr_get_payload(attr), len);
	p[len] = '\0';
	return 0;
}

static int get_addr(const struct nlattr *attr, struct addr *addr)
{
	size_t len = mnl_attr_get_payload_len(attr);

	if (len != 4 && len != 16)
		return -EPROTO;
	addr->len = len;
	memcpy(addr->byte, mnl_attr_get_payload(attr), len);
	return 0;
}

static int get_id(const struct nlattr *attr, struct id *id)
{
	size_t len = mnl_attr_get_payload_len(attr);

	if (len > sizeof(id->byte))
		return -EPROTO;
	id->len = len;
	memcpy(id->byte, mnl_attr_get_payload(attr), len);
	return 0;
}

/* Numbers of SIZE bytes each, at most SPACE bytes; N gets how many there are. */
static int get_numbers(const struct nlattr *attr, void *value, size_t space,
		       size_t size, uint32_t *n)
{
	size_t len = mnl_attr_get_payload_len(attr);

	if (len > space || len % size)
		return -EPROTO;
	*n = len / size;
	memcpy(value, mnl_attr_get_payload(attr), len);
	return 0;
}

static int get_u32s(const struct nlattr *attr, struct u32s *list)
{
	return get_numbers(attr, list->value, sizeof(list->value),
			   sizeof(list->value[0]), &list->n);
}

static int get_u64s(const struct nlattr *attr, struct u64s *list)
{
	return get_numbers(attr, list->value, sizeof(list->value),
			   sizeof(list->value[0]), &list->n);
}

static int get_nest(const struct field *f, const struct nlattr *attr, void *p)
{
	if (f->kind == FIELD_LIST) {
		p = vec_add(p, f->sub->size);
		if (!p)
			return -ENOMEM;
	}
	return get_object(f->sub, mnl_attr_get_payload(attr),
			  mnl_attr_get_payload_len(attr), p);
}

static int get_field(const struct field *f, const struct nlattr *attr, void *p)
{
	switch (f->kind) {
	case FIELD_U8:
	case FIELD_BOOL:
		return get_number(f, attr, sizeof(uint8_t), p);
	case FIELD_U16:
		return get_number(f, attr, sizeof(uint16_t), p);
	case FIELD_U32:
	case FIELD_ENUM:
	case FIELD_FLAGS:
	case FIELD_KEY:
	case FIELD_KEY_FLAGS:
		return get_number(f, attr, sizeof(uint32_t), p);
	case FIELD_U64:
	case FIELD_SIZE:
		return get_number(f, attr, sizeof(uint64_t), p);
	case FIELD_FLAG:
		*(bool *)p = true;
		return 0;
	case FIELD_STR:
		return get_string(f, attr, p);
	case FIELD_ADDR:
		return get_addr(attr, p);
	case FIELD_ID:
		return get_id(attr, p);
	case FIELD_U32S:
		return get_u32s(attr, p);
	case FIELD_U64S:
		return get_u64s(attr, p);
	case FIELD_BIN:
		return get_number(f, attr, f->size, p);
	case FIELD_NEST:
	case FIELD_LIST:
		return get_nest(f, attr, p);
	}
	return -EPROTO;
}

/* Attributes that a newer module has added are ignored. */
static int get_object(const struct object *obj, const void *attrs,
		      size_t len, void *item)
{
	const struct nlattr *attr;
	struct model *m = item;
	const struct field *f;
	int err;

	mnl_attr_for_each_payload((void *)attrs, len) {
		f = object_field(obj, mnl_attr_get_type(attr));
		if (!f)
			continue;
		err = get_field(f, attr, (char *)item + f->off);
		if (err)
			return err;
		SET(m, f->attr);
	}
	return 0;
}

static int on_data(const struct nlmsghdr *nlh, void *data)
{
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	const char *payload = mnl_nlmsg_get_payload(nlh);
	struct nl *nl = data;
	void *item = nl->reply;
	int err;

	if (nl->list)
		item = vec_add(nl->list, nl->obj->size);
	else if (!item)
		return MNL_CB_OK;
	if (!item || len < GENL_HDRLEN) {
		errno = item ? EPROTO : ENOMEM;
		return MNL_CB_ERROR;
	}
	err = get_object(nl->obj, payload + GENL_HDRLEN, len - GENL_HDRLEN,
			 item);
	if (!err)
		return MNL_CB_OK;
	errno = -err;
	return MNL_CB_ERROR;
}

/* Extended acks */

/* The attribute of the request that begins at offset @off of the message. */
static const struct nlattr *attr_at(const struct nl *nl, uint32_t off)
{
	const struct nlmsghdr *nlh = (const void *)nl->tx;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		if ((uint32_t)((const char *)attr - nl->tx) == off)
			return attr;
	return NULL;
}

static bool unsigned_value(const struct nlattr *attr, uint64_t *value)
{
	switch (mnl_attr_get_payload_len(attr)) {
	case 1:
		*value = mnl_attr_get_u8(attr);
		return true;
	case 2:
		*value = mnl_attr_get_u16(attr);
		return true;
	case 4:
		*value = mnl_attr_get_u32(attr);
		return true;
	case 8:
		*value = mnl_attr_get_u64(attr);
		return true;
	}
	return false;
}

/* Gets the limits of an unsigned number, if the policy is about one. */
static bool get_range(const struct nlattr *policy, uint64_t *min, uint64_t *max)
{
	const struct nlattr *attr;
	bool has_min = false, has_max = false;

	mnl_attr_for_each_nested(attr, policy) {
		if (mnl_attr_get_type(attr) == NL_POLICY_TYPE_ATTR_MIN_VALUE_U)
			has_min = unsigned_value(attr, min);
		if (mnl_attr_get_type(attr) == NL_POLICY_TYPE_ATTR_MAX_VALUE_U)
			has_max = unsigned_value(attr, max);
	}
	return has_min && has_max;
}

/* The keyword for the number of a target is "target", without "-id". */
static int keyword_len(const struct field *f)
{
	return strcmp(f->name, "target-id") ? strlen(f->name) :
					      strlen("target");
}

/*
 * If the kernel's policy refuses an attribute, the text has neither its name
 * nor its limits ("integer out of range"). These are in other attributes of the
 * answer.
 */
static void say_policy(struct nl *nl, const struct nlattr *policy,
		       const struct nlattr *attr, const struct field *f,
		       const char *msg)
{
	uint64_t value, min, max;

	if (get_range(policy, &min, &max) && unsigned_value(attr, &value))
		nl_say(nl, "%.*s %" PRIu64 ": must be %" PRIu64 " to %" PRIu64,
		       keyword_len(f), f->name, value, min, max);
	else
		nl_say(nl, "%.*s: %s", keyword_len(f), f->name, msg);
}

/* Without a policy there is no such attribute, unless the module has judged it. */
static void keep_unknown(struct nl *nl, const struct nlattr *const *tb)
{
	const struct nlattr *attr = NULL;

	if (tb[NLMSGERR_ATTR_OFFS])
		attr = attr_at(nl, mnl_attr_get_u32(tb[NLMSGERR_ATTR_OFFS]));
	if (attr)
		nl->unknown = mnl_attr_get_type(attr);
}

/* Keeps the text of the kernel; those of the module need no addition. */
static void keep_text(struct nl *nl, const struct nlattr *const *tb)
{
	const struct nlattr *attr = NULL;
	const struct field *f = NULL;
	const char *msg = "";

	if (tb[NLMSGERR_ATTR_MSG])
		msg = mnl_attr_get_str(tb[NLMSGERR_ATTR_MSG]);
	if (tb[NLMSGERR_ATTR_POLICY] && tb[NLMSGERR_ATTR_OFFS])
		attr = attr_at(nl, mnl_attr_get_u32(tb[NLMSGERR_ATTR_OFFS]));
	if (attr)
		f = object_field(nl->obj, mnl_attr_get_type(attr));
	if (f) {
		say_policy(nl, tb[NLMSGERR_ATTR_POLICY], attr, f, msg);
		return;
	}
	keep_unknown(nl, tb);
	if (!*msg && tb[NLMSGERR_ATTR_MISS_TYPE]) {
		f = object_field(nl->obj,
				 mnl_attr_get_u32(tb[NLMSGERR_ATTR_MISS_TYPE]));
		if (f)
			snprintf(nl->text, sizeof(nl->text),
				 "%s is missing", f->name);
		return;
	}
	snprintf(nl->text, sizeof(nl->text), "%s", msg);
}

static void get_extack(struct nl *nl, const void *attrs, size_t len)
{
	const struct nlattr *tb[NLMSGERR_ATTR_MAX + 1] = { NULL };
	const struct nlattr *attr;
	uint16_t type;

	mnl_attr_for_each_payload((void *)attrs, len) {
		type = mnl_attr_get_type(attr);
		if (type > NLMSGERR_ATTR_MAX)
			continue;
		if (type == NLMSGERR_ATTR_MSG &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
			continue;
		if ((type == NLMSGERR_ATTR_OFFS ||
		     type == NLMSGERR_ATTR_MISS_TYPE) &&
		    mnl_attr_validate(attr, MNL_TYPE_U32) < 0)
			continue;
		if (type == NLMSGERR_ATTR_POLICY &&
		    mnl_attr_validate(attr, MNL_TYPE_NESTED) < 0)
			continue;
		tb[type] = attr;
	}
	keep_text(nl, tb);
}

static int on_error(const struct nlmsghdr *nlh, void *data)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	size_t skip = sizeof(*err);

	if (len < skip) {
		errno = EBADMSG;
		return MNL_CB_ERROR;
	}
	/* without NLM_F_CAPPED the whole request is repeated in the answer */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += MNL_ALIGN(err->msg.nlmsg_len) - sizeof(err->msg);
	if ((nlh->nlmsg_flags & NLM_F_ACK_TLVS) && skip < len)
		get_extack(data, (const char *)err + skip, len - skip);
	if (!err->error)
		return MNL_CB_STOP;
	errno = -err->error;
	return MNL_CB_ERROR;
}

static int on_done(const struct nlmsghdr *nlh, void *data)
{
	const int *err = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh);

	if (len < sizeof(*err))
		return MNL_CB_STOP;
	if ((nlh->nlmsg_flags & NLM_F_ACK_TLVS) && len > sizeof(*err))
		get_extack(data, err + 1, len - sizeof(*err));
	if (*err >= 0)
		return MNL_CB_STOP;
	errno = -*err;
	return MNL_CB_ERROR;
}

static int on_noop(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	(void)data;
	return MNL_CB_OK;
}

static mnl_cb_t control[] = {
	[NLMSG_NOOP] = on_noop,
	[NLMSG_ERROR] = on_error,
	[NLMSG_DONE] = on_done,
	[NLMSG_OVERRUN] = on_noop,
};

/* Exchange */

static int exchange(struct nl *nl, const struct nlmsghdr *nlh, mnl_cb_t cb)
{
	unsigned int portid;
	ssize_t len;
	int ret;

	nl->text[0] = '\0';
	nl->unknown = 0;
	if (!nl->sock)	/* closed after an interrupted dump */
		return -ENOTCONN;
	portid = mnl_socket_get_portid(nl->sock);
	if (mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		len = mnl_socket_recvfrom(nl->sock, nl->rx, sizeof(nl->rx));
		if (len < 0)
			return -errno;
		ret = mnl_cb_run2(nl->rx, len, nl->seq, portid, cb, nl,
				  control, MNL_ARRAY_SIZE(control));
	} while (ret > MNL_CB_STOP);
	return ret < 0 ? -errno : 0;
}

int nl_request(struct nl *nl, uint8_t cmd, const struct object *obj,
	       const void *req, void *reply)
{
	struct nlmsghdr *nlh;
	int err;

	nl->obj = obj;
	nl->reply = reply;
	nl->list = NULL;
	nlh = build(nl, cmd, NLM_F_ACK, req);
	err = exchange(nl, nlh, on_data);
	/* it may contain a secret */
	explicit_bzero(nl->tx, sizeof(nl->tx));
	return err;
}

int nl_begin(struct nl *nl)
{
	return nl_request(nl, KTGT_CMD_TXN_BEGIN, &txn_object, NULL, NULL);
}

int nl_commit(struct nl *nl, uint64_t generation)
{
	struct txn req = { .generation = generation };

	if (generation)
		SET(&req, KTGT_A_TXN_GENERATION);
	return nl_request(nl, KTGT_CMD_TXN_COMMIT, &txn_object, &req, NULL);
}

void nl_abort(struct nl *nl)
{
	nl_request(nl, KTGT_CMD_TXN_ABORT, &txn_object, NULL, NULL);
}

/*
 * The rest of an interrupted dump still arrives. A new socket is the simplest
 * way to ignore it.
 */
static int reopen(struct nl *nl);

int nl_dump(struct nl *nl, uint8_t cmd, const struct object *obj,
	    const void *req, struct vec *list)
{
	int attempt = 0;
	int err;

	nl->obj = obj;
	nl->reply = NULL;
	nl->list = list;
	for (;;) {
		err = exchange(nl, build(nl, cmd, NLM_F_DUMP, req), on_data);
		if (!err)
			return 0;
		objects_free(list, obj);
		if (err != -EINTR || ++attempt == DUMP_ATTEMPTS)
			return err;
		err = reopen(nl);
		if (err)
			return err;
	}
}

/* Socket and family */

static void keep_group(struct nl *nl, const struct nlattr *nest)
{
	const struct nlattr *attr;
	struct group *group;

	if (nl->n_groups == MAX_GROUPS)
		return;
	group = &nl->groups[nl->n_groups++];
	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID &&
		    mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			group->id = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			snprintf(group->name, sizeof(group->name), "%s",
				 mnl_attr_get_str(attr));
	}
}

static int on_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *nest;
	struct nl *nl = data;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    mnl_attr_validate(attr, MNL_TYPE_U16) >= 0)
			nl->family = mnl_attr_get_u16(attr);
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
			mnl_attr_for_each_nested(nest, attr)
				keep_group(nl, nest);
	}
	return MNL_CB_OK;
}

static int find_family(struct nl *nl)
{
	static const struct object none = { .name = "family" };
	struct nlmsghdr *nlh;
	int err;

	nl->obj = &none;
	nl->family = GENL_ID_CTRL;
	nlh = build(nl, CTRL_CMD_GETFAMILY, NLM_F_ACK, NULL);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, KTGT_FAMILY_NAME);
	nl->family = 0;
	err = exchange(nl, nlh, on_family);
	if (!err && !nl->family)
		err = -EPROTO;
	return err;
}

static int open_socket(struct nl *nl)
{
	int one = 1;

	nl->sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl->sock)
		return -errno;
	if (mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	/* both are optional: without them there is only the errno */
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &one, sizeof(one));
	return 0;
}

static int reopen(struct nl *nl)
{
	mnl_socket_close(nl->sock);
	nl->sock = NULL;
	return open_socket(nl);
}

int nl_open(struct nl **ret)
{
	struct nl *nl = calloc(1, sizeof(*nl));
	int err;

	if (!nl)
		return -ENOMEM;
	nl->seq = time(NULL);
	err = open_socket(nl);
	if (!err)
		err = find_family(nl);
	if (err) {
		nl_close(nl);
		return err;
	}
	*ret = nl;
	return 0;
}

void nl_close(struct nl *nl)
{
	if (!nl)
		return;
	if (nl->sock)
		mnl_socket_close(nl->sock);
	free(nl);
}

/* Events */

int nl_join(struct nl *nl, const char *group)
{
	size_t i;

	for (i = 0; i < nl->n_groups; i++) {
		if (strcmp(nl->groups[i].name, group))
			continue;
		nl->text[0] = '\0';
		if (mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP,
					  &nl->groups[i].id,
					  sizeof(nl->groups[i].id)) < 0)
			return -errno;
		return 0;
	}
	snprintf(nl->text, sizeof(nl->text),
		 "the module has no '%s' events; it is older than ktgtadm",
		 group);
	return -EOPNOTSUPP;
}

int nl_event(struct nl *nl, const struct object *obj, void *event,
	     uint8_t *cmd)
{
	const struct nlmsghdr *nlh = (const void *)nl->rx;
	const struct genlmsghdr *genl;
	ssize_t len;

	nl->text[0] = '\0';
	do {
		len = mnl_socket_recvfrom(nl->sock, nl->rx, sizeof(nl->rx));
		if (len < 0 && errno != EINTR)
			return -errno;
	} while (len < 0 || !mnl_nlmsg_ok(nlh, len) ||
		 nlh->nlmsg_type != nl->family ||
		 mnl_nlmsg_get_payload_len(nlh) < GENL_HDRLEN);
	genl = mnl_nlmsg_get_payload(nlh);
	*cmd = genl->cmd;
	return get_object(obj, (const char *)genl + GENL_HDRLEN,
			  mnl_nlmsg_get_payload_len(nlh) - GENL_HDRLEN, event);
}
