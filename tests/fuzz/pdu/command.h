/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SCSI Commands that peers send, and their data.
 */
#ifndef _KTGT_FUZZ_PDU_COMMAND_H
#define _KTGT_FUZZ_PDU_COMMAND_H

#include "peer.h"

/* what was sent of a command, and what is wrong with it */
struct request {
	u32	edtl, itt, unsolicited;
	u32	room;		/* for data-out, in bytes */
	u8	flags;
	bool	barred;		/* it must not be accepted */
	bool	bad_data;	/* not what was agreed upon, or asked for */
	bool	known;
};

extern u32 next_serial;

struct request *request_of(u32 serial);
void send_command(struct peer *peer, struct input *in, u8 what);
void note_unsolicited(struct peer *peer, u32 serial);
void send_data_out(struct peer *peer, struct input *in, u8 what);
void commands_start(void);

#endif /* _KTGT_FUZZ_PDU_COMMAND_H */
