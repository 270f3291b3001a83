// SPDX-License-Identifier: GPL-2.0
/*
 * A network namespace: its start, its settings, and its end.
 */
#include "net.h"

#include <linux/rcupdate.h>
#include <linux/slab.h>

#include <net/net_namespace.h>

#include "../core/access.h"
#include "../core/net.h"
#include "../core/target.h"
#include "../iscsi/conn.h"
#include "../iscsi/sess.h"
#include "../scsi/names.h"
#include "../tcp/tcp.h"
#include "account.h"
#include "freeze.h"
#include "holder.h"
#include "portal.h"
#include "target.h"
#include "txn.h"

/**
 * struct net_set - change of settings
 * @change: the change
 * @params: the settings
 * @made: default portals that this change creates
 * @gone: default portals that this change removes
 */
struct net_set {
	struct ktgt_change	change;
	struct ktgt_net_params	params;
	struct ktgt_portal	*made[KTGT_DEFAULT_PORTALS];
	struct ktgt_portal	*gone[KTGT_DEFAULT_PORTALS];
};

static bool begins_to_load(const struct ktgt_net *kn,
			   const struct ktgt_net_params *params)
{
	return params->set_state && params->state == KTGT_NET_STATE_LOADING &&
	       kn->state != KTGT_NET_STATE_LOADING;
}

/* While the configuration is loaded, initiators must find an open port. */
static int net_set_check(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct net_set *set = container_of(change, struct net_set, change);

	if (!begins_to_load(txn->kn, &set->params))
		return 0;
	return ktgt_portal_check_defaults(txn, set->made);
}

static void net_set_abort(struct ktgt_txn *txn, struct ktgt_change *change)
{
	ktgt_portal_abort_defaults(container_of(change, struct net_set,
						change)->made);
}

static void apply_state(struct ktgt_net *kn, struct net_set *set)
{
	/* pairs with the acquire in iscsi/admit.c */
	smp_store_release(&kn->state, set->params.state);
	ktgt_portal_apply_defaults(set->made);
	if (kn->state == KTGT_NET_STATE_READY && xa_empty(&kn->targets))
		ktgt_portal_unlink_defaults(kn, set->gone);
}

/* The former ones are freed with the change. */
static void apply_cpus(struct ktgt_net *kn, struct net_set *set)
{
	set->params.cpus = rcu_replace_pointer(kn->cpus, set->params.cpus,
					       lockdep_is_held(&kn->config_mutex));
	ktgt_tcp_choose_cpus(kn);
}

/* The former one is freed with the change. */
static void apply_state_dir(struct ktgt_net *kn, struct net_set *set)
{
	set->params.state_dir =
		rcu_replace_pointer(kn->state_dir, set->params.state_dir,
				    lockdep_is_held(&kn->config_mutex));
}

static void apply_tcp(struct ktgt_net *kn, const struct ktgt_net_params *params)
{
	if (params->set_keepalive_idle)
		WRITE_ONCE(kn->keepalive_idle, params->keepalive_idle);
	if (params->set_keepalive_interval)
		WRITE_ONCE(kn->keepalive_interval, params->keepalive_interval);
	if (params->set_keepalive_probes)
		WRITE_ONCE(kn->keepalive_probes, params->keepalive_probes);
	if (params->set_tcp_user_timeout)
		WRITE_ONCE(kn->tcp_user_timeout, params->tcp_user_timeout);
}

static void apply_login(struct ktgt_net *kn,
			const struct ktgt_net_params *params)
{
	if (params->set_login_timeout)
		WRITE_ONCE(kn->login_timeout, params->login_timeout);
	if (params->set_max_logins)
		WRITE_ONCE(kn->max_logins, params->max_logins);
	if (params->set_login_delay)
		WRITE_ONCE(kn->login_delay, params->login_delay);
}

