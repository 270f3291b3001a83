/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grammar, the texts and the exit statuses of scsi-target-utils' tgtadm.
 * Scripts depend on them, so they stay as that program (1.0.85) has them, its
 * spelling included.
 */
#ifndef KTGT_TGT_TGTADM_H
#define KTGT_TGT_TGTADM_H

int tgtadm_main(int argc, char **argv);

#endif
