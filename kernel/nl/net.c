// SPDX-License-Identifier: GPL-2.0
/*
 * The settings and totals of a namespace.
 */
#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "../config/net.h"
#include "../core/crowd.h"
#include "../core/delay.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "generated/netlink.h"
#include "msg.h"
#include "txn.h"

/* bytes of a company identifier */
#define OUI_LEN	3

/* where state files are, as long as the user has not said */
#define STATE_DIR	"/var/lib/ktgt"
#define STATE_DIR_NONE	"none"

static int fill_tcp(struct sk_buff *skb, struct ktgt_net *kn)
{
	return nla_put_u32(skb, KTGT_A_NET_KEEPALIVE_IDLE,
			   READ_ONCE(kn->keepalive_idle)) ||
	       nla_put_u32(skb, KTGT_A_NET_KEEPALIVE_INTERVAL,
			   READ_ONCE(kn->keepalive_interval)) ||
	       nla_put_u32(skb, KTGT_A_NET_KEEPALIVE_PROBES,
			   READ_ONCE(kn->keepalive_probes)) ||
	       nla_put_u32(skb, KTGT_A_NET_TCP_USER_TIMEOUT,
			   READ_ONCE(kn->tcp_user_timeout));
}

static int fill_settings(struct sk_buff *skb, struct ktgt_net *kn)
{
	u8 oui[OUI_LEN];

	put_unaligned_be24(READ_ONCE(kn->oui), oui);
	return nla_put_u32(skb, KTGT_A_NET_LOGIN_TIMEOUT,
			   READ_ONCE(kn->login_timeout)) ||
	       nla_put_u32(skb, KTGT_A_NET_MAX_LOGINS,
			   READ_ONCE(kn->max_logins)) ||
	       nla_put_u32(skb, KTGT_A_NET_LOGIN_DELAY,
			   READ_ONCE(kn->login_delay)) ||
	       nla_put_u32(skb, KTGT_A_NET_DISCOVERY_TIMEOUT,
			   READ_ONCE(kn->discovery_timeout)) ||
	       nla_put_u32(skb, KTGT_A_NET_MAX_DISCOVERIES,
			   READ_ONCE(kn->max_discoveries)) ||
	       nla_put_u32(skb, KTGT_A_NET_MEMORY_LIMIT,
			   READ_ONCE(kn->memory_limit)) ||
	       nla_put_u32(skb, KTGT_A_NET_NOP_INTERVAL,
			   READ_ONCE(kn->nop_interval)) ||
	       nla_put_u32(skb, KTGT_A_NET_POLL_TIME,
			   READ_ONCE(kn->poll_time)) ||
	       nla_put_u32(skb, KTGT_A_NET_LOGOUT_TIMEOUT,
			   READ_ONCE(kn->logout_timeout)) ||
	       nla_put_u32(skb, KTGT_A_NET_TMF_TIMEOUT,
			   READ_ONCE(kn->tmf_timeout)) ||
	       nla_put_u32(skb, KTGT_A_NET_STATE, READ_ONCE(kn->state)) ||
	       nla_put(skb, KTGT_A_NET_OUI, sizeof(oui), oui);
}

/* As they can be set. */
static int fill_cpus(struct sk_buff *skb, struct ktgt_net *kn)
{
	const struct ktgt_cpus *cpus;
	char *list = NULL;
	int err;

	rcu_read_lock();
	cpus = rcu_dereference(kn->cpus);
	if (cpus)
		list = kasprintf(GFP_ATOMIC, "%*pbl",
				 cpumask_pr_args(&cpus->mask));
	rcu_read_unlock();
	if (cpus && !list)
		return -ENOMEM;
	err = nla_put_string(skb, KTGT_A_NET_CPUS, list ?: "all");
	kfree(list);
	return err;
}

static int fill_state_dir(struct sk_buff *skb, struct ktgt_net *kn)
{
	const struct ktgt_state_dir *dir;
	const char *path = net_eq(kn->net, &init_net) ? STATE_DIR : STATE_DIR_NONE;
	int err;

	rcu_read_lock();
	dir = rcu_dereference(kn->state_dir);
	err = nla_put_string(skb, KTGT_A_NET_STATE_DIR, dir ? dir->path : path);
	rcu_read_unlock();
	return err;
}

