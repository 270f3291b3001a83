/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The settings of a network namespace, its start and its end.
 */
#ifndef _KTGT_CONFIG_NET_H
#define _KTGT_CONFIG_NET_H

#include <linux/types.h>

struct ktgt_cpus;
struct ktgt_txn;

/**
 * struct ktgt_net_params - new settings; one is changed if its set_ member is
 *	true
 * @login_timeout: s
 * @max_logins: connections
 * @login_delay: s
 * @discovery_timeout: s
 * @max_discoveries: sessions
 * @memory_limit: MiB
 * @memory_total: bytes
 * @nop_interval: s
 * @poll_time: us
 * @logout_timeout: s
 * @tmf_timeout: s
 * @keepalive_idle: s
 * @keepalive_interval: s
 * @keepalive_probes: number
 * @tcp_user_timeout: s
 * @state: enum ktgt_net_state
 * @oui: company identifier, 24 bits
 * @state_dir: folder of state files; belongs to who uses the params
 * @cpus: processors, NULL for all; belongs to who uses the params
 * @set_login_timeout: @login_timeout is to be set
 * @set_max_logins: @max_logins is to be set
 * @set_login_delay: @login_delay is to be set
 * @set_discovery_timeout: @discovery_timeout is to be set
 * @set_max_discoveries: @max_discoveries is to be set
 * @set_memory_limit: @memory_limit is to be set
 * @set_memory_total: @memory_total is to be set
 * @set_nop_interval: @nop_interval is to be set
 * @set_poll_time: @poll_time is to be set
 * @set_logout_timeout: @logout_timeout is to be set
 * @set_tmf_timeout: @tmf_timeout is to be set
 * @set_keepalive_idle: @keepalive_idle is to be set
 * @set_keepalive_interval: @keepalive_interval is to be set
 * @set_keepalive_probes: @keepalive_probes is to be set
 * @set_tcp_user_timeout: @tcp_user_timeout is to be set
 * @set_state: @state is to be set
 * @set_oui: @oui is to be set
 * @set_state_dir: @state_dir is to be set
 * @set_cpus: @cpus is to be set
 */
struct ktgt_net_params {
	u32	login_timeout;
	u32	max_logins;
	u32	login_delay;
	u32	discovery_timeout;
	u32	max_discoveries;
	u32	memory_limit;
	u64	memory_total;
	u32	nop_interval;
	u32	poll_time;
	u32	logout_timeout;
	u32	tmf_timeout;
	u32	keepalive_idle;
	u32	keepalive_interval;
	u32	keepalive_probes;
	u32	tcp_user_timeout;
	u32	state;
	u32	oui;
	struct ktgt_state_dir *state_dir;
	struct ktgt_cpus *cpus;
	bool	set_login_timeout;
	bool	set_max_logins;
	bool	set_login_delay;
	bool	set_discovery_timeout;
	bool	set_max_discoveries;
	bool	set_memory_limit;
	bool	set_memory_total;
	bool	set_nop_interval;
	bool	set_poll_time;
	bool	set_logout_timeout;
	bool	set_tmf_timeout;
	bool	set_keepalive_idle;
	bool	set_keepalive_interval;
	bool	set_keepalive_probes;
	bool	set_tcp_user_timeout;
	bool	set_state;
	bool	set_oui;
	bool	set_state_dir;
	bool	set_cpus;
};

int ktgt_net_stage_set(struct ktgt_txn *txn,
		       const struct ktgt_net_params *params);

int ktgt_config_init(void);
void ktgt_config_exit(void);

#endif /* _KTGT_CONFIG_NET_H */
