/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KTGT_COMPAT_SCSI_SCSI_PROTO_H
#define _KTGT_COMPAT_SCSI_SCSI_PROTO_H

#include_next <scsi/scsi_proto.h>

/* They are RESERVE and RELEASE in older kernels. */
#ifndef RESERVE_6
#define RESERVE_6	RESERVE
#define RELEASE_6	RELEASE
#endif

#ifndef WRITE_ATOMIC_16
#define WRITE_ATOMIC_16	0x9c
#endif

#endif /* _KTGT_COMPAT_SCSI_SCSI_PROTO_H */