static int fill_totals(struct sk_buff *skb, struct ktgt_net *kn)
{
	const char *version = THIS_MODULE->version;

	return nla_put_u64_64bit(skb, KTGT_A_NET_GENERATION,
				 READ_ONCE(kn->generation), KTGT_A_NET_PAD) ||
	       nla_put_u32(skb, KTGT_A_NET_TARGETS,
			   READ_ONCE(kn->nr_targets)) ||
	       nla_put_u32(skb, KTGT_A_NET_PORTALS,
			   READ_ONCE(kn->nr_portals)) ||
	       nla_put_u32(skb, KTGT_A_NET_ACCOUNTS,
			   READ_ONCE(kn->nr_accounts)) ||
	       nla_put_u32(skb, KTGT_A_NET_SESSIONS,
			   atomic_read(&kn->nr_sessions)) ||
	       nla_put_u32(skb, KTGT_A_NET_CONNECTIONS,
			   atomic_read(&kn->nr_conns)) ||
	       nla_put_u32(skb, KTGT_A_NET_ALLOCATION_FAILURES,
			   atomic_read(&kn->nr_failures)) ||
	       (version &&
		nla_put_string(skb, KTGT_A_NET_VERSION, version));
}

/* What all connections hold, and may hold. */
static int fill_memory(struct sk_buff *skb, struct ktgt_net *kn)
{
	const struct ktgt_budget *budget = &kn->budget;

	return nla_put_u64_64bit(skb, KTGT_A_NET_MEMORY_TOTAL,
				 READ_ONCE(budget->limit), KTGT_A_NET_PAD) ||
	       nla_put_u64_64bit(skb, KTGT_A_NET_MEMORY_USED,
				 READ_ONCE(budget->drawn), KTGT_A_NET_PAD) ||
	       nla_put_u64_64bit(skb, KTGT_A_NET_WINDOWS_CLOSED,
				 READ_ONCE(budget->closings), KTGT_A_NET_PAD);
}

/* What strangers have caused. */
static int fill_strangers(struct sk_buff *skb, struct ktgt_net *kn)
{
	return nla_put_u64_64bit(skb, KTGT_A_NET_LOGINS_CLOSED,
				 ktgt_crowd_ended(kn->logins),
				 KTGT_A_NET_PAD) ||
	       nla_put_u64_64bit(skb, KTGT_A_NET_LOGINS_DELAYED,
				 ktgt_delays_count(kn->delays),
				 KTGT_A_NET_PAD) ||
	       nla_put_u64_64bit(skb, KTGT_A_NET_DISCOVERIES_CLOSED,
				 ktgt_crowd_ended(kn->discoveries),
				 KTGT_A_NET_PAD);
}

/**
 * ktgt_net_get_doit - show a namespace
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno.
 */
int ktgt_net_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_net *kn = ktgt_net_get(genl_info_net(info));
	struct sk_buff *msg;
	void *hdr;
	int err;

	hdr = ktgt_nl_reply(info, &msg);
	if (!hdr)
		return -ENOMEM;
	if (fill_totals(msg, kn) || fill_settings(msg, kn) ||
	    fill_tcp(msg, kn) || fill_memory(msg, kn) ||
	    fill_strangers(msg, kn) || fill_state_dir(msg, kn))
		err = -EMSGSIZE;
	else
		err = fill_cpus(msg, kn);
	return ktgt_nl_reply_end(info, msg, hdr, err);
}

static void get_setting(struct genl_info *info, int attr, u32 *value,
			bool *set)
{
	if (!info->attrs[attr])
		return;
	*value = nla_get_u32(info->attrs[attr]);
	*set = true;
}

static void get_tcp(struct genl_info *info, struct ktgt_net_params *params)
{
	get_setting(info, KTGT_A_NET_KEEPALIVE_IDLE,
		    &params->keepalive_idle,
		    &params->set_keepalive_idle);
	get_setting(info, KTGT_A_NET_KEEPALIVE_INTERVAL,
		    &params->keepalive_interval,
		    &params->set_keepalive_interval);
	get_setting(info, KTGT_A_NET_KEEPALIVE_PROBES,
		    &params->keepalive_probes,
		    &params->set_keepalive_probes);
	get_setting(info, KTGT_A_NET_TCP_USER_TIMEOUT,
		    &params->tcp_user_timeout,
		    &params->set_tcp_user_timeout);
}

static int get_memory(struct genl_info *info, struct ktgt_net_params *params)
{
	struct nlattr *total = info->attrs[KTGT_A_NET_MEMORY_TOTAL];

	get_setting(info, KTGT_A_NET_MEMORY_LIMIT, &params->memory_limit,
		    &params->set_memory_limit);
	if (!total)
		return 0;
	params->memory_total = nla_get_u64(total);
	params->set_memory_total = true;
	if (params->memory_total >= KTGT_MEMORY_TOTAL_MIN)
		return 0;
	ktgt_refuse(info->extack,
		    "memory-total %llu: must be %u bytes or more",
		    params->memory_total, KTGT_MEMORY_TOTAL_MIN);
	return -ERANGE;
}

static void get_oui(struct genl_info *info, struct ktgt_net_params *params)
{
	if (!info->attrs[KTGT_A_NET_OUI])
		return;
	params->oui = get_unaligned_be24(nla_data(info->attrs[KTGT_A_NET_OUI]));
	params->set_oui = true;
}

