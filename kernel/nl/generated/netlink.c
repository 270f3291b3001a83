// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ktgt.yaml */
/* YNL-GEN kernel source */
/* YNL-ARG --function-prefix ktgt */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink.h"

#include <uapi/linux/ktgt.h>

/* Integer value ranges */
static const struct netlink_range_validation ktgt_a_net_max_logins_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static const struct netlink_range_validation ktgt_a_net_memory_limit_range = {
	.min	= 4ULL,
	.max	= 65536ULL,
};

static const struct netlink_range_validation ktgt_a_target_id_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static const struct netlink_range_validation ktgt_a_lu_target_id_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static const struct netlink_range_validation ktgt_a_lu_minor_range = {
	.max	= 1048575ULL,
};

static const struct netlink_range_validation ktgt_a_acl_target_id_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static const struct netlink_range_validation ktgt_a_account_target_id_range = {
	.max	= 65535ULL,
};

static const struct netlink_range_validation ktgt_a_session_target_id_range = {
	.max	= 65535ULL,
};

static const struct netlink_range_validation ktgt_a_explain_target_id_range = {
	.max	= 65535ULL,
};

static const struct netlink_range_validation ktgt_a_freeze_target_id_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static const struct netlink_range_validation ktgt_a_itl_target_id_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static const struct netlink_range_validation ktgt_a_reservation_target_id_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static const struct netlink_range_validation ktgt_a_registration_target_port_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static const struct netlink_range_validation ktgt_a_histogram_target_id_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static const struct netlink_range_validation ktgt_a_port_group_target_id_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static const struct netlink_range_validation ktgt_a_port_group_id_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

/* Common nested types */
const struct nla_policy ktgt_registration_nl_policy[KTGT_A_REGISTRATION_HOLDER + 1] = {
	[KTGT_A_REGISTRATION_PORT] = { .type = NLA_NUL_STRING, .len = 243, },
	[KTGT_A_REGISTRATION_KEY] = NLA_POLICY_EXACT_LEN(8),
	[KTGT_A_REGISTRATION_TARGET_PORT] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_registration_target_port_range),
	[KTGT_A_REGISTRATION_HOLDER] = { .type = NLA_FLAG, },
};

/* KTGT_CMD_NET_SET - do */
static const struct nla_policy ktgt_net_set_nl_policy[KTGT_A_NET_STATE_DIR + 1] = {
	[KTGT_A_NET_LOGIN_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 1, KTGT_TIME_MAX),
	[KTGT_A_NET_MAX_LOGINS] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_net_max_logins_range),
	[KTGT_A_NET_MEMORY_LIMIT] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_net_memory_limit_range),
	[KTGT_A_NET_NOP_INTERVAL] = NLA_POLICY_MAX(NLA_U32, KTGT_TIME_MAX),
	[KTGT_A_NET_POLL_TIME] = NLA_POLICY_MAX(NLA_U32, 1000),
	[KTGT_A_NET_LOGOUT_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 1, KTGT_TIME_MAX),
	[KTGT_A_NET_TMF_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 1, KTGT_TIME_MAX),
	[KTGT_A_NET_STATE] = NLA_POLICY_MAX(NLA_U32, 1),
	[KTGT_A_NET_OUI] = NLA_POLICY_EXACT_LEN(3),
	[KTGT_A_NET_CPUS] = { .type = NLA_NUL_STRING, .len = KTGT_CPUS_MAX, },
	[KTGT_A_NET_KEEPALIVE_IDLE] = NLA_POLICY_MAX(NLA_U32, KTGT_TIME_MAX),
	[KTGT_A_NET_KEEPALIVE_INTERVAL] = NLA_POLICY_RANGE(NLA_U32, 1, KTGT_TIME_MAX),
	[KTGT_A_NET_KEEPALIVE_PROBES] = NLA_POLICY_RANGE(NLA_U32, 1, 127),
	[KTGT_A_NET_TCP_USER_TIMEOUT] = NLA_POLICY_MAX(NLA_U32, KTGT_TIME_MAX),
	[KTGT_A_NET_DISCOVERY_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 1, KTGT_TIME_MAX),
	[KTGT_A_NET_MAX_DISCOVERIES] = NLA_POLICY_RANGE(NLA_U32, 1, 16384),
	[KTGT_A_NET_LOGIN_DELAY] = NLA_POLICY_MAX(NLA_U32, KTGT_TIME_MAX),
	[KTGT_A_NET_MEMORY_TOTAL] = { .type = NLA_U64, },
	[KTGT_A_NET_STATE_DIR] = { .type = NLA_NUL_STRING, .len = KTGT_STATE_DIR_MAX, },
};

