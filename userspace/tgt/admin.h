/* SPDX-License-Identifier: GPL-2.0 */
/* tgt-admin: a whole configuration, from targets.conf and back. */
#ifndef KTGT_TGT_ADMIN_H
#define KTGT_TGT_ADMIN_H

int tgt_admin_main(int argc, char **argv);

#endif