static void net_set_apply(struct ktgt_txn *txn, struct ktgt_change *change)
{
	struct net_set *set = container_of(change, struct net_set, change);
	const struct ktgt_net_params *params = &set->params;
	struct ktgt_net *kn = txn->kn;

	apply_login(kn, params);
	if (params->set_discovery_timeout)
		WRITE_ONCE(kn->discovery_timeout, params->discovery_timeout);
	if (params->set_max_discoveries)
		WRITE_ONCE(kn->max_discoveries, params->max_discoveries);
	if (params->set_memory_limit)
		WRITE_ONCE(kn->memory_limit, params->memory_limit);
	if (params->set_memory_total)
		ktgt_budget_set_limit(&kn->budget, params->memory_total);
	if (params->set_nop_interval)
		WRITE_ONCE(kn->nop_interval, params->nop_interval);
	if (params->set_poll_time)
		WRITE_ONCE(kn->poll_time, params->poll_time);
	if (params->set_logout_timeout)
		WRITE_ONCE(kn->logout_timeout, params->logout_timeout);
	if (params->set_tmf_timeout)
		WRITE_ONCE(kn->tmf_timeout, params->tmf_timeout);
	apply_tcp(kn, params);
	if (params->set_oui)
		WRITE_ONCE(kn->oui, params->oui);
	if (params->set_state)
		apply_state(kn, set);
	if (params->set_state_dir)
		apply_state_dir(kn, set);
	if (params->set_cpus)
		apply_cpus(kn, set);
}

static void net_set_finish(struct ktgt_txn *txn, struct ktgt_change *change)
{
	ktgt_portal_finish_defaults(container_of(change, struct net_set,
						 change)->gone);
}

static void net_set_free(struct ktgt_change *change)
{
	struct net_set *set = container_of(change, struct net_set, change);

	if (set->params.cpus)
		kfree_rcu(set->params.cpus, rcu);
	if (set->params.state_dir)
		kfree_rcu(set->params.state_dir, rcu);
	kfree(set);
}

static const struct ktgt_change_ops net_set_ops = {
	.object = KTGT_OBJECT_NET,
	.action = KTGT_ACTION_CHANGE,
	.check = net_set_check,
	.abort = net_set_abort,
	.apply = net_set_apply,
	.finish = net_set_finish,
	.free = net_set_free,
};

/**
 * ktgt_net_stage_set - stage a change of settings of the namespace
 * @txn: the transaction
 * @params: the settings; the netlink policy has checked their ranges. Its
 *	processors and its folder are the change's from now on
 *
 * Context: may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ktgt_net_stage_set(struct ktgt_txn *txn,
		       const struct ktgt_net_params *params)
{
	struct net_set *set;

	set = kzalloc_obj(*set, GFP_KERNEL);
	if (!set) {
		kfree(params->cpus);
		kfree(params->state_dir);
		return -ENOMEM;
	}
	set->params = *params;
	set->change.info = (struct ktgt_change_info){
		.tid = -1,
		.lun = -1,
	};
	ktgt_txn_stage(txn, &set->change, &net_set_ops);
	return 0;
}

static int __net_init net_start(struct net *net)
{
	struct ktgt_net *kn = ktgt_net_get(net);
	int err;

	kn->net = net;
	kn->cookie = net->net_cookie;
	kn->inode = net->ns.inum;
	mutex_init(&kn->config_mutex);
	mutex_init(&kn->open_mutex);
	INIT_LIST_HEAD(&kn->open_txns);
	ktgt_freeze_net_init(kn);
	kn->generation = 1; /* a transaction that expects 0 expects any */
	kn->apply_seq = 2; /* even; a dump takes 0 for "no message yet" */
	xa_init_flags(&kn->targets, XA_FLAGS_ALLOC1);
	INIT_LIST_HEAD(&kn->portals);
	INIT_LIST_HEAD(&kn->staged_portals);
	INIT_LIST_HEAD(&kn->accounts);
	spin_lock_init(&kn->conn_lock);
	INIT_LIST_HEAD(&kn->conns);
	init_waitqueue_head(&kn->idle);
	ktgt_event_limit_init(&kn->failed_logins, kn);
	kn->login_timeout = KTGT_LOGIN_TIMEOUT_DEFAULT;
	kn->max_logins = KTGT_MAX_LOGINS_DEFAULT;
	kn->login_delay = KTGT_LOGIN_DELAY_DEFAULT;
	kn->discovery_timeout = KTGT_DISCOVERY_TIMEOUT_DEFAULT;
	kn->max_discoveries = KTGT_MAX_DISCOVERIES_DEFAULT;
	kn->memory_limit = KTGT_MEMORY_LIMIT_DEFAULT;
	kn->nop_interval = KTGT_NOP_INTERVAL_DEFAULT;
	kn->logout_timeout = KTGT_LOGOUT_TIMEOUT_DEFAULT;
	kn->tmf_timeout = KTGT_TMF_TIMEOUT_DEFAULT;
	kn->keepalive_idle = KTGT_KEEPALIVE_IDLE_DEFAULT;
	kn->keepalive_interval = KTGT_KEEPALIVE_INTERVAL_DEFAULT;
	kn->keepalive_probes = KTGT_KEEPALIVE_PROBES_DEFAULT;
	kn->tcp_user_timeout = KTGT_TCP_USER_TIMEOUT_DEFAULT;

	err = rhashtable_init(&kn->names, &ktgt_target_names);
	if (err)
		return err;
	err = ktgt_names_init(kn);
	if (err)
		goto err_names;
	err = ktgt_conn_net_init(kn);
	if (err)
		goto err_conn;
	err = ktgt_sess_net_init(kn);
	if (err)
		goto err_sess;
	return 0;

