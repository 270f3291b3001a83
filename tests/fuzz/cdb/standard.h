/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What SPC-4 and SBC-4 say of a CDB and of its answer, apart from the module's
 * own table.
 */
#ifndef _KTGT_FUZZ_CDB_STANDARD_H
#define _KTGT_FUZZ_CDB_STANDARD_H

#include "../../../kernel/core/cmd.h"

/* what a CDB asks for */
enum kind {
	KIND_UNKNOWN, KIND_NONE, KIND_READ, KIND_WRITE, KIND_SYNC, KIND_SAME,
	KIND_UNMAP, KIND_IN, KIND_CAPACITY_10, KIND_OUT, KIND_TEST, KIND_RESERVE,
	KIND_PR_OUT, KIND_SANITIZE, KIND_COPY,
	/* those of compare.c */
	KIND_CAW, KIND_VERIFY, KIND_WRITE_VERIFY, KIND_ORWRITE, KIND_FETCH,
};

/* READ DEFECT DATA(12) */
#define READ_DEFECT_DATA_12	0xb7

struct request {
	enum kind	kind;
	bool		disk;	/* only a disk has it */
	bool		medium;	/* it needs a device, although it moves no blocks */
	bool		atomic;	/* all blocks or none */
	u8		len;	/* of the CDB */
	u64		lba;
	u64		count;	/* blocks, or bytes of an allocation */
};

/* the logical unit that a command is for, as it was made */
struct shape {
	bool	disk, thin, read_only, write_through, write_cache, d_sense;
	bool	zeroes, atomic, removable;
	u32	block;
	u32	nr_lus;
	/* of VPD page B0h, as it was read */
	u32	max_blocks, max_unmap_blocks, max_unmap_descriptors;
	u8	max_caw_blocks;
	u32	max_atomic, atomic_align, atomic_unit;
	u64	max_same_blocks;
};

/* what came back of an answer */
struct answer {
	const u8	*data;
	u32		len;		/* bytes that came */
	u64		whole;		/* bytes that there are */
	bool		cut;		/* to the allocation length */
	u64		nr_blocks;	/* of the logical unit */
	bool		erased;		/* none of them is mapped */
};

struct request decode_cdb(const u8 *cdb);
bool asks_functions(const u8 *cdb);
bool asks_removable(const u8 *cdb);
bool has_actions(u8 opcode);
unsigned long conflicting(const u8 *cdb);
u32 told_in_state(const u8 *cdb, unsigned long flags);
bool asks_groups(const u8 *cdb);
bool sets_groups(const u8 *cdb);
bool asks_lba_status(const u8 *cdb);
unsigned int check_sense(const u8 *buf, unsigned int len, bool descriptor);
void check_field_pointer(const u8 *cdb, const struct request *req,
			 const struct ktgt_sense *sense);
void check_answer(const u8 *cdb, const struct shape *shape,
		  const struct answer *a);
bool vpd_page_exists(const struct shape *shape, u8 page);

#endif /* _KTGT_FUZZ_CDB_STANDARD_H */
