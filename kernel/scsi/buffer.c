// SPDX-License-Identifier: GPL-2.0
/*
 * READ BUFFER and WRITE BUFFER (SPC-4, 6.19 and 6.49): a data buffer and an echo
 * buffer, by which initiators test the way to the target. Each I_T nexus has its own,
 * one for all logical units, made when it writes to it for the first time. Nobody
 * else can read or overwrite them.
 */
#include "buffer.h"

#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "../core/fabric.h"
#include "../core/gfp.h"
#include "../core/net.h"
#include "../core/target.h"
#include "data.h"
#include "sense.h"

#define MODE			0x1f
/* MODE of READ BUFFER and WRITE BUFFER */
#define MODE_DATA		0x02
#define MODE_DESCRIPTOR		0x03
#define MODE_ECHO		0x0a
#define MODE_ECHO_DESCRIPTOR	0x0b

/* of the echo buffer descriptor: no other initiator overwrites it */
#define EBOS			BIT(0)

static u8 mode_of(const struct ktgt_cmd *cmd)
{
	return cmd->cdb[1] & MODE;
}

static u32 offset_of(const struct ktgt_cmd *cmd)
{
	return get_unaligned_be24(cmd->cdb + 3);
}

static bool refuse_field(struct ktgt_cmd *cmd, unsigned int byte,
			 unsigned int bit)
{
	ktgt_sense_cdb_field(&cmd->sense, byte, bit);
	return false;
}

/* There is one data buffer, number 0. */
static bool check_data_place(struct ktgt_cmd *cmd, u32 len)
{
	if (cmd->cdb[2])
		return refuse_field(cmd, 2, 7);
	if (offset_of(cmd) > KTGT_BUFFER_LEN)
		return refuse_field(cmd, 3, KTGT_SENSE_NO_BIT);
	if (len > KTGT_BUFFER_LEN - offset_of(cmd))
		return refuse_field(cmd, 6, KTGT_SENSE_NO_BIT);
	return true;
}

/**
 * ktgt_buffer_check_read - checks of READ BUFFER (SPC-4, 6.19)
 * @cmd: the command
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_buffer_check_read(struct ktgt_cmd *cmd)
{
	switch (mode_of(cmd)) {
	case MODE_DATA:
		return check_data_place(cmd, 0);
	case MODE_DESCRIPTOR:
	case MODE_ECHO:
	case MODE_ECHO_DESCRIPTOR:
		return true;
	default:
		return refuse_field(cmd, 1, 4);
	}
}

/**
 * ktgt_buffer_check_write - checks of WRITE BUFFER (SPC-4, 6.49)
 * @cmd: the command
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_buffer_check_write(struct ktgt_cmd *cmd)
{
	switch (mode_of(cmd)) {
	case MODE_DATA:
		return check_data_place(cmd, cmd->xfer_len);
	case MODE_ECHO:
		return cmd->xfer_len <= KTGT_BUFFER_LEN ||
		       refuse_field(cmd, 6, KTGT_SENSE_NO_BIT);
	default:
		return refuse_field(cmd, 1, 4);
	}
}

/* What has not been written reads as zeroes. */
static void read_data(struct ktgt_cmd *cmd)
{
	const u8 *buffer = cmd->nexus->buffers[KTGT_BUFFER_DATA];
	u32 offset = offset_of(cmd);
	u32 len = min_t(u32, cmd->xfer_len, KTGT_BUFFER_LEN - offset);
	static const u8 zeroes[64];
	u32 pos;

	if (buffer)
		ktgt_data_put(cmd, 0, buffer + offset, len);
	else
		for (pos = 0; pos < len; pos += sizeof(zeroes))
			ktgt_data_put(cmd, pos, zeroes,
				      min_t(u32, len - pos, sizeof(zeroes)));
	ktgt_data_done(cmd, len);
}

static void read_descriptor(struct ktgt_cmd *cmd)
{
	u8 buf[4] = {};

	/* of a buffer that is not there all is zero (SPC-4, 6.19.5) */
	if (!cmd->cdb[2])
		put_unaligned_be24(KTGT_BUFFER_LEN, buf + 1);
	ktgt_data_answer(cmd, buf, sizeof(buf));
}

static void read_echo(struct ktgt_cmd *cmd)
{
	const struct ktgt_nexus *nexus = cmd->nexus;

	if (nexus->echo_len) {
		ktgt_data_answer(cmd, nexus->buffers[KTGT_BUFFER_ECHO],
				 nexus->echo_len);
		return;
	}
	ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST, KTGT_ASC_COMMAND_SEQUENCE);
	ktgt_cmd_fail(cmd);
}

static void read_echo_descriptor(struct ktgt_cmd *cmd)
{
	u8 buf[4] = { EBOS };

	put_unaligned_be16(KTGT_BUFFER_LEN, buf + 2);
	ktgt_data_answer(cmd, buf, sizeof(buf));
}

/**
 * ktgt_buffer_read - READ BUFFER (SPC-4, 6.19)
 * @cmd: the command
 *
 * Context: process, the one that handles the I_T nexus; completes @cmd.
 */
void ktgt_buffer_read(struct ktgt_cmd *cmd)
{
	switch (mode_of(cmd)) {
	case MODE_DATA:
		read_data(cmd);
		break;
	case MODE_DESCRIPTOR:
		read_descriptor(cmd);
		break;
	case MODE_ECHO:
		read_echo(cmd);
		break;
	default:
		read_echo_descriptor(cmd);
	}
}

static u8 *make_buffer(struct ktgt_nexus *nexus, enum ktgt_buffer nr)
{
	if (!nexus->buffers[nr])
		nexus->buffers[nr] = kzalloc(KTGT_BUFFER_LEN, KTGT_GFP_PEER);
	return nexus->buffers[nr];
}

/**
 * ktgt_buffer_write - WRITE BUFFER (SPC-4, 6.49)
 * @cmd: the command
 *
 * Context: process, the one that handles the I_T nexus; may allocate; completes
 * @cmd.
 */
void ktgt_buffer_write(struct ktgt_cmd *cmd)
{
	bool echo = mode_of(cmd) == MODE_ECHO;
	u8 *buffer;

	if (!ktgt_data_has_come(cmd)) {
		ktgt_cmd_fail(cmd);
		return;
	}
	if (!cmd->xfer_len) {
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
		return;
	}
	buffer = make_buffer(cmd->nexus, echo ? KTGT_BUFFER_ECHO :
						KTGT_BUFFER_DATA);
	if (!buffer) {
		ktgt_net_count_failure(cmd->nexus->target->kn);
		ktgt_cmd_complete(cmd, SAM_STAT_BUSY);
		return;
	}
	if (echo)
		cmd->nexus->echo_len = cmd->xfer_len;
	ktgt_data_get(cmd, 0, echo ? buffer : buffer + offset_of(cmd),
		      cmd->xfer_len);
	ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
}
