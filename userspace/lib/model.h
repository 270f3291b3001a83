/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The objects of a configuration as plain structs, and one table for each of
 * them that says which netlink attribute lands in which member. The tables
 * serve the encoder and the decoder of nl.c and the columns of out.c, so that
 * an attribute is described once.
 */
#ifndef KTGT_LIB_MODEL_H
#define KTGT_LIB_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/ktgt.h>

#include "lib/vec.h"

enum field_kind {
	FIELD_U8,
	FIELD_BOOL,	/* u8 on the wire, true or false in JSON */
	FIELD_U16,
	FIELD_U32,
	FIELD_U64,
	FIELD_SIZE,	/* u64, bytes */
	FIELD_HEX,	/* u64, an identifier */
	FIELD_ENUM,	/* u32, named by field.names */
	FIELD_KEY,	/* likewise, or a number, or "default" */
	FIELD_FLAG,
	FIELD_STR,
	FIELD_ADDR,	/* struct addr */
	FIELD_BIN,	/* field.size bytes exactly */
	FIELD_NEST,	/* one struct described by field.sub */
	FIELD_LIST,	/* struct vec of structs described by field.sub */
};

struct object;

struct field {
	uint16_t attr;
	uint8_t kind;
	size_t off;
	size_t size;
	const char *name;		/* the attribute's name in the spec */
	const char *const *names;	/* FIELD_ENUM, FIELD_KEY: ends with NULL */
	const struct object *sub;	/* FIELD_NEST, FIELD_LIST */
};

struct object {
	const char *name;
	size_t size;
	const struct field *fields;
	size_t n_fields;
};

/* Every struct of the model begins with the set of attributes it holds. */
struct model {
	uint64_t has;
};

#define HAS(m, attr)	(!!((m)->has & (UINT64_C(1) << (attr))))
#define SET(m, attr)	((m)->has |= UINT64_C(1) << (attr))

struct addr {
	uint8_t len;	/* 4, 16, or 0 for none */
	uint8_t byte[16];
};

struct net {
	uint64_t has;
	uint64_t generation;
	uint32_t targets;
	uint32_t portals;
	uint32_t accounts;
	uint32_t sessions;
	uint32_t connections;
	char version[64];
	uint32_t login_timeout;
	uint32_t max_logins;
	uint32_t memory_limit;
	uint32_t nop_interval;
	uint32_t poll_time;
	uint32_t state;
};

struct target {
	uint64_t has;
	uint32_t id;
	char name[KTGT_NAME_MAX + 1];
	char alias[256];
	uint32_t state;
	bool force;
	uint32_t lus;
	uint32_t sessions;
	uint32_t acls;
	uint64_t generation;
	uint32_t header_digest;
	uint32_t data_digest;
	uint32_t initial_r2t;
	uint32_t immediate_data;
	uint32_t max_recv_data_segment_length;
	uint32_t max_xmit_data_segment_length;
	uint32_t first_burst_length;
	uint32_t max_burst_length;
	uint32_t max_outstanding_r2t;
	uint32_t default_time2wait;
	uint32_t nop_interval;
	uint32_t nop_count;
};

struct txn {
	uint64_t has;
	uint64_t generation;
};

struct portal {
	uint64_t has;
	struct addr address;
	uint16_t port;
	uint16_t group_tag;
	bool automatic;
	uint64_t generation;
};

struct lu {
	uint64_t has;
	uint32_t target_id;
	uint32_t lun;
	uint32_t type;
	uint32_t backend;
	char path[KTGT_PATH_MAX + 1];
	uint64_t size;
	uint32_t block_size;
	uint32_t physical_block_size;
	uint8_t read_only;
	uint8_t shared;
	uint8_t write_cache;
	uint8_t online;
	bool absent;
	uint8_t thin;
	char scsi_id[25];
	char serial[37];
	char vendor[9];
	char product[17];
	char revision[5];
	uint64_t naa;
	uint64_t read_commands;
	uint64_t read_bytes;
	uint64_t write_commands;
	uint64_t write_bytes;
	uint64_t errors;
	uint64_t generation;
};

struct acl {
	uint64_t has;
	uint32_t target_id;
	struct addr address;
	uint8_t prefix_len;
	bool all;
	char initiator[KTGT_NAME_MAX + 1];
	uint64_t generation;
};

struct account {
	uint64_t has;
	char user[KTGT_ACCOUNT_MAX + 1];
	char secret[KTGT_ACCOUNT_MAX + 1];	/* wiped after use */
	uint32_t target_id;
	bool outgoing;
	uint64_t generation;
};

