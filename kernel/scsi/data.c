// SPDX-License-Identifier: GPL-2.0
/*
 * The data buffer of a command that is not medium data. It is made of whole
 * pages, each filled from its beginning, and it is not zeroed: what is
 * returned has to be written here, byte for byte.
 */
#include "data.h"

#include <linux/highmem.h>
#include <linux/minmax.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "sense.h"

/**
 * ktgt_data_put - write to the data-in buffer
 * @cmd: the command
 * @pos: byte of the answer
 * @from: what to write
 * @len: bytes; what the buffer has no room for is left out
 *
 * Context: any.
 */
void ktgt_data_put(struct ktgt_cmd *cmd, u32 pos, const void *from, u32 len)
{
	u32 end = min_t(u64, (u64)pos + len, cmd->buf_len);
	u32 offset, part;

	while (pos < end) {
		offset = pos & ~PAGE_MASK;
		part = min_t(u32, end - pos, PAGE_SIZE - offset);
		memcpy_to_page(cmd->bvec[pos >> PAGE_SHIFT].bv_page, offset,
			       from, part);
		from += part;
		pos += part;
	}
}

/**
 * ktgt_data_get - read from the data-out buffer
 * @cmd: the command
 * @pos: byte of the parameter list
 * @to: where to put it
 * @len: bytes; the caller has checked that the buffer has them
 *
 * Context: any.
 */
void ktgt_data_get(const struct ktgt_cmd *cmd, u32 pos, void *to, u32 len)
{
	u32 end = pos + len;
	u32 offset, part;

	if (WARN_ON_ONCE(end < pos || end > cmd->buf_len))
		return;
	while (pos < end) {
		offset = pos & ~PAGE_MASK;
		part = min_t(u32, end - pos, PAGE_SIZE - offset);
		memcpy_from_page(to, cmd->bvec[pos >> PAGE_SHIFT].bv_page,
				 offset, part);
		to += part;
		pos += part;
	}
}

/**
 * ktgt_data_refuse_length - a parameter list has a length that it cannot have
 * @cmd: the command
 *
 * Context: any.
 * Return: false, with PARAMETER LIST LENGTH ERROR as sense data.
 */
bool ktgt_data_refuse_length(struct ktgt_cmd *cmd)
{
	ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
		       KTGT_ASC_PARAMETER_LIST_LENGTH);
	return false;
}

/**
 * ktgt_data_has_come - whether the initiator has sent all that the CDB announces
 * @cmd: a data-out command
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_data_has_come(struct ktgt_cmd *cmd)
{
	return cmd->buf_len >= cmd->xfer_len || ktgt_data_refuse_length(cmd);
}

/**
 * ktgt_data_done - complete a data-in command whose answer is in the buffer
 * @cmd: the command
 * @len: bytes of the whole answer, before the allocation length cuts it
 *
 * Context: any; as ktgt_cmd_complete().
 */
void ktgt_data_done(struct ktgt_cmd *cmd, u32 len)
{
	cmd->xfer_len = min_t(u64, cmd->xfer_len, len);
	ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
}

/**
 * ktgt_data_answer - complete a data-in command
 * @cmd: the command
 * @from: the whole answer
 * @len: bytes of it
 *
 * Context: any; as ktgt_cmd_complete().
 */
void ktgt_data_answer(struct ktgt_cmd *cmd, const void *from, u32 len)
{
	ktgt_data_put(cmd, 0, from, len);
	ktgt_data_done(cmd, len);
}

/**
 * ktgt_cmd_fail - complete a command with CHECK CONDITION
 * @cmd: the command; its sense data has been set
 *
 * Nothing of a data-in buffer is returned, as nothing of it was written.
 *
 * Context: any; as ktgt_cmd_complete().
 */
void ktgt_cmd_fail(struct ktgt_cmd *cmd)
{
	if (cmd->dir == DMA_FROM_DEVICE)
		cmd->xfer_len = 0;
	ktgt_cmd_complete(cmd, SAM_STAT_CHECK_CONDITION);
}