static int read_cpus(struct netlink_ext_ack *extack, const char *list,
		     struct cpumask *mask)
{
	int err = cpulist_parse(list, mask);

	if (err == -ERANGE || err == -EOVERFLOW) {
		ktgt_refuse(extack,
			    "cpus '%s': this machine has processors 0 to %u",
			    list, nr_cpu_ids - 1);
		return -EINVAL;
	}
	if (err || cpumask_empty(mask)) {
		ktgt_refuse(extack,
			    "cpus '%s': must be a list of processors such as 0-3,8, or all",
			    list);
		return -EINVAL;
	}
	if (snprintf(NULL, 0, "%*pbl", cpumask_pr_args(mask)) > KTGT_CPUS_MAX) {
		ktgt_refuse(extack,
			    "cpus '%s': is longer than %u characters as a list; give ranges",
			    list, KTGT_CPUS_MAX);
		return -EINVAL;
	}
	if (!cpumask_intersects(mask, cpu_online_mask)) {
		ktgt_refuse(extack,
			    "cpus '%s': none of these is online; online are %*pbl",
			    list, cpumask_pr_args(cpu_online_mask));
		return -EINVAL;
	}
	return 0;
}

static int get_cpus(struct genl_info *info, struct ktgt_net_params *params)
{
	char *list;
	int err;

	if (!info->attrs[KTGT_A_NET_CPUS])
		return 0;
	params->set_cpus = true;
	if (!nla_strcmp(info->attrs[KTGT_A_NET_CPUS], "all"))
		return 0;
	list = nla_strdup(info->attrs[KTGT_A_NET_CPUS], GFP_KERNEL);
	params->cpus = kzalloc_obj(*params->cpus, GFP_KERNEL);
	if (list && params->cpus) {
		err = read_cpus(info->extack, list, &params->cpus->mask);
	} else {
		NL_SET_ERR_MSG(info->extack, "out of memory");
		err = -ENOMEM;
	}
	kfree(list);
	if (err)
		kfree(params->cpus);
	return err;
}

static int get_state_dir(struct genl_info *info, struct ktgt_net_params *params)
{
	const struct nlattr *attr = info->attrs[KTGT_A_NET_STATE_DIR];
	const char *path = attr ? nla_data(attr) : NULL;

	if (!attr)
		return 0;
	if (*path != '/' && strcmp(path, STATE_DIR_NONE)) {
		ktgt_refuse(info->extack,
			    "state-dir '%s': must be the whole path of a folder, beginning with /, or none",
			    path);
		return -EINVAL;
	}
	params->state_dir = kzalloc_obj(*params->state_dir, GFP_KERNEL);
	if (!params->state_dir) {
		NL_SET_ERR_MSG(info->extack, "out of memory");
		return -ENOMEM;
	}
	strscpy(params->state_dir->path, path, sizeof(params->state_dir->path));
	params->set_state_dir = true;
	return 0;
}

/**
 * ktgt_net_set_doit - change the settings of a namespace
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_net_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_net_params params = {};
	struct ktgt_nl_change nlc;
	int err;

	get_setting(info, KTGT_A_NET_LOGIN_TIMEOUT, &params.login_timeout,
		    &params.set_login_timeout);
	get_setting(info, KTGT_A_NET_MAX_LOGINS, &params.max_logins,
		    &params.set_max_logins);
	get_setting(info, KTGT_A_NET_LOGIN_DELAY, &params.login_delay,
		    &params.set_login_delay);
	get_setting(info, KTGT_A_NET_DISCOVERY_TIMEOUT,
		    &params.discovery_timeout, &params.set_discovery_timeout);
	get_setting(info, KTGT_A_NET_MAX_DISCOVERIES, &params.max_discoveries,
		    &params.set_max_discoveries);
	get_setting(info, KTGT_A_NET_NOP_INTERVAL, &params.nop_interval,
		    &params.set_nop_interval);
	get_setting(info, KTGT_A_NET_POLL_TIME, &params.poll_time,
		    &params.set_poll_time);
	get_setting(info, KTGT_A_NET_LOGOUT_TIMEOUT, &params.logout_timeout,
		    &params.set_logout_timeout);
	get_setting(info, KTGT_A_NET_TMF_TIMEOUT, &params.tmf_timeout,
		    &params.set_tmf_timeout);
	get_setting(info, KTGT_A_NET_STATE, &params.state, &params.set_state);
	get_tcp(info, &params);
	get_oui(info, &params);
	err = get_memory(info, &params) ?: get_state_dir(info, &params);
	if (!err)
		err = get_cpus(info, &params);
	if (err) {
		kfree(params.state_dir);
		return err;
	}

	ktgt_nl_begin(&nlc, skb, info);
	return ktgt_nl_end(&nlc, ktgt_net_stage_set(nlc.txn, &params));
}
