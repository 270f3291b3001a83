/* SPDX-License-Identifier: GPL-2.0 */
/* tgt-admin: the whole configuration, from and to targets.conf. */
#ifndef KTGT_TGT_ADMIN_H
#define KTGT_TGT_ADMIN_H

int tgt_admin_main(int argc, char **argv);

#endif