struct conn {
	uint64_t has;
	uint16_t cid;
	uint32_t state;
	struct addr peer_address;
	uint16_t peer_port;
	struct addr local_address;
	uint16_t local_port;
	uint64_t rx_bytes;
	uint64_t tx_bytes;
	uint64_t rx_pdus;
	uint64_t tx_pdus;
	uint64_t runs;
	uint64_t sends;
	uint64_t send_vectors;
	uint64_t send_again;
	uint64_t kicks_saved;
	uint64_t pages_recycled;
	uint64_t pages_fresh;
	uint64_t zero_copy;
	uint64_t copied;
	uint64_t plugs;
	uint64_t plugged;
	uint64_t polls;
	uint64_t polls_hit;
	uint64_t command_pdus;
	uint64_t data_out_pdus;
	uint64_t data_in_pdus;
	uint64_t response_pdus;
};

struct param {
	uint64_t has;
	uint8_t header_digest;
	uint8_t data_digest;
	uint8_t initial_r2t;
	uint8_t immediate_data;
	uint32_t max_recv_data_segment_length;
	uint32_t max_xmit_data_segment_length;
	uint32_t first_burst_length;
	uint32_t max_burst_length;
	uint32_t max_outstanding_r2t;
	uint32_t max_connections;
	uint32_t error_recovery_level;
	uint32_t default_time2wait;
	uint32_t default_time2retain;
};

struct session {
	uint64_t has;
	uint32_t id;
	uint32_t target_id;
	char target[KTGT_NAME_MAX + 1];
	char initiator[KTGT_NAME_MAX + 1];
	char alias[256];
	uint8_t isid[6];
	uint16_t tsih;
	uint16_t group_tag;
	struct vec conn;
	struct param param;
	uint64_t generation;
	uint32_t logout_time;
};

struct itl {
	uint64_t has;
	uint32_t target_id;
	uint32_t session_id;
	uint32_t lun;
	uint64_t read_begun;
	uint64_t read_begun_bytes;
	uint64_t read_commands;
	uint64_t read_bytes;
	uint64_t write_begun;
	uint64_t write_begun_bytes;
	uint64_t write_commands;
	uint64_t write_bytes;
	uint64_t errors;
	uint64_t generation;
};

struct change {
	uint64_t has;
	uint32_t object;
	uint32_t action;
	uint32_t target_id;
	uint32_t lun;
	char name[KTGT_ACCOUNT_MAX + 1];
	struct addr address;
	uint16_t port;
	uint8_t prefix_len;
	bool outgoing;
};

struct event {
	uint64_t has;
	uint32_t id;
	uint32_t target_id;
	char target[KTGT_NAME_MAX + 1];
	char initiator[KTGT_NAME_MAX + 1];
	uint8_t isid[6];
	uint16_t tsih;
	struct addr peer_address;
	uint16_t peer_port;
	struct addr local_address;
	uint16_t local_port;
	uint32_t end;
	uint16_t status;
	char key[64];
	char reason[128];
	uint32_t missed;
	uint64_t generation;
	uint32_t changes;
	struct vec change;
	uint32_t lun;
	char other[KTGT_NAME_MAX + 1];
};

struct match {
	uint64_t has;
	struct addr address;
	uint8_t prefix_len;
	bool all;
	char initiator[KTGT_NAME_MAX + 1];
};

struct proof {
	uint64_t has;
	char user[KTGT_ACCOUNT_MAX + 1];
	bool outgoing;
};

struct explain {
	uint64_t has;
	char initiator[KTGT_NAME_MAX + 1];
	struct addr address;
	uint32_t target_id;
	char target[KTGT_NAME_MAX + 1];
	uint32_t state;
	uint8_t visible;
	uint16_t status;
	char reason[128];
	uint32_t acls;
	struct match address_rule;
	struct match initiator_rule;
	uint8_t chap;
	uint16_t chap_status;
	uint32_t accounts;
	struct vec account;
	uint64_t generation;
};

extern const struct object net_object;
extern const struct object target_object;
extern const struct object txn_object;
extern const struct object portal_object;
extern const struct object lu_object;
extern const struct object acl_object;
extern const struct object account_object;
extern const struct object conn_object;
extern const struct object param_object;
extern const struct object session_object;
extern const struct object itl_object;
extern const struct object change_object;
extern const struct object event_object;
extern const struct object match_object;
extern const struct object proof_object;
extern const struct object explain_object;

const struct field *object_field(const struct object *obj, uint16_t attr);
const struct field *object_field_named(const struct object *obj,
				       const char *name);
int field_enum(const struct field *f, const char *text, uint32_t *value);

/* Whether two structs have the same in a field, and what one takes over. */
bool field_same(const struct field *f, const void *a, const void *b);
void field_copy(const struct field *f, void *to, const void *from);

/* A text of the identity that is not set is @text, as much as has room. */
void lu_default_text(struct lu *lu, uint16_t attr, const char *text);
/* Whether two rules admit the same; of an address its network counts. */
bool acl_same(const struct acl *a, const struct acl *b);

/* Frees the items and the row, with the rows that @obj says are inside them. */
void objects_free(struct vec *list, const struct object *obj);
void object_free(const struct object *obj, void *item);

#endif