err_sess:
	ktgt_conn_net_exit(kn);
err_conn:
	ktgt_names_exit(kn);
err_names:
	rhashtable_destroy(&kn->names);
	return err;
}

/*
 * The namespace has no socket any more that could request a change, so nobody
 * else uses the configuration. Connections still use it until they are closed.
 */
static void __net_exit net_stop(struct net *net)
{
	struct ktgt_net *kn = ktgt_net_get(net);

	spin_lock_bh(&kn->conn_lock);
	kn->dying = true;
	spin_unlock_bh(&kn->conn_lock);

	ktgt_freeze_net_exit(kn);
	ktgt_portal_free_all(kn);
	ktgt_target_hide_all(kn);
	ktgt_tcp_close_all(kn);
	ktgt_event_limit_exit(&kn->failed_logins);
	ktgt_target_free_all(kn);
	ktgt_account_free_all(kn);
	ktgt_access_free_rcu(rcu_dereference_protected(kn->discovery, true));
	RCU_INIT_POINTER(kn->discovery, NULL);
	kfree(rcu_dereference_protected(kn->cpus, true));
	RCU_INIT_POINTER(kn->cpus, NULL);
	kfree(rcu_dereference_protected(kn->state_dir, true));
	RCU_INIT_POINTER(kn->state_dir, NULL);

	ktgt_sess_net_exit(kn);
	ktgt_conn_net_exit(kn);
	ktgt_names_exit(kn);
	rhashtable_destroy(&kn->names);
	xa_destroy(&kn->targets);
	/*
	 * The memory of the namespace is freed next, and RCU readers may still
	 * walk its lists.
	 */
	synchronize_rcu();
}

static struct pernet_operations net_ops = {
	.init = net_start,
	.exit = net_stop,
	.id = &ktgt_net_id,
	.size = sizeof(struct ktgt_net),
};

/**
 * ktgt_config_init - start ktgt in all network namespaces
 *
 * Context: module init.
 *
 * Return: 0 or an errno.
 */
int ktgt_config_init(void)
{
	int err;

	ktgt_lus_init();
	err = ktgt_freeze_init();
	if (err)
		return err;
	err = register_pernet_subsys(&net_ops);
	if (err)
		ktgt_freeze_exit();
	return err;
}

/**
 * ktgt_config_exit - end all connections and free all configuration
 *
 * Call ktgt_nl_exit() before, so that nobody can request a change any more.
 *
 * Context: module exit; sleeps.
 */
void ktgt_config_exit(void)
{
	unregister_pernet_subsys(&net_ops);
	ktgt_freeze_exit();
	rcu_barrier(); /* the callbacks of call_rcu() are code of the module */
}
