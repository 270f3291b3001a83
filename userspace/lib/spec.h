/* SPDX-License-Identifier: GPL-2.0 */
/* Made by Documentation/netlink/model.py from specs/ktgt.yaml. */

#ifndef KTGT_LIB_SPEC_H
#define KTGT_LIB_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/ktgt.h>

#include "lib/field.h"
#include "lib/vec.h"

struct net {
	uint64_t has;
	uint64_t generation;
	uint32_t targets;
	uint32_t portals;
	uint32_t accounts;
	uint32_t sessions;
	uint32_t connections;
	char version[256];
	uint32_t login_timeout;
	uint32_t max_logins;
	uint32_t memory_limit;
	uint32_t nop_interval;
	uint32_t poll_time;
	uint32_t logout_timeout;
	uint32_t tmf_timeout;
	uint32_t state;
	struct id oui;
	char cpus[KTGT_CPUS_MAX + 1];
	uint32_t keepalive_idle;
	uint32_t keepalive_interval;
	uint32_t keepalive_probes;
	uint32_t tcp_user_timeout;
	uint32_t allocation_failures;
	uint32_t discovery_timeout;
	uint32_t max_discoveries;
	uint64_t discoveries_closed;
	uint64_t logins_closed;
	uint32_t login_delay;
	uint64_t logins_delayed;
	uint64_t memory_total;
	uint64_t memory_used;
	uint64_t windows_closed;
	char state_dir[KTGT_STATE_DIR_MAX + 1];
};

extern const struct object net_object;

struct target {
	uint64_t has;
	uint32_t id;
	char name[KTGT_NAME_MAX + 1];
	char alias[255 + 1];
	uint32_t state;
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
	uint32_t reset;
	uint32_t chap_algorithms;
	char portals[KTGT_PORTS_TEXT + 1];
	uint32_t explicit_alua;
	bool force;
};

extern const struct object target_object;

struct portal {
	uint64_t has;
	struct addr address;
	uint16_t port;
	uint16_t group_tag;
	bool automatic;
	uint64_t generation;
};

extern const struct object portal_object;

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
	uint32_t gone;
	uint8_t write_cache;
	uint8_t online;
	uint8_t removable;
	uint8_t ejected;
	uint8_t prevented;
	uint32_t sanitize;
	uint32_t frozen;
	uint8_t thin;
	uint32_t submission;
	uint32_t orphans;
	char scsi_id[24 + 1];
	char serial[KTGT_SERIAL_MAX + 1];
	char vendor[8 + 1];
	char product[16 + 1];
	char revision[4 + 1];
	struct id naa;
	struct id eui;
	struct id uuid;
	char scsi_name[KTGT_SCSI_NAME_MAX + 1];
	uint32_t given;
	uint8_t shared_identity;
	char medium[KTGT_MEDIUM_MAX + 1];
	uint64_t read_commands;
	uint64_t read_bytes;
	uint64_t write_commands;
	uint64_t write_bytes;
	uint64_t errors;
	uint64_t generation;
	bool absent;
	char medium_found[KTGT_MEDIUM_MAX + 1];
	bool force;
	bool device_write_cache;
	uint32_t major;
	uint32_t minor;
	uint32_t descriptor;
	uint32_t state_descriptor;
	bool threshold_reached;
};

extern const struct object lu_object;

struct acl {
	uint64_t has;
	uint32_t target_id;
	struct addr address;
	uint8_t prefix_len;
	bool all;
	char initiator[KTGT_NAME_MAX + 1];
	uint64_t generation;
};

extern const struct object acl_object;

struct account {
	uint64_t has;
	char user[KTGT_ACCOUNT_MAX + 1];
	uint32_t target_id;
	bool outgoing;
	uint64_t generation;
	char secret[KTGT_ACCOUNT_MAX + 1];
};

extern const struct object account_object;

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
	uint32_t idle_time;
	uint32_t rtt;
	uint32_t rtt_var;
	uint32_t retransmits;
	uint32_t cpu;
	uint64_t memory;
	uint64_t memory_unacknowledged;
};

extern const struct object conn_object;

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

extern const struct object param_object;

