// SPDX-License-Identifier: GPL-2.0
/*
 * ktgt - an iSCSI target. Module init and exit.
 */
#include <linux/module.h>
#include <net/genetlink.h>

#include "config/net.h"
#include "nl/init.h"
#include "scsi/exec.h"
#include "tcp/listen.h"
#include "tcp/tcp.h"

static int __init ktgt_init(void)
{
	int ret;

	ret = ktgt_scsi_init();
	if (ret)
		return ret;
	ret = ktgt_tcp_init();
	if (ret)
		goto err_tcp;
	ret = ktgt_listen_init();
	if (ret)
		goto err_listen;
	ret = ktgt_config_init();
	if (ret)
		goto err_config;
	ret = ktgt_nl_init();
	if (ret)
		goto err_nl;
	return 0;

err_nl:
	ktgt_config_exit();
err_config:
	ktgt_listen_exit();
err_listen:
	ktgt_tcp_exit();
err_tcp:
	ktgt_scsi_exit();
	return ret;
}

static void __exit ktgt_exit(void)
{
	ktgt_nl_exit();
	ktgt_config_exit();
	ktgt_listen_exit();
	ktgt_tcp_exit();
	ktgt_scsi_exit();
	rcu_barrier(); /* for what is freed by callbacks of our own */
}

module_init(ktgt_init);
module_exit(ktgt_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("iSCSI target");
MODULE_VERSION("0.1.0");
MODULE_ALIAS_GENL_FAMILY("ktgt");
