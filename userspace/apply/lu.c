// SPDX-License-Identifier: GPL-2.0
/* What makes two logical units the same. */
#include "apply/lu.h"

#include "lib/device.h"

const struct lu_name lu_names[] = {
	{ KTGT_A_LU_SCSI_ID, KTGT_LU_GIVEN_SCSI_ID, "scsi_id" },
	{ KTGT_A_LU_SERIAL, KTGT_LU_GIVEN_SERIAL, "scsi_sn" },
	{ KTGT_A_LU_VENDOR, KTGT_LU_GIVEN_VENDOR, "vendor_id" },
	{ KTGT_A_LU_PRODUCT, KTGT_LU_GIVEN_PRODUCT, "product_id" },
	{ KTGT_A_LU_REVISION, KTGT_LU_GIVEN_REVISION, "product_rev" },
	{ KTGT_A_LU_NAA_ID, KTGT_LU_GIVEN_NAA, "naa" },
	{ KTGT_A_LU_EUI, 0, "eui" },
	{ KTGT_A_LU_UUID, 0, "uuid" },
	{ KTGT_A_LU_SCSI_NAME, KTGT_LU_GIVEN_SCSI_NAME, "scsi-name" },
	{ 0, 0, NULL }
};

bool lu_name_given(const struct lu *lu, const struct lu_name *name)
{
	return name->given ? lu->given & name->given : HAS(lu, name->attr);
}

bool lu_waits(const struct lu *lu)
{
	return (lu->backend == KTGT_BACKEND_BLOCK || lu->ejected) &&
	       HAS(lu, KTGT_A_LU_ONLINE) && !lu->online;
}

void lu_set_defaults(struct lu *lu, const struct lu *have)
{
	char dir[64];

	/* the default is no, or default, which is 0 as well */
	SET(lu, KTGT_A_LU_SHARED);
	SET(lu, KTGT_A_LU_SHARED_IDENTITY);
	SET(lu, KTGT_A_LU_GONE);
	SET(lu, KTGT_A_LU_REMOVABLE);
	if (!(have && lu_waits(have)) &&
	    !device_dir(lu->path, dir, sizeof(dir)))
		device_defaults(dir, lu);
}

bool lu_same(const struct lu *want, const struct lu *have)
{
	const struct lu_name *name;
	const struct field *f;
	size_t i;

	for (name = lu_names; name->attr; name++)
		if (!HAS(want, name->attr) && lu_name_given(have, name))
			return false;
	for (i = 0; i < lu_object.n_fields; i++) {
		f = &lu_object.fields[i];
		if (HAS(want, f->attr) && !field_same(f, want, have))
			return false;
	}
	return true;
}

/* Texts that only describe a disk can become others, or the default. */
static void change_texts(const struct lu *want, const struct lu *have,
			 struct lu *req, struct lu *then)
{
	const uint32_t texts = KTGT_LU_GIVEN_VENDOR | KTGT_LU_GIVEN_PRODUCT |
			       KTGT_LU_GIVEN_REVISION;
	const struct lu_name *name;
	const struct field *f;

	for (name = lu_names; name->attr; name++) {
		f = object_field(&lu_object, name->attr);
		if (!(name->given & texts) ||
		    (HAS(want, name->attr) ? field_same(f, want, have) :
					     !lu_name_given(have, name)))
			continue;
		field_copy(f, req, want);
		field_copy(f, then, want);
		then->given &= ~name->given;
	}
}

bool lu_changes(const struct lu *want, const struct lu *have, struct lu *req)
{
	static const uint16_t attrs[] = {
		KTGT_A_LU_READ_ONLY, KTGT_A_LU_SHARED, KTGT_A_LU_WRITE_CACHE,
		KTGT_A_LU_GONE, KTGT_A_LU_REMOVABLE,
	};
	struct lu then = *have;
	const struct field *f;
	size_t i;

	if (lu_waits(have))
		return false;
	for (i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++) {
		f = object_field(&lu_object, attrs[i]);
		if (!HAS(want, f->attr) || field_same(f, want, have))
			continue;
		field_copy(f, req, want);
		field_copy(f, &then, want);
	}
	change_texts(want, have, req, &then);
	return lu_same(want, &then);
}
