/* SPDX-License-Identifier: GPL-2.0 */
/* tgt-setup-lun: creating a target with a disk in one command. */
#ifndef KTGT_TGT_SETUP_LUN_H
#define KTGT_TGT_SETUP_LUN_H

int tgt_setup_lun_main(int argc, char **argv);

#endif
