/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tgtadm of scsi-target-utils 1.0.85: the same syntax, texts and exit statuses,
 * because scripts depend on them. Even its spelling mistakes are kept.
 */
#ifndef KTGT_TGT_TGTADM_H
#define KTGT_TGT_TGTADM_H

int tgtadm_main(int argc, char **argv);

#endif