/* KTGT_CMD_TARGET_NEW - do */
static const struct nla_policy ktgt_target_new_nl_policy[KTGT_A_TARGET_EXPLICIT_ALUA + 1] = {
	[KTGT_A_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_target_id_range),
	[KTGT_A_TARGET_NAME] = { .type = NLA_NUL_STRING, .len = KTGT_NAME_MAX, },
	[KTGT_A_TARGET_ALIAS] = { .type = NLA_NUL_STRING, .len = 255, },
	[KTGT_A_TARGET_STATE] = NLA_POLICY_MAX(NLA_U32, 1),
	[KTGT_A_TARGET_HEADER_DIGEST] = { .type = NLA_U32, },
	[KTGT_A_TARGET_DATA_DIGEST] = { .type = NLA_U32, },
	[KTGT_A_TARGET_INITIAL_R2T] = { .type = NLA_U32, },
	[KTGT_A_TARGET_IMMEDIATE_DATA] = { .type = NLA_U32, },
	[KTGT_A_TARGET_MAX_RECV_DATA_SEGMENT_LENGTH] = { .type = NLA_U32, },
	[KTGT_A_TARGET_MAX_XMIT_DATA_SEGMENT_LENGTH] = { .type = NLA_U32, },
	[KTGT_A_TARGET_FIRST_BURST_LENGTH] = { .type = NLA_U32, },
	[KTGT_A_TARGET_MAX_BURST_LENGTH] = { .type = NLA_U32, },
	[KTGT_A_TARGET_MAX_OUTSTANDING_R2T] = { .type = NLA_U32, },
	[KTGT_A_TARGET_DEFAULT_TIME2WAIT] = { .type = NLA_U32, },
	[KTGT_A_TARGET_NOP_INTERVAL] = { .type = NLA_U32, },
	[KTGT_A_TARGET_NOP_COUNT] = { .type = NLA_U32, },
	[KTGT_A_TARGET_RESET] = { .type = NLA_U32, },
	[KTGT_A_TARGET_CHAP_ALGORITHMS] = { .type = NLA_U32, },
	[KTGT_A_TARGET_PORTALS] = { .type = NLA_NUL_STRING, .len = KTGT_PORTS_TEXT, },
	[KTGT_A_TARGET_EXPLICIT_ALUA] = { .type = NLA_U32, },
};

/* KTGT_CMD_TARGET_DEL - do */
static const struct nla_policy ktgt_target_del_nl_policy[KTGT_A_TARGET_FORCE + 1] = {
	[KTGT_A_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_target_id_range),
	[KTGT_A_TARGET_NAME] = { .type = NLA_NUL_STRING, .len = KTGT_NAME_MAX, },
	[KTGT_A_TARGET_FORCE] = { .type = NLA_FLAG, },
};

/* KTGT_CMD_TARGET_SET - do */
static const struct nla_policy ktgt_target_set_nl_policy[KTGT_A_TARGET_EXPLICIT_ALUA + 1] = {
	[KTGT_A_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_target_id_range),
	[KTGT_A_TARGET_NAME] = { .type = NLA_NUL_STRING, .len = KTGT_NAME_MAX, },
	[KTGT_A_TARGET_ALIAS] = { .type = NLA_NUL_STRING, .len = 255, },
	[KTGT_A_TARGET_STATE] = NLA_POLICY_MAX(NLA_U32, 1),
	[KTGT_A_TARGET_HEADER_DIGEST] = { .type = NLA_U32, },
	[KTGT_A_TARGET_DATA_DIGEST] = { .type = NLA_U32, },
	[KTGT_A_TARGET_INITIAL_R2T] = { .type = NLA_U32, },
	[KTGT_A_TARGET_IMMEDIATE_DATA] = { .type = NLA_U32, },
	[KTGT_A_TARGET_MAX_RECV_DATA_SEGMENT_LENGTH] = { .type = NLA_U32, },
	[KTGT_A_TARGET_MAX_XMIT_DATA_SEGMENT_LENGTH] = { .type = NLA_U32, },
	[KTGT_A_TARGET_FIRST_BURST_LENGTH] = { .type = NLA_U32, },
	[KTGT_A_TARGET_MAX_BURST_LENGTH] = { .type = NLA_U32, },
	[KTGT_A_TARGET_MAX_OUTSTANDING_R2T] = { .type = NLA_U32, },
	[KTGT_A_TARGET_DEFAULT_TIME2WAIT] = { .type = NLA_U32, },
	[KTGT_A_TARGET_NOP_INTERVAL] = { .type = NLA_U32, },
	[KTGT_A_TARGET_NOP_COUNT] = { .type = NLA_U32, },
	[KTGT_A_TARGET_RESET] = { .type = NLA_U32, },
	[KTGT_A_TARGET_CHAP_ALGORITHMS] = { .type = NLA_U32, },
	[KTGT_A_TARGET_PORTALS] = { .type = NLA_NUL_STRING, .len = KTGT_PORTS_TEXT, },
	[KTGT_A_TARGET_EXPLICIT_ALUA] = { .type = NLA_U32, },
};

/* KTGT_CMD_TARGET_GET - do */
static const struct nla_policy ktgt_target_get_nl_policy[KTGT_A_TARGET_NAME + 1] = {
	[KTGT_A_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_target_id_range),
	[KTGT_A_TARGET_NAME] = { .type = NLA_NUL_STRING, .len = KTGT_NAME_MAX, },
};

