/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The logical units, and their shapes.
 */
#ifndef _KTGT_FUZZ_CDB_LU_H
#define _KTGT_FUZZ_CDB_LU_H

#include <linux/ktgt.h>

#include "../../../kernel/scsi/lu.h"
#include "../input.h"
#include "standard.h"

/* disk, controller */
extern struct ktgt_lu *lus[2];
extern struct shape shapes[2];
extern struct ktgt_lu_params disk_params;
extern struct ktgt_backend_caps disk_caps;

struct ktgt_lu *lu_of(__be64 lun);
void pick_shape(struct input *in);
void replace_disk(void);
void hand_over_disk(void);
void swap_store(bool waits, u8 how);
void follow_mode(struct ktgt_lu *lu);
void lus_start(void);
void lus_stop(void);
void lus_free(void);

#endif /* _KTGT_FUZZ_CDB_LU_H */
