// SPDX-License-Identifier: GPL-2.0
/* What makes two logical units the same. */
#include "apply/lu.h"

#include <stdio.h>

#include "lib/device.h"

bool lu_waits(const struct lu *lu)
{
	return lu->backend == KTGT_BACKEND_BLOCK &&
	       HAS(lu, KTGT_A_LU_ONLINE) && !lu->online;
}

void lu_set_defaults(struct lu *lu, const struct lu *have)
{
	char text[32], dir[64];

	snprintf(text, sizeof(text), "IET     %04x%04x", lu->target_id,
		 lu->lun);
	lu_default_text(lu, KTGT_A_LU_SCSI_ID, text);
	snprintf(text, sizeof(text), "beaf%u%u", lu->target_id, lu->lun);
	lu_default_text(lu, KTGT_A_LU_SERIAL, text);
	/* the default is no */
	SET(lu, KTGT_A_LU_SHARED);
	lu_default_text(lu, KTGT_A_LU_VENDOR, "IET");
	lu_default_text(lu, KTGT_A_LU_PRODUCT, "VIRTUAL-DISK");
	lu_default_text(lu, KTGT_A_LU_REVISION, "0001");
	if (!(have && lu_waits(have)) &&
	    !device_dir(lu->path, dir, sizeof(dir)))
		device_defaults(dir, lu);
}

bool lu_same(const struct lu *want, const struct lu *have)
{
	const struct field *f;
	size_t i;

	for (i = 0; i < lu_object.n_fields; i++) {
		f = &lu_object.fields[i];
		if (HAS(want, f->attr) && !field_same(f, want, have))
			return false;
	}
	return true;
}
