// SPDX-License-Identifier: GPL-2.0
/*
 * Start and stop of netlink, with the module.
 */
#include "init.h"

#include "../core/refuse.h"
#include "event.h"
#include "family.h"
#include "freeze.h"
#include "txn.h"

/**
 * ktgt_nl_init - start to accept netlink commands; called last
 *
 * Context: module init.
 *
 * Return: 0 or an errno.
 */
int __init ktgt_nl_init(void)
{
	int err;

	err = ktgt_nl_txn_init();
	if (err)
		return err;
	err = ktgt_nl_freeze_init();
	if (err)
		goto err_freeze;
	err = genl_register_family(&ktgt_nl_family);
	if (err)
		goto err_family;
	ktgt_nl_event_init();
	return 0;

err_family:
	ktgt_nl_freeze_exit();
err_freeze:
	ktgt_nl_txn_exit();
	return err;
}

/**
 * ktgt_nl_exit - accept no more commands and wait for running ones; called
 *	first
 *
 * Context: module exit.
 */
void ktgt_nl_exit(void)
{
	ktgt_nl_event_exit();
	genl_unregister_family(&ktgt_nl_family);
	ktgt_nl_freeze_exit();
	ktgt_nl_txn_exit();
	ktgt_refuse_exit();
}
