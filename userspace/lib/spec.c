// SPDX-License-Identifier: GPL-2.0
/* Made by Documentation/netlink/model.py from specs/ktgt.yaml. */

#include "lib/spec.h"

#include <stddef.h>

#define F(obj, ATTR, member, knd, text, ...)				\
	{								\
		.attr = KTGT_A_ ## ATTR,				\
		.kind = FIELD_ ## knd,					\
		.off = offsetof(struct obj, member),			\
		.size = sizeof(((struct obj *)NULL)->member),		\
		.name = text,						\
		__VA_ARGS__						\
	}

#define OBJECT(obj)							\
	const struct object obj ## _object = {				\
		.name = #obj,						\
		.size = sizeof(struct obj),				\
		.fields = obj ## _fields,				\
		.n_fields = sizeof(obj ## _fields) /			\
			    sizeof(obj ## _fields[0]),			\
	}

static const char *const lu_given_names[] = {
	"scsi-id",
	"serial",
	"vendor",
	"product",
	"revision",
	"naa",
	"scsi-name",
	NULL,
};

static const char *const target_state_names[] = {
	"ready",
	"offline",
	NULL,
};

static const char *const answer_names[] = {
	"no",
	"yes",
	NULL,
};

static const char *const switch_names[] = {
	"off",
	"on",
	NULL,
};

static const char *const digest_names[] = {
	"none",
	"crc32c",
	"either",
	NULL,
};

static const char *const chap_algorithm_names[] = {
	"md5",
	"sha1",
	"sha256",
	"sha3-256",
	NULL,
};

static const char *const port_group_state_names[] = {
	"active-optimized",
	"active-nonoptimized",
	"standby",
	"unavailable",
	"transitioning",
	NULL,
};

static const char *const net_state_names[] = {
	"ready",
	"loading",
	NULL,
};

static const char *const lu_type_names[] = {
	"controller",
	"disk",
	NULL,
};

static const char *const backend_names[] = {
	"none",
	"block",
	"null",
	NULL,
};

static const char *const submission_names[] = {
	"direct",
	"workers",
	NULL,
};

static const char *const gone_names[] = {
	"default",
	"pdl",
	NULL,
};

static const char *const reservation_type_names[] = {
	"none",
	"write-exclusive",
	"exclusive-access",
	"write-exclusive-registrants",
	"exclusive-access-registrants",
	"write-exclusive-all",
	"exclusive-access-all",
	NULL,
};

static const char *const state_fault_names[] = {
	"none",
	"damaged",
	"newer",
	NULL,
};

static const char *const sanitize_state_names[] = {
	"none",
	"running",
	"failed",
	NULL,
};

static const char *const conn_state_names[] = {
	"new",
	"login",
	"full-feature",
	"closing",
	"dead",
	NULL,
};

static const char *const session_end_names[] = {
	"connection-lost",
	"logout",
	"reinstated",
	"target-deleted",
	"administrator",
	"no-answer",
	"protocol-error",
	"no-memory",
	"discovery-timeout",
	"too-many",
	"target-reset",
	NULL,
};

static const char *const storage_op_names[] = {
	"read",
	"write",
	"flush",
	"unmap",
	NULL,
};

static const char *const object_names[] = {
	"net",
	"target",
	"portal",
	"lu",
	"acl",
	"account",
	"port-group",
	NULL,
};

static const char *const action_names[] = {
	"add",
	"change",
	"delete",
	"bind",
	"unbind",
	NULL,
};

static const struct field net_fields[] = {
	F(net, NET_GENERATION, generation, U64, "generation"),
	F(net, NET_TARGETS, targets, U32, "targets"),
	F(net, NET_PORTALS, portals, U32, "portals"),
	F(net, NET_ACCOUNTS, accounts, U32, "accounts"),
	F(net, NET_SESSIONS, sessions, U32, "sessions"),
	F(net, NET_CONNECTIONS, connections, U32, "connections"),
	F(net, NET_VERSION, version, STR, "version"),
	F(net, NET_LOGIN_TIMEOUT, login_timeout, U32, "login-timeout",
	  .min = 1, .max = KTGT_TIME_MAX, .unit = UNIT_SET_SECONDS),
	F(net, NET_MAX_LOGINS, max_logins, U32, "max-logins", .min = 1,
	  .max = 65535),
	F(net, NET_MEMORY_LIMIT, memory_limit, U32, "memory-limit", .min = 4,
	  .max = 65536, .unit = UNIT_SET_MIB),
	F(net, NET_NOP_INTERVAL, nop_interval, U32, "nop-interval",
	  .max = KTGT_TIME_MAX, .unit = UNIT_SET_SECONDS),
	F(net, NET_POLL_TIME, poll_time, U32, "poll-time", .max = 1000,
	  .unit = UNIT_SET_USECS),
	F(net, NET_LOGOUT_TIMEOUT, logout_timeout, U32, "logout-timeout",
	  .min = 1, .max = KTGT_TIME_MAX, .unit = UNIT_SET_SECONDS),
	F(net, NET_TMF_TIMEOUT, tmf_timeout, U32, "tmf-timeout", .min = 1,
	  .max = KTGT_TIME_MAX, .unit = UNIT_SET_SECONDS),
	F(net, NET_STATE, state, ENUM, "state", .names = net_state_names),
	F(net, NET_OUI, oui, ID, "oui", .min = 3, .max = 3, .unit = UNIT_HEX),
	F(net, NET_CPUS, cpus, STR, "cpus"),
	F(net, NET_KEEPALIVE_IDLE, keepalive_idle, U32, "keepalive-idle",
	  .max = KTGT_TIME_MAX, .unit = UNIT_SET_SECONDS),
	F(net, NET_KEEPALIVE_INTERVAL, keepalive_interval, U32,
	  "keepalive-interval", .min = 1, .max = KTGT_TIME_MAX,
	  .unit = UNIT_SET_SECONDS),
	F(net, NET_KEEPALIVE_PROBES, keepalive_probes, U32, "keepalive-probes",
	  .min = 1, .max = 127),
	F(net, NET_TCP_USER_TIMEOUT, tcp_user_timeout, U32, "tcp-user-timeout",
	  .max = KTGT_TIME_MAX, .unit = UNIT_SET_SECONDS),
	F(net, NET_ALLOCATION_FAILURES, allocation_failures, U32,
	  "allocation-failures"),
	F(net, NET_DISCOVERY_TIMEOUT, discovery_timeout, U32,
	  "discovery-timeout", .min = 1, .max = KTGT_TIME_MAX,
	  .unit = UNIT_SET_SECONDS),
	F(net, NET_MAX_DISCOVERIES, max_discoveries, U32, "max-discoveries",
	  .min = 1, .max = 16384),
	F(net, NET_DISCOVERIES_CLOSED, discoveries_closed, U64,
	  "discoveries-closed"),
	F(net, NET_LOGINS_CLOSED, logins_closed, U64, "logins-closed"),
	F(net, NET_LOGIN_DELAY, login_delay, U32, "login-delay",
	  .max = KTGT_TIME_MAX, .unit = UNIT_SET_SECONDS),
	F(net, NET_LOGINS_DELAYED, logins_delayed, U64, "logins-delayed"),
	F(net, NET_MEMORY_TOTAL, memory_total, SIZE, "memory-total"),
	F(net, NET_MEMORY_USED, memory_used, SIZE, "memory-used"),
	F(net, NET_WINDOWS_CLOSED, windows_closed, U64, "windows-closed"),
	F(net, NET_STATE_DIR, state_dir, STR, "state-dir"),
};

OBJECT(net);

static const struct field target_fields[] = {
	F(target, TARGET_ID, id, U32, "id", .min = 1, .max = 65535),
	F(target, TARGET_NAME, name, STR, "name"),
	F(target, TARGET_ALIAS, alias, STR, "alias"),
	F(target, TARGET_STATE, state, ENUM, "state",
	  .names = target_state_names),
	F(target, TARGET_LUS, lus, U32, "lus"),
	F(target, TARGET_SESSIONS, sessions, U32, "sessions"),
	F(target, TARGET_ACLS, acls, U32, "acls"),
	F(target, TARGET_GENERATION, generation, U64, "generation"),
	F(target, TARGET_HEADER_DIGEST, header_digest, KEY, "header-digest",
	  .names = digest_names),
	F(target, TARGET_DATA_DIGEST, data_digest, KEY, "data-digest",
	  .names = digest_names),
	F(target, TARGET_INITIAL_R2T, initial_r2t, KEY, "initial-r2t",
	  .names = answer_names),
	F(target, TARGET_IMMEDIATE_DATA, immediate_data, KEY, "immediate-data",
	  .names = answer_names),
	F(target, TARGET_MAX_RECV_DATA_SEGMENT_LENGTH,
	  max_recv_data_segment_length, KEY, "max-recv-data-segment-length",
	  .min = KTGT_SEGMENT_MIN, .max = KTGT_SEGMENT_MAX),
	F(target, TARGET_MAX_XMIT_DATA_SEGMENT_LENGTH,
	  max_xmit_data_segment_length, KEY, "max-xmit-data-segment-length",
	  .min = KTGT_SEGMENT_MIN, .max = KTGT_SEGMENT_MAX),
	F(target, TARGET_FIRST_BURST_LENGTH, first_burst_length, KEY,
	  "first-burst-length", .min = KTGT_SEGMENT_MIN,
	  .max = KTGT_SEGMENT_MAX),
	F(target, TARGET_MAX_BURST_LENGTH, max_burst_length, KEY,
	  "max-burst-length", .min = KTGT_SEGMENT_MIN, .max = KTGT_SEGMENT_MAX),
	F(target, TARGET_MAX_OUTSTANDING_R2T, max_outstanding_r2t, KEY,
	  "max-outstanding-r2t", .min = 1, .max = KTGT_R2T_MAX),
	F(target, TARGET_DEFAULT_TIME2WAIT, default_time2wait, KEY,
	  "default-time2wait", .min = 0, .max = KTGT_TIME_MAX),
	F(target, TARGET_NOP_INTERVAL, nop_interval, KEY, "nop-interval",
	  .min = 0, .max = KTGT_TIME_MAX),
	F(target, TARGET_NOP_COUNT, nop_count, KEY, "nop-count", .min = 0,
	  .max = KTGT_TIME_MAX),
	F(target, TARGET_RESET, reset, KEY, "reset", .names = switch_names),
	F(target, TARGET_CHAP_ALGORITHMS, chap_algorithms, KEY_FLAGS,
	  "chap-algorithms", .names = chap_algorithm_names),
	F(target, TARGET_PORTALS, portals, STR, "portals"),
	F(target, TARGET_EXPLICIT_ALUA, explicit_alua, KEY, "explicit-alua",
	  .names = switch_names),
	F(target, TARGET_FORCE, force, FLAG, "force"),
};

OBJECT(target);

static const struct field portal_fields[] = {
	F(portal, PORTAL_ADDRESS, address, ADDR, "address"),
	F(portal, PORTAL_PORT, port, U16, "port", .min = 1),
	F(portal, PORTAL_GROUP_TAG, group_tag, U16, "group-tag", .min = 1),
	F(portal, PORTAL_AUTOMATIC, automatic, FLAG, "automatic"),
	F(portal, PORTAL_GENERATION, generation, U64, "generation"),
};

OBJECT(portal);

static const struct field lu_fields[] = {
	F(lu, LU_TARGET_ID, target_id, U32, "target-id", .min = 1,
	  .max = 65535),
	F(lu, LU_LUN, lun, U32, "lun", .max = KTGT_LUN_MAX),
	F(lu, LU_TYPE, type, ENUM, "type", .names = lu_type_names),
	F(lu, LU_BACKEND, backend, ENUM, "backend", .names = backend_names),
	F(lu, LU_PATH, path, STR, "path"),
	F(lu, LU_SIZE, size, SIZE, "size"),
	F(lu, LU_BLOCK_SIZE, block_size, U32, "block-size", .min = 512,
	  .max = 4096),
	F(lu, LU_PHYSICAL_BLOCK_SIZE, physical_block_size, U32,
	  "physical-block-size"),
	F(lu, LU_READ_ONLY, read_only, BOOL, "read-only"),
	F(lu, LU_SHARED, shared, BOOL, "shared"),
	F(lu, LU_GONE, gone, ENUM, "gone", .names = gone_names),
	F(lu, LU_WRITE_CACHE, write_cache, BOOL, "write-cache"),
	F(lu, LU_ONLINE, online, BOOL, "online"),
	F(lu, LU_REMOVABLE, removable, BOOL, "removable"),
	F(lu, LU_EJECTED, ejected, BOOL, "ejected"),
	F(lu, LU_PREVENTED, prevented, BOOL, "prevented"),
	F(lu, LU_SANITIZE, sanitize, ENUM, "sanitize",
	  .names = sanitize_state_names),
	F(lu, LU_FROZEN, frozen, U32, "frozen", .unit = UNIT_SET_SECONDS),
	F(lu, LU_THIN, thin, BOOL, "thin"),
	F(lu, LU_SUBMISSION, submission, ENUM, "submission",
	  .names = submission_names),
	F(lu, LU_ORPHANS, orphans, U32, "orphans"),
	F(lu, LU_SCSI_ID, scsi_id, STR, "scsi-id"),
	F(lu, LU_SERIAL, serial, STR, "serial"),
	F(lu, LU_VENDOR, vendor, STR, "vendor"),
	F(lu, LU_PRODUCT, product, STR, "product"),
	F(lu, LU_REVISION, revision, STR, "revision"),
	F(lu, LU_NAA_ID, naa, ID, "naa", .min = 8, .max = 16, .unit = UNIT_HEX),
	F(lu, LU_EUI, eui, ID, "eui", .min = 8, .max = 16, .unit = UNIT_HEX),
	F(lu, LU_UUID, uuid, ID, "uuid", .min = 16, .max = 16,
	  .unit = UNIT_UUID),
	F(lu, LU_SCSI_NAME, scsi_name, STR, "scsi-name"),
	F(lu, LU_GIVEN, given, FLAGS, "given", .names = lu_given_names),
	F(lu, LU_SHARED_IDENTITY, shared_identity, BOOL, "shared-identity"),
	F(lu, LU_MEDIUM, medium, STR, "medium"),
	F(lu, LU_READ_COMMANDS, read_commands, U64, "read-commands"),
	F(lu, LU_READ_BYTES, read_bytes, U64, "read-bytes"),
	F(lu, LU_WRITE_COMMANDS, write_commands, U64, "write-commands"),
	F(lu, LU_WRITE_BYTES, write_bytes, U64, "write-bytes"),
	F(lu, LU_ERRORS, errors, U64, "errors"),
	F(lu, LU_GENERATION, generation, U64, "generation"),
	F(lu, LU_ABSENT, absent, FLAG, "absent"),
	F(lu, LU_MEDIUM_FOUND, medium_found, STR, "medium-found"),
	F(lu, LU_FORCE, force, FLAG, "force"),
	F(lu, LU_DEVICE_WRITE_CACHE, device_write_cache, FLAG,
	  "device-write-cache"),
	F(lu, LU_MAJOR, major, U32, "major", .max = 4095),
	F(lu, LU_MINOR, minor, U32, "minor", .max = 1048575),
	F(lu, LU_DESCRIPTOR, descriptor, U32, "descriptor"),
	F(lu, LU_STATE_DESCRIPTOR, state_descriptor, U32, "state-descriptor"),
	F(lu, LU_THRESHOLD_REACHED, threshold_reached, FLAG,
	  "threshold-reached"),
};

OBJECT(lu);

static const struct field acl_fields[] = {
	F(acl, ACL_TARGET_ID, target_id, U32, "target-id", .min = 1,
	  .max = 65535),
	F(acl, ACL_ADDRESS, address, ADDR, "address"),
	F(acl, ACL_PREFIX_LEN, prefix_len, U8, "prefix-len", .max = 128),
	F(acl, ACL_ALL, all, FLAG, "all"),
	F(acl, ACL_INITIATOR, initiator, STR, "initiator"),
	F(acl, ACL_GENERATION, generation, U64, "generation"),
};

OBJECT(acl);

static const struct field account_fields[] = {
	F(account, ACCOUNT_USER, user, STR, "user"),
	F(account, ACCOUNT_TARGET_ID, target_id, U32, "target-id",
	  .max = 65535),
	F(account, ACCOUNT_OUTGOING, outgoing, FLAG, "outgoing"),
	F(account, ACCOUNT_GENERATION, generation, U64, "generation"),
	F(account, ACCOUNT_SECRET, secret, STR, "secret"),
};

OBJECT(account);

static const struct field conn_fields[] = {
	F(conn, CONN_CID, cid, U16, "cid"),
	F(conn, CONN_STATE, state, ENUM, "state", .names = conn_state_names),
	F(conn, CONN_PEER_ADDRESS, peer_address, ADDR, "peer-address"),
	F(conn, CONN_PEER_PORT, peer_port, U16, "peer-port"),
	F(conn, CONN_LOCAL_ADDRESS, local_address, ADDR, "local-address"),
	F(conn, CONN_LOCAL_PORT, local_port, U16, "local-port"),
	F(conn, CONN_RX_BYTES, rx_bytes, U64, "rx-bytes"),
	F(conn, CONN_TX_BYTES, tx_bytes, U64, "tx-bytes"),
	F(conn, CONN_RX_PDUS, rx_pdus, U64, "rx-pdus"),
	F(conn, CONN_TX_PDUS, tx_pdus, U64, "tx-pdus"),
	F(conn, CONN_RUNS, runs, U64, "runs"),
	F(conn, CONN_SENDS, sends, U64, "sends"),
	F(conn, CONN_SEND_VECTORS, send_vectors, U64, "send-vectors"),
	F(conn, CONN_SEND_AGAIN, send_again, U64, "send-again"),
	F(conn, CONN_KICKS_SAVED, kicks_saved, U64, "kicks-saved"),
	F(conn, CONN_PAGES_RECYCLED, pages_recycled, U64, "pages-recycled"),
	F(conn, CONN_PAGES_FRESH, pages_fresh, U64, "pages-fresh"),
	F(conn, CONN_ZERO_COPY, zero_copy, U64, "zero-copy"),
	F(conn, CONN_COPIED, copied, U64, "copied"),
	F(conn, CONN_PLUGS, plugs, U64, "plugs"),
	F(conn, CONN_PLUGGED, plugged, U64, "plugged"),
	F(conn, CONN_POLLS, polls, U64, "polls"),
	F(conn, CONN_POLLS_HIT, polls_hit, U64, "polls-hit"),
	F(conn, CONN_COMMAND_PDUS, command_pdus, U64, "command-pdus"),
	F(conn, CONN_DATA_OUT_PDUS, data_out_pdus, U64, "data-out-pdus"),
	F(conn, CONN_DATA_IN_PDUS, data_in_pdus, U64, "data-in-pdus"),
	F(conn, CONN_RESPONSE_PDUS, response_pdus, U64, "response-pdus"),
	F(conn, CONN_IDLE_TIME, idle_time, U32, "idle-time",
	  .unit = UNIT_SECONDS),
	F(conn, CONN_RTT, rtt, U32, "rtt", .unit = UNIT_USECS),
	F(conn, CONN_RTT_VAR, rtt_var, U32, "rtt-var", .unit = UNIT_USECS),
	F(conn, CONN_RETRANSMITS, retransmits, U32, "retransmits"),
	F(conn, CONN_CPU, cpu, U32, "cpu"),
	F(conn, CONN_MEMORY, memory, SIZE, "memory"),
	F(conn, CONN_MEMORY_UNACKNOWLEDGED, memory_unacknowledged, SIZE,
	  "memory-unacknowledged"),
};

OBJECT(conn);

static const struct field param_fields[] = {
	F(param, PARAM_HEADER_DIGEST, header_digest, BOOL, "header-digest"),
	F(param, PARAM_DATA_DIGEST, data_digest, BOOL, "data-digest"),
	F(param, PARAM_INITIAL_R2T, initial_r2t, BOOL, "initial-r2t"),
	F(param, PARAM_IMMEDIATE_DATA, immediate_data, BOOL, "immediate-data"),
	F(param, PARAM_MAX_RECV_DATA_SEGMENT_LENGTH,
	  max_recv_data_segment_length, U32, "max-recv-data-segment-length"),
	F(param, PARAM_MAX_XMIT_DATA_SEGMENT_LENGTH,
	  max_xmit_data_segment_length, U32, "max-xmit-data-segment-length"),
	F(param, PARAM_FIRST_BURST_LENGTH, first_burst_length, U32,
	  "first-burst-length"),
	F(param, PARAM_MAX_BURST_LENGTH, max_burst_length, U32,
	  "max-burst-length"),
	F(param, PARAM_MAX_OUTSTANDING_R2T, max_outstanding_r2t, U32,
	  "max-outstanding-r2t"),
	F(param, PARAM_MAX_CONNECTIONS, max_connections, U32,
	  "max-connections"),
	F(param, PARAM_ERROR_RECOVERY_LEVEL, error_recovery_level, U32,
	  "error-recovery-level"),
	F(param, PARAM_DEFAULT_TIME2WAIT, default_time2wait, U32,
	  "default-time2wait"),
	F(param, PARAM_DEFAULT_TIME2RETAIN, default_time2retain, U32,
	  "default-time2retain"),
};

OBJECT(param);

static const struct field session_fields[] = {
	F(session, SESSION_ID, id, U32, "id"),
	F(session, SESSION_TARGET_ID, target_id, U32, "target-id",
	  .max = 65535),
	F(session, SESSION_TARGET, target, STR, "target"),
	F(session, SESSION_INITIATOR, initiator, STR, "initiator"),
	F(session, SESSION_ALIAS, alias, STR, "alias"),
	F(session, SESSION_ISID, isid, BIN, "isid"),
	F(session, SESSION_TSIH, tsih, U16, "tsih"),
	F(session, SESSION_GROUP_TAG, group_tag, U16, "group-tag"),
	F(session, SESSION_LOGIN_TIME, login_time, U64, "login-time",
	  .unit = UNIT_DATE),
	F(session, SESSION_CONN, conn, LIST, "conn", .sub = &conn_object),
	F(session, SESSION_PARAM, param, NEST, "param", .sub = &param_object),
	F(session, SESSION_GENERATION, generation, U64, "generation"),
	F(session, SESSION_LOGOUT_TIME, logout_time, U32, "logout-time",
	  .min = 1, .max = KTGT_TIME_MAX),
};

OBJECT(session);

static const struct field txn_fields[] = {
	F(txn, TXN_GENERATION, generation, U64, "generation"),
};

OBJECT(txn);

static const struct field change_fields[] = {
	F(change, CHANGE_OBJECT, object, ENUM, "object", .names = object_names),
	F(change, CHANGE_ACTION, action, ENUM, "action", .names = action_names),
	F(change, CHANGE_TARGET_ID, target_id, U32, "target-id"),
	F(change, CHANGE_LUN, lun, U32, "lun"),
	F(change, CHANGE_NAME, name, STR, "name"),
	F(change, CHANGE_ADDRESS, address, ADDR, "address"),
	F(change, CHANGE_PORT, port, U16, "port"),
	F(change, CHANGE_PREFIX_LEN, prefix_len, U8, "prefix-len"),
	F(change, CHANGE_OUTGOING, outgoing, FLAG, "outgoing"),
};

OBJECT(change);

static const struct field event_fields[] = {
	F(event, EVENT_ID, id, U32, "id"),
	F(event, EVENT_TARGET_ID, target_id, U32, "target-id"),
	F(event, EVENT_TARGET, target, STR, "target"),
	F(event, EVENT_INITIATOR, initiator, STR, "initiator"),
	F(event, EVENT_ISID, isid, BIN, "isid"),
	F(event, EVENT_TSIH, tsih, U16, "tsih"),
	F(event, EVENT_PEER_ADDRESS, peer_address, ADDR, "peer-address"),
	F(event, EVENT_PEER_PORT, peer_port, U16, "peer-port"),
	F(event, EVENT_LOCAL_ADDRESS, local_address, ADDR, "local-address"),
	F(event, EVENT_LOCAL_PORT, local_port, U16, "local-port"),
	F(event, EVENT_END, end, ENUM, "end", .names = session_end_names),
	F(event, EVENT_STATUS, status, U16, "status"),
	F(event, EVENT_KEY, key, STR, "key"),
	F(event, EVENT_REASON, reason, STR, "reason"),
	F(event, EVENT_MISSED, missed, U32, "missed"),
	F(event, EVENT_GENERATION, generation, U64, "generation"),
	F(event, EVENT_CHANGES, changes, U32, "changes"),
	F(event, EVENT_CHANGE, change, LIST, "change", .sub = &change_object),
	F(event, EVENT_LUN, lun, U32, "lun"),
	F(event, EVENT_OTHER, other, STR, "other"),
	F(event, EVENT_PATH, path, STR, "path"),
	F(event, EVENT_LBA, lba, U64, "lba"),
	F(event, EVENT_OPERATION, operation, ENUM, "operation",
	  .names = storage_op_names),
	F(event, EVENT_ERROR, error, U32, "error"),
	F(event, EVENT_TEXT, text, STR, "text"),
	F(event, EVENT_PORT_ID, port_id, U32, "port-id"),
	F(event, EVENT_SEQUENCE, sequence, U32, "sequence"),
	F(event, EVENT_MEMORY, memory, SIZE, "memory"),
};

OBJECT(event);

static const struct field rule_fields[] = {
	F(rule, RULE_ADDRESS, address, ADDR, "address"),
	F(rule, RULE_PREFIX_LEN, prefix_len, U8, "prefix-len"),
	F(rule, RULE_ALL, all, FLAG, "all"),
	F(rule, RULE_INITIATOR, initiator, STR, "initiator"),
};

OBJECT(rule);

static const struct field proof_fields[] = {
	F(proof, PROOF_USER, user, STR, "user"),
	F(proof, PROOF_OUTGOING, outgoing, FLAG, "outgoing"),
};

OBJECT(proof);

static const struct field explain_fields[] = {
	F(explain, EXPLAIN_TARGET_ID, target_id, U32, "target-id",
	  .max = 65535),
	F(explain, EXPLAIN_TARGET, target, STR, "target"),
	F(explain, EXPLAIN_STATE, state, ENUM, "state",
	  .names = target_state_names),
	F(explain, EXPLAIN_VISIBLE, visible, BOOL, "visible"),
	F(explain, EXPLAIN_STATUS, status, U16, "status"),
	F(explain, EXPLAIN_REASON, reason, STR, "reason"),
	F(explain, EXPLAIN_ACLS, acls, U32, "acls"),
	F(explain, EXPLAIN_ADDRESS_RULE, address_rule, NEST, "address-rule",
	  .sub = &rule_object),
	F(explain, EXPLAIN_INITIATOR_RULE, initiator_rule, NEST,
	  "initiator-rule", .sub = &rule_object),
	F(explain, EXPLAIN_CHAP, chap, BOOL, "chap"),
	F(explain, EXPLAIN_CHAP_STATUS, chap_status, U16, "chap-status"),
	F(explain, EXPLAIN_ACCOUNTS, accounts, U32, "accounts"),
	F(explain, EXPLAIN_ACCOUNT, account, LIST, "account",
	  .sub = &proof_object),
	F(explain, EXPLAIN_GENERATION, generation, U64, "generation"),
	F(explain, EXPLAIN_INITIATOR, initiator, STR, "initiator"),
	F(explain, EXPLAIN_ADDRESS, address, ADDR, "address"),
	F(explain, EXPLAIN_GROUP_TAG, group_tag, U16, "group-tag", .min = 1),
};

OBJECT(explain);

static const struct field freeze_fields[] = {
	F(freeze, FREEZE_ID, id, U32, "id"),
	F(freeze, FREEZE_GENERATION, generation, U64, "generation"),
	F(freeze, FREEZE_TARGET_ID, target_id, U32, "target-id", .min = 1,
	  .max = 65535),
	F(freeze, FREEZE_LUN, lun, U32S, "lun"),
	F(freeze, FREEZE_TIMEOUT, timeout, U32, "timeout", .min = 1,
	  .max = KTGT_TIME_MAX),
	F(freeze, FREEZE_DETACH, detach, FLAG, "detach"),
};

OBJECT(freeze);

static const struct field itl_fields[] = {
	F(itl, ITL_TARGET_ID, target_id, U32, "target-id", .min = 1,
	  .max = 65535),
	F(itl, ITL_SESSION_ID, session_id, U32, "session-id"),
	F(itl, ITL_LUN, lun, U32, "lun"),
	F(itl, ITL_READ_BEGUN, read_begun, U64, "read-begun"),
	F(itl, ITL_READ_BEGUN_BYTES, read_begun_bytes, U64, "read-begun-bytes"),
	F(itl, ITL_READ_COMMANDS, read_commands, U64, "read-commands"),
	F(itl, ITL_READ_BYTES, read_bytes, U64, "read-bytes"),
	F(itl, ITL_WRITE_BEGUN, write_begun, U64, "write-begun"),
	F(itl, ITL_WRITE_BEGUN_BYTES, write_begun_bytes, U64,
	  "write-begun-bytes"),
	F(itl, ITL_WRITE_COMMANDS, write_commands, U64, "write-commands"),
	F(itl, ITL_WRITE_BYTES, write_bytes, U64, "write-bytes"),
	F(itl, ITL_ERRORS, errors, U64, "errors"),
	F(itl, ITL_GENERATION, generation, U64, "generation"),
};

OBJECT(itl);

static const struct field registration_fields[] = {
	F(registration, REGISTRATION_PORT, port, STR, "port"),
	F(registration, REGISTRATION_KEY, key, BIN, "key"),
	F(registration, REGISTRATION_TARGET_PORT, target_port, U32,
	  "target-port", .min = 1, .max = 65535),
	F(registration, REGISTRATION_HOLDER, holder, FLAG, "holder"),
};

OBJECT(registration);

static const struct field reservation_fields[] = {
	F(reservation, RESERVATION_TARGET_ID, target_id, U32, "target-id",
	  .min = 1, .max = 65535),
	F(reservation, RESERVATION_LUN, lun, U32, "lun", .max = KTGT_LUN_MAX),
	F(reservation, RESERVATION_GENERATION, generation, U32, "generation"),
	F(reservation, RESERVATION_TYPE, type, ENUM, "type",
	  .names = reservation_type_names),
	F(reservation, RESERVATION_PERSISTS, persists, FLAG, "persists"),
	F(reservation, RESERVATION_APTPL, aptpl, BOOL, "aptpl"),
	F(reservation, RESERVATION_FAULT, fault, ENUM, "fault",
	  .names = state_fault_names),
	F(reservation, RESERVATION_REGISTRATION, registration, LIST,
	  "registration", .sub = &registration_object),
};

OBJECT(reservation);

static const struct field orphan_fields[] = {
	F(orphan, ORPHAN_TARGET, target, STR, "target"),
	F(orphan, ORPHAN_LUN, lun, U32, "lun"),
	F(orphan, ORPHAN_PATH, path, STR, "path"),
	F(orphan, ORPHAN_DEVICE, device, STR, "device"),
	F(orphan, ORPHAN_REMOVED, removed, FLAG, "removed"),
	F(orphan, ORPHAN_INITIATOR, initiator, STR, "initiator"),
	F(orphan, ORPHAN_ISID, isid, BIN, "isid"),
	F(orphan, ORPHAN_READS, reads, U32, "reads"),
	F(orphan, ORPHAN_WRITES, writes, U32, "writes"),
	F(orphan, ORPHAN_OTHERS, others, U32, "others"),
	F(orphan, ORPHAN_BYTES, bytes, SIZE, "bytes"),
	F(orphan, ORPHAN_AGE, age, U32, "age", .unit = UNIT_SECONDS),
	F(orphan, ORPHAN_NAMESPACE, namespace, U32, "namespace"),
};

OBJECT(orphan);

static const struct field histogram_fields[] = {
	F(histogram, HISTOGRAM_TARGET_ID, target_id, U32, "target-id",
	  .min = 1, .max = 65535),
	F(histogram, HISTOGRAM_LUN, lun, U32, "lun", .max = KTGT_LUN_MAX),
	F(histogram, HISTOGRAM_READ_TOTAL, read_total, U64S, "read-total"),
	F(histogram, HISTOGRAM_READ_STORAGE, read_storage, U64S,
	  "read-storage"),
	F(histogram, HISTOGRAM_WRITE_TOTAL, write_total, U64S, "write-total"),
	F(histogram, HISTOGRAM_WRITE_STORAGE, write_storage, U64S,
	  "write-storage"),
	F(histogram, HISTOGRAM_OTHER_TOTAL, other_total, U64S, "other-total"),
	F(histogram, HISTOGRAM_OTHER_STORAGE, other_storage, U64S,
	  "other-storage"),
	F(histogram, HISTOGRAM_GENERATION, generation, U64, "generation"),
	F(histogram, HISTOGRAM_SESSION_ID, session_id, U32, "session-id"),
};

OBJECT(histogram);

static const struct field port_group_fields[] = {
	F(port_group, PORT_GROUP_TARGET_ID, target_id, U32, "target-id",
	  .min = 1, .max = 65535),
	F(port_group, PORT_GROUP_ID, id, U32, "id", .min = 1, .max = 65535),
	F(port_group, PORT_GROUP_PORTALS, portals, STR, "portals"),
	F(port_group, PORT_GROUP_STATE, state, ENUM, "state",
	  .names = port_group_state_names),
	F(port_group, PORT_GROUP_PREFERRED, preferred, BOOL, "preferred"),
	F(port_group, PORT_GROUP_GENERATION, generation, U64, "generation"),
};

OBJECT(port_group);