struct session {
	uint64_t has;
	uint32_t id;
	uint32_t target_id;
	char target[256];
	char initiator[256];
	char alias[256];
	uint8_t isid[6];
	uint16_t tsih;
	uint16_t group_tag;
	uint64_t login_time;
	struct vec conn;
	struct param param;
	uint64_t generation;
	uint32_t logout_time;
};

extern const struct object session_object;

struct txn {
	uint64_t has;
	uint64_t generation;
};

extern const struct object txn_object;

struct change {
	uint64_t has;
	uint32_t object;
	uint32_t action;
	uint32_t target_id;
	uint32_t lun;
	char name[256];
	struct addr address;
	uint16_t port;
	uint8_t prefix_len;
	bool outgoing;
};

extern const struct object change_object;

struct event {
	uint64_t has;
	uint32_t id;
	uint32_t target_id;
	char target[256];
	char initiator[256];
	uint8_t isid[6];
	uint16_t tsih;
	struct addr peer_address;
	uint16_t peer_port;
	struct addr local_address;
	uint16_t local_port;
	uint32_t end;
	uint16_t status;
	char key[256];
	char reason[256];
	uint32_t missed;
	uint64_t generation;
	uint32_t changes;
	struct vec change;
	uint32_t lun;
	char other[256];
	char path[KTGT_PATH_MAX + 1];
	uint64_t lba;
	uint32_t operation;
	uint32_t error;
	char text[KTGT_EVENT_TEXT_MAX + 1];
	uint32_t port_id;
	uint32_t sequence;
	uint64_t memory;
};

extern const struct object event_object;

struct rule {
	uint64_t has;
	struct addr address;
	uint8_t prefix_len;
	bool all;
	char initiator[256];
};

extern const struct object rule_object;

struct proof {
	uint64_t has;
	char user[256];
	bool outgoing;
};

extern const struct object proof_object;

struct explain {
	uint64_t has;
	uint32_t target_id;
	char target[KTGT_NAME_MAX + 1];
	uint32_t state;
	uint8_t visible;
	uint16_t status;
	char reason[256];
	uint32_t acls;
	struct rule address_rule;
	struct rule initiator_rule;
	uint8_t chap;
	uint16_t chap_status;
	uint32_t accounts;
	struct vec account;
	uint64_t generation;
	char initiator[KTGT_NAME_MAX + 1];
	struct addr address;
	uint16_t group_tag;
};

extern const struct object explain_object;

struct freeze {
	uint64_t has;
	uint32_t id;
	uint64_t generation;
	uint32_t target_id;
	struct u32s lun;
	uint32_t timeout;
	bool detach;
};

extern const struct object freeze_object;

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

extern const struct object itl_object;

struct registration {
	uint64_t has;
	char port[243 + 1];
	uint8_t key[8];
	uint32_t target_port;
	bool holder;
};

extern const struct object registration_object;

struct reservation {
	uint64_t has;
	uint32_t target_id;
	uint32_t lun;
	uint32_t generation;
	uint32_t type;
	bool persists;
	uint8_t aptpl;
	uint32_t fault;
	struct vec registration;
};

extern const struct object reservation_object;

struct orphan {
	uint64_t has;
	char target[256];
	uint32_t lun;
	char path[KTGT_PATH_MAX + 1];
	char device[256];
	bool removed;
	char initiator[256];
	uint8_t isid[6];
	uint32_t reads;
	uint32_t writes;
	uint32_t others;
	uint64_t bytes;
	uint32_t age;
	uint32_t namespace;
};

extern const struct object orphan_object;

struct histogram {
	uint64_t has;
	uint32_t target_id;
	uint32_t lun;
	struct u64s read_total;
	struct u64s read_storage;
	struct u64s write_total;
	struct u64s write_storage;
	struct u64s other_total;
	struct u64s other_storage;
	uint64_t generation;
	uint32_t session_id;
};

extern const struct object histogram_object;

struct port_group {
	uint64_t has;
	uint32_t target_id;
	uint32_t id;
	char portals[KTGT_PORTS_TEXT + 1];
	uint32_t state;
	uint8_t preferred;
	uint64_t generation;
};

extern const struct object port_group_object;

#endif
