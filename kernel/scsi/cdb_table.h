/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The CDB table: which commands there are, and who carries them out.
 */
#ifndef _KTGT_SCSI_CDB_TABLE_H
#define _KTGT_SCSI_CDB_TABLE_H

void ktgt_cdb_table_init(void);

#endif /* _KTGT_SCSI_CDB_TABLE_H */