/* KTGT_CMD_PORTAL_NEW - do */
static const struct nla_policy ktgt_portal_new_nl_policy[KTGT_A_PORTAL_GROUP_TAG + 1] = {
	[KTGT_A_PORTAL_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KTGT_A_PORTAL_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[KTGT_A_PORTAL_GROUP_TAG] = NLA_POLICY_MIN(NLA_U16, 1),
};

/* KTGT_CMD_PORTAL_DEL - do */
static const struct nla_policy ktgt_portal_del_nl_policy[KTGT_A_PORTAL_PORT + 1] = {
	[KTGT_A_PORTAL_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KTGT_A_PORTAL_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
};

/* KTGT_CMD_LU_NEW - do */
static const struct nla_policy ktgt_lu_new_nl_policy[KTGT_A_LU_REMOVABLE + 1] = {
	[KTGT_A_LU_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_lu_target_id_range),
	[KTGT_A_LU_LUN] = NLA_POLICY_MAX(NLA_U32, KTGT_LUN_MAX),
	[KTGT_A_LU_BACKEND] = NLA_POLICY_MAX(NLA_U32, 2),
	[KTGT_A_LU_PATH] = { .type = NLA_NUL_STRING, .len = KTGT_PATH_MAX, },
	[KTGT_A_LU_SIZE] = { .type = NLA_U64, },
	[KTGT_A_LU_BLOCK_SIZE] = NLA_POLICY_RANGE(NLA_U32, 512, 4096),
	[KTGT_A_LU_READ_ONLY] = NLA_POLICY_MAX(NLA_U8, 1),
	[KTGT_A_LU_SHARED] = NLA_POLICY_MAX(NLA_U8, 1),
	[KTGT_A_LU_WRITE_CACHE] = NLA_POLICY_MAX(NLA_U8, 1),
	[KTGT_A_LU_SCSI_ID] = { .type = NLA_NUL_STRING, .len = 24, },
	[KTGT_A_LU_SERIAL] = { .type = NLA_NUL_STRING, .len = KTGT_SERIAL_MAX, },
	[KTGT_A_LU_VENDOR] = { .type = NLA_NUL_STRING, .len = 8, },
	[KTGT_A_LU_PRODUCT] = { .type = NLA_NUL_STRING, .len = 16, },
	[KTGT_A_LU_REVISION] = { .type = NLA_NUL_STRING, .len = 4, },
	[KTGT_A_LU_NAA] = { .type = NLA_U64, },
	[KTGT_A_LU_NAA_ID] = NLA_POLICY_MAX_LEN(16),
	[KTGT_A_LU_EUI] = NLA_POLICY_MAX_LEN(16),
	[KTGT_A_LU_UUID] = NLA_POLICY_EXACT_LEN(16),
	[KTGT_A_LU_SCSI_NAME] = { .type = NLA_NUL_STRING, .len = KTGT_SCSI_NAME_MAX, },
	[KTGT_A_LU_SHARED_IDENTITY] = NLA_POLICY_MAX(NLA_U8, 1),
	[KTGT_A_LU_MEDIUM] = { .type = NLA_NUL_STRING, .len = KTGT_MEDIUM_MAX, },
	[KTGT_A_LU_MEDIUM_FOUND] = { .type = NLA_NUL_STRING, .len = KTGT_MEDIUM_MAX, },
	[KTGT_A_LU_FORCE] = { .type = NLA_FLAG, },
	[KTGT_A_LU_ABSENT] = { .type = NLA_FLAG, },
	[KTGT_A_LU_GONE] = NLA_POLICY_MAX(NLA_U32, 1),
	[KTGT_A_LU_DESCRIPTOR] = { .type = NLA_U32, },
	[KTGT_A_LU_STATE_DESCRIPTOR] = { .type = NLA_U32, },
	[KTGT_A_LU_REMOVABLE] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* KTGT_CMD_LU_DEL - do */
static const struct nla_policy ktgt_lu_del_nl_policy[KTGT_A_LU_LUN + 1] = {
	[KTGT_A_LU_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_lu_target_id_range),
	[KTGT_A_LU_LUN] = NLA_POLICY_MAX(NLA_U32, KTGT_LUN_MAX),
};

/* KTGT_CMD_LU_GET - do */
static const struct nla_policy ktgt_lu_get_nl_policy[KTGT_A_LU_LUN + 1] = {
	[KTGT_A_LU_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_lu_target_id_range),
	[KTGT_A_LU_LUN] = NLA_POLICY_MAX(NLA_U32, KTGT_LUN_MAX),
};

/* KTGT_CMD_LU_LIST - dump */
static const struct nla_policy ktgt_lu_list_nl_policy[KTGT_A_LU_TARGET_ID + 1] = {
	[KTGT_A_LU_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_lu_target_id_range),
};

/* KTGT_CMD_ACL_NEW - do */
static const struct nla_policy ktgt_acl_new_nl_policy[KTGT_A_ACL_INITIATOR + 1] = {
	[KTGT_A_ACL_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_acl_target_id_range),
	[KTGT_A_ACL_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KTGT_A_ACL_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[KTGT_A_ACL_ALL] = { .type = NLA_FLAG, },
	[KTGT_A_ACL_INITIATOR] = { .type = NLA_NUL_STRING, .len = KTGT_NAME_MAX, },
};

/* KTGT_CMD_ACL_DEL - do */
static const struct nla_policy ktgt_acl_del_nl_policy[KTGT_A_ACL_INITIATOR + 1] = {
	[KTGT_A_ACL_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_acl_target_id_range),
	[KTGT_A_ACL_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KTGT_A_ACL_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[KTGT_A_ACL_ALL] = { .type = NLA_FLAG, },
	[KTGT_A_ACL_INITIATOR] = { .type = NLA_NUL_STRING, .len = KTGT_NAME_MAX, },
};

/* KTGT_CMD_ACL_LIST - dump */
static const struct nla_policy ktgt_acl_list_nl_policy[KTGT_A_ACL_TARGET_ID + 1] = {
	[KTGT_A_ACL_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_acl_target_id_range),
};

/* KTGT_CMD_ACCOUNT_NEW - do */
static const struct nla_policy ktgt_account_new_nl_policy[KTGT_A_ACCOUNT_SECRET + 1] = {
	[KTGT_A_ACCOUNT_USER] = { .type = NLA_NUL_STRING, .len = KTGT_ACCOUNT_MAX, },
	[KTGT_A_ACCOUNT_SECRET] = { .type = NLA_NUL_STRING, .len = KTGT_ACCOUNT_MAX, },
};

/* KTGT_CMD_ACCOUNT_DEL - do */
static const struct nla_policy ktgt_account_del_nl_policy[KTGT_A_ACCOUNT_USER + 1] = {
	[KTGT_A_ACCOUNT_USER] = { .type = NLA_NUL_STRING, .len = KTGT_ACCOUNT_MAX, },
};

/* KTGT_CMD_ACCOUNT_BIND - do */
static const struct nla_policy ktgt_account_bind_nl_policy[KTGT_A_ACCOUNT_OUTGOING + 1] = {
	[KTGT_A_ACCOUNT_USER] = { .type = NLA_NUL_STRING, .len = KTGT_ACCOUNT_MAX, },
	[KTGT_A_ACCOUNT_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_account_target_id_range),
	[KTGT_A_ACCOUNT_OUTGOING] = { .type = NLA_FLAG, },
};

/* KTGT_CMD_ACCOUNT_UNBIND - do */
static const struct nla_policy ktgt_account_unbind_nl_policy[KTGT_A_ACCOUNT_OUTGOING + 1] = {
	[KTGT_A_ACCOUNT_USER] = { .type = NLA_NUL_STRING, .len = KTGT_ACCOUNT_MAX, },
	[KTGT_A_ACCOUNT_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_account_target_id_range),
	[KTGT_A_ACCOUNT_OUTGOING] = { .type = NLA_FLAG, },
};

/* KTGT_CMD_ACCOUNT_LIST - dump */
static const struct nla_policy ktgt_account_list_nl_policy[KTGT_A_ACCOUNT_TARGET_ID + 1] = {
	[KTGT_A_ACCOUNT_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_account_target_id_range),
};

/* KTGT_CMD_SESSION_LIST - dump */
static const struct nla_policy ktgt_session_list_nl_policy[KTGT_A_SESSION_TARGET_ID + 1] = {
	[KTGT_A_SESSION_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_session_target_id_range),
};

/* KTGT_CMD_SESSION_DEL - do */
static const struct nla_policy ktgt_session_del_nl_policy[KTGT_A_SESSION_LOGOUT_TIME + 1] = {
	[KTGT_A_SESSION_ID] = { .type = NLA_U32, },
	[KTGT_A_SESSION_LOGOUT_TIME] = NLA_POLICY_RANGE(NLA_U32, 1, KTGT_TIME_MAX),
};

/* KTGT_CMD_ACCOUNT_SET - do */
static const struct nla_policy ktgt_account_set_nl_policy[KTGT_A_ACCOUNT_SECRET + 1] = {
	[KTGT_A_ACCOUNT_USER] = { .type = NLA_NUL_STRING, .len = KTGT_ACCOUNT_MAX, },
	[KTGT_A_ACCOUNT_SECRET] = { .type = NLA_NUL_STRING, .len = KTGT_ACCOUNT_MAX, },
};

/* KTGT_CMD_TXN_COMMIT - do */
static const struct nla_policy ktgt_txn_commit_nl_policy[KTGT_A_TXN_GENERATION + 1] = {
	[KTGT_A_TXN_GENERATION] = { .type = NLA_U64, },
};

/* KTGT_CMD_EXPLAIN_LIST - dump */
static const struct nla_policy ktgt_explain_list_nl_policy[KTGT_A_EXPLAIN_GROUP_TAG + 1] = {
	[KTGT_A_EXPLAIN_INITIATOR] = { .type = NLA_NUL_STRING, .len = KTGT_NAME_MAX, },
	[KTGT_A_EXPLAIN_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KTGT_A_EXPLAIN_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_explain_target_id_range),
	[KTGT_A_EXPLAIN_TARGET] = { .type = NLA_NUL_STRING, .len = KTGT_NAME_MAX, },
	[KTGT_A_EXPLAIN_GROUP_TAG] = NLA_POLICY_MIN(NLA_U16, 1),
};

/* KTGT_CMD_LU_ATTACH - do */
static const struct nla_policy ktgt_lu_attach_nl_policy[KTGT_A_LU_DESCRIPTOR + 1] = {
	[KTGT_A_LU_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_lu_target_id_range),
	[KTGT_A_LU_LUN] = NLA_POLICY_MAX(NLA_U32, KTGT_LUN_MAX),
	[KTGT_A_LU_MEDIUM_FOUND] = { .type = NLA_NUL_STRING, .len = KTGT_MEDIUM_MAX, },
	[KTGT_A_LU_FORCE] = { .type = NLA_FLAG, },
	[KTGT_A_LU_DESCRIPTOR] = { .type = NLA_U32, },
};

/* KTGT_CMD_ITL_LIST - dump */
static const struct nla_policy ktgt_itl_list_nl_policy[KTGT_A_ITL_TARGET_ID + 1] = {
	[KTGT_A_ITL_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_itl_target_id_range),
};

/* KTGT_CMD_LU_FREEZE - do */
static const struct nla_policy ktgt_lu_freeze_nl_policy[KTGT_A_FREEZE_DETACH + 1] = {
	[KTGT_A_FREEZE_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_freeze_target_id_range),
	[KTGT_A_FREEZE_LUN] = NLA_POLICY_MAX_LEN(KTGT_FREEZE_BYTES),
	[KTGT_A_FREEZE_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 1, KTGT_TIME_MAX),
	[KTGT_A_FREEZE_DETACH] = { .type = NLA_FLAG, },
};

/* KTGT_CMD_LU_THAW - do */
static const struct nla_policy ktgt_lu_thaw_nl_policy[KTGT_A_FREEZE_ID + 1] = {
	[KTGT_A_FREEZE_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_freeze_target_id_range),
	[KTGT_A_FREEZE_LUN] = NLA_POLICY_MAX_LEN(KTGT_FREEZE_BYTES),
	[KTGT_A_FREEZE_ID] = { .type = NLA_U32, },
};

/* KTGT_CMD_LU_SET - do */
static const struct nla_policy ktgt_lu_set_nl_policy[KTGT_A_LU_THRESHOLD_REACHED + 1] = {
	[KTGT_A_LU_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_lu_target_id_range),
	[KTGT_A_LU_LUN] = NLA_POLICY_MAX(NLA_U32, KTGT_LUN_MAX),
	[KTGT_A_LU_PATH] = { .type = NLA_NUL_STRING, .len = KTGT_PATH_MAX, },
	[KTGT_A_LU_MEDIUM_FOUND] = { .type = NLA_NUL_STRING, .len = KTGT_MEDIUM_MAX, },
	[KTGT_A_LU_FORCE] = { .type = NLA_FLAG, },
	[KTGT_A_LU_READ_ONLY] = NLA_POLICY_MAX(NLA_U8, 1),
	[KTGT_A_LU_SHARED] = NLA_POLICY_MAX(NLA_U8, 1),
	[KTGT_A_LU_WRITE_CACHE] = NLA_POLICY_MAX(NLA_U8, 1),
	[KTGT_A_LU_DEVICE_WRITE_CACHE] = { .type = NLA_FLAG, },
	[KTGT_A_LU_GONE] = NLA_POLICY_MAX(NLA_U32, 1),
	[KTGT_A_LU_SCSI_ID] = { .type = NLA_NUL_STRING, .len = 24, },
	[KTGT_A_LU_SERIAL] = { .type = NLA_NUL_STRING, .len = KTGT_SERIAL_MAX, },
	[KTGT_A_LU_VENDOR] = { .type = NLA_NUL_STRING, .len = 8, },
	[KTGT_A_LU_PRODUCT] = { .type = NLA_NUL_STRING, .len = 16, },
	[KTGT_A_LU_REVISION] = { .type = NLA_NUL_STRING, .len = 4, },
	[KTGT_A_LU_NAA_ID] = NLA_POLICY_MAX_LEN(16),
	[KTGT_A_LU_EUI] = NLA_POLICY_MAX_LEN(16),
	[KTGT_A_LU_UUID] = NLA_POLICY_EXACT_LEN(16),
	[KTGT_A_LU_SCSI_NAME] = { .type = NLA_NUL_STRING, .len = KTGT_SCSI_NAME_MAX, },
	[KTGT_A_LU_DESCRIPTOR] = { .type = NLA_U32, },
	[KTGT_A_LU_REMOVABLE] = NLA_POLICY_MAX(NLA_U8, 1),
	[KTGT_A_LU_THRESHOLD_REACHED] = { .type = NLA_FLAG, },
};

/* KTGT_CMD_LU_HISTOGRAM_LIST - dump */
static const struct nla_policy ktgt_lu_histogram_list_nl_policy[KTGT_A_HISTOGRAM_LUN + 1] = {
	[KTGT_A_HISTOGRAM_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_histogram_target_id_range),
	[KTGT_A_HISTOGRAM_LUN] = NLA_POLICY_MAX(NLA_U32, KTGT_LUN_MAX),
};

/* KTGT_CMD_SESSION_HISTOGRAM_LIST - dump */
static const struct nla_policy ktgt_session_histogram_list_nl_policy[KTGT_A_HISTOGRAM_SESSION_ID + 1] = {
	[KTGT_A_HISTOGRAM_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_histogram_target_id_range),
	[KTGT_A_HISTOGRAM_SESSION_ID] = { .type = NLA_U32, },
};

/* KTGT_CMD_LU_REFRESH - do */
static const struct nla_policy ktgt_lu_refresh_nl_policy[KTGT_A_LU_MINOR + 1] = {
	[KTGT_A_LU_MAJOR] = NLA_POLICY_MAX(NLA_U32, 4095),
	[KTGT_A_LU_MINOR] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_lu_minor_range),
};

/* KTGT_CMD_PORT_GROUP_NEW - do */
static const struct nla_policy ktgt_port_group_new_nl_policy[KTGT_A_PORT_GROUP_PREFERRED + 1] = {
	[KTGT_A_PORT_GROUP_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_port_group_target_id_range),
	[KTGT_A_PORT_GROUP_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_port_group_id_range),
	[KTGT_A_PORT_GROUP_PORTALS] = { .type = NLA_NUL_STRING, .len = KTGT_PORTS_TEXT, },
	[KTGT_A_PORT_GROUP_STATE] = NLA_POLICY_MAX(NLA_U32, 4),
	[KTGT_A_PORT_GROUP_PREFERRED] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* KTGT_CMD_PORT_GROUP_SET - do */
static const struct nla_policy ktgt_port_group_set_nl_policy[KTGT_A_PORT_GROUP_PREFERRED + 1] = {
	[KTGT_A_PORT_GROUP_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_port_group_target_id_range),
	[KTGT_A_PORT_GROUP_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_port_group_id_range),
	[KTGT_A_PORT_GROUP_PORTALS] = { .type = NLA_NUL_STRING, .len = KTGT_PORTS_TEXT, },
	[KTGT_A_PORT_GROUP_STATE] = NLA_POLICY_MAX(NLA_U32, 4),
	[KTGT_A_PORT_GROUP_PREFERRED] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* KTGT_CMD_PORT_GROUP_DEL - do */
static const struct nla_policy ktgt_port_group_del_nl_policy[KTGT_A_PORT_GROUP_ID + 1] = {
	[KTGT_A_PORT_GROUP_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_port_group_target_id_range),
	[KTGT_A_PORT_GROUP_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_port_group_id_range),
};

/* KTGT_CMD_PORT_GROUP_LIST - dump */
static const struct nla_policy ktgt_port_group_list_nl_policy[KTGT_A_PORT_GROUP_TARGET_ID + 1] = {
	[KTGT_A_PORT_GROUP_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_port_group_target_id_range),
};

/* KTGT_CMD_LU_NAA_GET - do */
static const struct nla_policy ktgt_lu_naa_get_nl_policy[KTGT_A_LU_LUN + 1] = {
	[KTGT_A_LU_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_lu_target_id_range),
	[KTGT_A_LU_LUN] = NLA_POLICY_MAX(NLA_U32, KTGT_LUN_MAX),
};

/* KTGT_CMD_RESERVATION_LIST - dump */
static const struct nla_policy ktgt_reservation_list_nl_policy[KTGT_A_RESERVATION_LUN + 1] = {
	[KTGT_A_RESERVATION_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_reservation_target_id_range),
	[KTGT_A_RESERVATION_LUN] = NLA_POLICY_MAX(NLA_U32, KTGT_LUN_MAX),
};

/* KTGT_CMD_RESERVATION_SET - do */
static const struct nla_policy ktgt_reservation_set_nl_policy[KTGT_A_RESERVATION_REGISTRATION + 1] = {
	[KTGT_A_RESERVATION_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_reservation_target_id_range),
	[KTGT_A_RESERVATION_LUN] = NLA_POLICY_MAX(NLA_U32, KTGT_LUN_MAX),
	[KTGT_A_RESERVATION_GENERATION] = { .type = NLA_U32, },
	[KTGT_A_RESERVATION_TYPE] = NLA_POLICY_MAX(NLA_U32, 6),
	[KTGT_A_RESERVATION_APTPL] = NLA_POLICY_MAX(NLA_U8, 1),
	[KTGT_A_RESERVATION_REGISTRATION] = NLA_POLICY_NESTED(ktgt_registration_nl_policy),
};

/* KTGT_CMD_LU_EJECT - do */
static const struct nla_policy ktgt_lu_eject_nl_policy[KTGT_A_LU_FORCE + 1] = {
	[KTGT_A_LU_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_lu_target_id_range),
	[KTGT_A_LU_LUN] = NLA_POLICY_MAX(NLA_U32, KTGT_LUN_MAX),
	[KTGT_A_LU_FORCE] = { .type = NLA_FLAG, },
};

/* KTGT_CMD_LU_LOAD - do */
static const struct nla_policy ktgt_lu_load_nl_policy[KTGT_A_LU_DESCRIPTOR + 1] = {
	[KTGT_A_LU_TARGET_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ktgt_a_lu_target_id_range),
	[KTGT_A_LU_LUN] = NLA_POLICY_MAX(NLA_U32, KTGT_LUN_MAX),
	[KTGT_A_LU_MEDIUM_FOUND] = { .type = NLA_NUL_STRING, .len = KTGT_MEDIUM_MAX, },
	[KTGT_A_LU_DESCRIPTOR] = { .type = NLA_U32, },
};

/* Ops table for ktgt */
const struct genl_split_ops ktgt_nl_ops[47] = {
	{
		.cmd	= KTGT_CMD_NET_GET,
		.doit	= ktgt_net_get_doit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_NET_SET,
		.doit		= ktgt_net_set_doit,
		.policy		= ktgt_net_set_nl_policy,
		.maxattr	= KTGT_A_NET_STATE_DIR,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_TARGET_NEW,
		.doit		= ktgt_target_new_doit,
		.policy		= ktgt_target_new_nl_policy,
		.maxattr	= KTGT_A_TARGET_EXPLICIT_ALUA,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_TARGET_DEL,
		.doit		= ktgt_target_del_doit,
		.policy		= ktgt_target_del_nl_policy,
		.maxattr	= KTGT_A_TARGET_FORCE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_TARGET_SET,
		.doit		= ktgt_target_set_doit,
		.policy		= ktgt_target_set_nl_policy,
		.maxattr	= KTGT_A_TARGET_EXPLICIT_ALUA,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_TARGET_GET,
		.doit		= ktgt_target_get_doit,
		.policy		= ktgt_target_get_nl_policy,
		.maxattr	= KTGT_A_TARGET_NAME,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KTGT_CMD_TARGET_LIST,
		.dumpit	= ktgt_target_list_dumpit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KTGT_CMD_PORTAL_NEW,
		.doit		= ktgt_portal_new_doit,
		.policy		= ktgt_portal_new_nl_policy,
		.maxattr	= KTGT_A_PORTAL_GROUP_TAG,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_PORTAL_DEL,
		.doit		= ktgt_portal_del_doit,
		.policy		= ktgt_portal_del_nl_policy,
		.maxattr	= KTGT_A_PORTAL_PORT,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KTGT_CMD_PORTAL_LIST,
		.dumpit	= ktgt_portal_list_dumpit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KTGT_CMD_LU_NEW,
		.doit		= ktgt_lu_new_doit,
		.policy		= ktgt_lu_new_nl_policy,
		.maxattr	= KTGT_A_LU_REMOVABLE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_LU_DEL,
		.doit		= ktgt_lu_del_doit,
		.policy		= ktgt_lu_del_nl_policy,
		.maxattr	= KTGT_A_LU_LUN,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_LU_GET,
		.doit		= ktgt_lu_get_doit,
		.policy		= ktgt_lu_get_nl_policy,
		.maxattr	= KTGT_A_LU_LUN,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_LU_LIST,
		.dumpit		= ktgt_lu_list_dumpit,
		.policy		= ktgt_lu_list_nl_policy,
		.maxattr	= KTGT_A_LU_TARGET_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KTGT_CMD_ACL_NEW,
		.doit		= ktgt_acl_new_doit,
		.policy		= ktgt_acl_new_nl_policy,
		.maxattr	= KTGT_A_ACL_INITIATOR,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_ACL_DEL,
		.doit		= ktgt_acl_del_doit,
		.policy		= ktgt_acl_del_nl_policy,
		.maxattr	= KTGT_A_ACL_INITIATOR,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_ACL_LIST,
		.dumpit		= ktgt_acl_list_dumpit,
		.policy		= ktgt_acl_list_nl_policy,
		.maxattr	= KTGT_A_ACL_TARGET_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KTGT_CMD_ACCOUNT_NEW,
		.doit		= ktgt_account_new_doit,
		.policy		= ktgt_account_new_nl_policy,
		.maxattr	= KTGT_A_ACCOUNT_SECRET,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_ACCOUNT_DEL,
		.doit		= ktgt_account_del_doit,
		.policy		= ktgt_account_del_nl_policy,
		.maxattr	= KTGT_A_ACCOUNT_USER,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_ACCOUNT_BIND,
		.doit		= ktgt_account_bind_doit,
		.policy		= ktgt_account_bind_nl_policy,
		.maxattr	= KTGT_A_ACCOUNT_OUTGOING,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_ACCOUNT_UNBIND,
		.doit		= ktgt_account_unbind_doit,
		.policy		= ktgt_account_unbind_nl_policy,
		.maxattr	= KTGT_A_ACCOUNT_OUTGOING,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_ACCOUNT_LIST,
		.dumpit		= ktgt_account_list_dumpit,
		.policy		= ktgt_account_list_nl_policy,
		.maxattr	= KTGT_A_ACCOUNT_TARGET_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KTGT_CMD_SESSION_LIST,
		.dumpit		= ktgt_session_list_dumpit,
		.policy		= ktgt_session_list_nl_policy,
		.maxattr	= KTGT_A_SESSION_TARGET_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KTGT_CMD_SESSION_DEL,
		.doit		= ktgt_session_del_doit,
		.policy		= ktgt_session_del_nl_policy,
		.maxattr	= KTGT_A_SESSION_LOGOUT_TIME,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_ACCOUNT_SET,
		.doit		= ktgt_account_set_doit,
		.policy		= ktgt_account_set_nl_policy,
		.maxattr	= KTGT_A_ACCOUNT_SECRET,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KTGT_CMD_TXN_BEGIN,
		.doit	= ktgt_txn_begin_doit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_TXN_COMMIT,
		.doit		= ktgt_txn_commit_doit,
		.policy		= ktgt_txn_commit_nl_policy,
		.maxattr	= KTGT_A_TXN_GENERATION,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KTGT_CMD_TXN_ABORT,
		.doit	= ktgt_txn_abort_doit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_EXPLAIN_LIST,
		.dumpit		= ktgt_explain_list_dumpit,
		.policy		= ktgt_explain_list_nl_policy,
		.maxattr	= KTGT_A_EXPLAIN_GROUP_TAG,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KTGT_CMD_LU_ATTACH,
		.doit		= ktgt_lu_attach_doit,
		.policy		= ktgt_lu_attach_nl_policy,
		.maxattr	= KTGT_A_LU_DESCRIPTOR,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_ITL_LIST,
		.dumpit		= ktgt_itl_list_dumpit,
		.policy		= ktgt_itl_list_nl_policy,
		.maxattr	= KTGT_A_ITL_TARGET_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KTGT_CMD_LU_FREEZE,
		.doit		= ktgt_lu_freeze_doit,
		.policy		= ktgt_lu_freeze_nl_policy,
		.maxattr	= KTGT_A_FREEZE_DETACH,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_LU_THAW,
		.doit		= ktgt_lu_thaw_doit,
		.policy		= ktgt_lu_thaw_nl_policy,
		.maxattr	= KTGT_A_FREEZE_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_LU_SET,
		.doit		= ktgt_lu_set_doit,
		.policy		= ktgt_lu_set_nl_policy,
		.maxattr	= KTGT_A_LU_THRESHOLD_REACHED,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KTGT_CMD_ORPHAN_LIST,
		.dumpit	= ktgt_orphan_list_dumpit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KTGT_CMD_LU_HISTOGRAM_LIST,
		.dumpit		= ktgt_lu_histogram_list_dumpit,
		.policy		= ktgt_lu_histogram_list_nl_policy,
		.maxattr	= KTGT_A_HISTOGRAM_LUN,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KTGT_CMD_SESSION_HISTOGRAM_LIST,
		.dumpit		= ktgt_session_histogram_list_dumpit,
		.policy		= ktgt_session_histogram_list_nl_policy,
		.maxattr	= KTGT_A_HISTOGRAM_SESSION_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KTGT_CMD_LU_REFRESH,
		.doit		= ktgt_lu_refresh_doit,
		.policy		= ktgt_lu_refresh_nl_policy,
		.maxattr	= KTGT_A_LU_MINOR,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_PORT_GROUP_NEW,
		.doit		= ktgt_port_group_new_doit,
		.policy		= ktgt_port_group_new_nl_policy,
		.maxattr	= KTGT_A_PORT_GROUP_PREFERRED,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_PORT_GROUP_SET,
		.doit		= ktgt_port_group_set_doit,
		.policy		= ktgt_port_group_set_nl_policy,
		.maxattr	= KTGT_A_PORT_GROUP_PREFERRED,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_PORT_GROUP_DEL,
		.doit		= ktgt_port_group_del_doit,
		.policy		= ktgt_port_group_del_nl_policy,
		.maxattr	= KTGT_A_PORT_GROUP_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_PORT_GROUP_LIST,
		.dumpit		= ktgt_port_group_list_dumpit,
		.policy		= ktgt_port_group_list_nl_policy,
		.maxattr	= KTGT_A_PORT_GROUP_TARGET_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KTGT_CMD_LU_NAA_GET,
		.doit		= ktgt_lu_naa_get_doit,
		.policy		= ktgt_lu_naa_get_nl_policy,
		.maxattr	= KTGT_A_LU_LUN,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_RESERVATION_LIST,
		.dumpit		= ktgt_reservation_list_dumpit,
		.policy		= ktgt_reservation_list_nl_policy,
		.maxattr	= KTGT_A_RESERVATION_LUN,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KTGT_CMD_RESERVATION_SET,
		.doit		= ktgt_reservation_set_doit,
		.policy		= ktgt_reservation_set_nl_policy,
		.maxattr	= KTGT_A_RESERVATION_REGISTRATION,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_LU_EJECT,
		.doit		= ktgt_lu_eject_doit,
		.policy		= ktgt_lu_eject_nl_policy,
		.maxattr	= KTGT_A_LU_FORCE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KTGT_CMD_LU_LOAD,
		.doit		= ktgt_lu_load_doit,
		.policy		= ktgt_lu_load_nl_policy,
		.maxattr	= KTGT_A_LU_DESCRIPTOR,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
};
