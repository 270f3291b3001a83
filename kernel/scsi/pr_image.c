// SPDX-License-Identifier: GPL-2.0
/*
 * Reservations in the image of a state file: the section
 * KTGT_SECTION_RESERVATIONS, which is there if they have APTPL. All numbers are
 * little-endian.
 *
 *	0	PRGENERATION
 *	4	type of the reservation, 0 if there is none
 *	5	flags: APTPL, which is always set
 *	6	0
 *	8	which registration holds the reservation, 0 is the first; NO_HOLDER
 *	12	number of registrations
 *	16	the registrations
 *
 * A registration:
 *
 *	0	reservation key
 *	8	relative target port identifier
 *	10	0
 *	11	length of the name
 *	12	name of the initiator port, without a NUL
 */
#include "pr_image.h"

#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "../backend/state.h"
#include "../core/fabric.h"
#include "lu.h"
#include "pr.h"
#include "state_image.h"
#include "transport_id.h"

#define HEADER_LEN		16
#define APTPL			BIT(0)
#define NO_HOLDER		0xffffffff

#define RECORD_LEN		12

/* of a name, without its NUL */
#define NAME_MAX_LEN		(sizeof_field(struct ktgt_transport_id, name) - 1)

/* all that there can be fit into a slot */
static_assert(NAME_MAX_LEN < 256);
static_assert(KTGT_SECTION_LEN + HEADER_LEN +
	      KTGT_PR_MAX * (RECORD_LEN + NAME_MAX_LEN) + KTGT_STATE_OTHERS_MAX <=
	      KTGT_STATE_MAX);

/* --- writing -------------------------------------------------------------- */

static u32 record_len(const struct ktgt_registration *registration)
{
	return RECORD_LEN + strlen(registration->name);
}

static u8 *put_record(u8 *p, const struct ktgt_registration *registration)
{
	u8 len = strlen(registration->name);

	put_unaligned_le64(registration->key, p);
	put_unaligned_le16(registration->port, p + 8);
	p[11] = len;
	memcpy(p + RECORD_LEN, registration->name, len);
	return p + RECORD_LEN + len;
}

static void put_header(u8 *p, const struct ktgt_pr *pr)
{
	const struct ktgt_registration *registration;
	u32 holder = NO_HOLDER, nr = 0;

	list_for_each_entry(registration, &pr->registrations, node) {
		if (registration == pr->holder)
			holder = nr;
		nr++;
	}
	put_unaligned_le32(pr->generation, p);
	p[4] = pr->type;
	p[5] = APTPL;
	put_unaligned_le32(holder, p + 8);
	put_unaligned_le32(nr, p + 12);
}

/**
 * ktgt_pr_image_make - make an image with other reservations
 * @pr: the reservations; without APTPL the image has none
 * @base: what is kept, whose other sections the image has as well; or NULL
 * @gfp: how to allocate it
 *
 * Context: may sleep; @pr does not change meanwhile.
 * Return: the image, or NULL without memory.
 */
struct ktgt_state_image *ktgt_pr_image_make(const struct ktgt_pr *pr,
					    const struct ktgt_state_image *base,
					    gfp_t gfp)
{
	const struct ktgt_registration *registration;
	struct ktgt_state_image *image;
	u32 len = HEADER_LEN;
	u8 *p;

	list_for_each_entry(registration, &pr->registrations, node)
		len += record_len(registration);
	image = ktgt_state_image_with(base, KTGT_SECTION_RESERVATIONS,
				      pr->aptpl ? len : 0, gfp, &p);
	if (!image || !pr->aptpl)
		return image;
	put_header(p, pr);
	p += HEADER_LEN;
	list_for_each_entry(registration, &pr->registrations, node)
		p = put_record(p, registration);
	return image;
}

/* --- reading -------------------------------------------------------------- */

/* Each I_T nexus is registered once; who finds it looks no further. */
static bool is_there(const struct ktgt_pr *pr,
		     const struct ktgt_registration *registration)
{
	const struct ktgt_registration *other;

	list_for_each_entry(other, &pr->registrations, node)
		if (other->hash == registration->hash &&
		    other->port == registration->port &&
		    !strcmp(other->name, registration->name))
			return true;
	return false;
}

static void drop(struct ktgt_registration *registration)
{
	LIST_HEAD(list);

	list_add(&registration->node, &list);
	ktgt_pr_free_list(&list);
}

/* The logical unit has it, or it is freed. */
static int add(struct ktgt_lu *lu, struct ktgt_registration *registration)
{
	int err = 0;

	if (!registration->key || !registration->port ||
	    is_there(&lu->pr, registration))
		err = -EUCLEAN;
	else if (!ktgt_pr_insert(lu, registration))
		err = -ENOSPC;
	if (err)
		drop(registration);
	return err;
}

/* Reads one record of at most @left bytes. Returns its bytes, or an errno. */
static int read_record(struct ktgt_lu *lu, const u8 *p, u32 left)
{
	struct ktgt_registration *registration;
	char name[NAME_MAX_LEN + 1];
	struct ktgt_transport_id id;
	u32 len;
	int err;

	if (left < RECORD_LEN)
		return -EUCLEAN;
	len = p[11];
	if (len > left - RECORD_LEN || !len || len >= sizeof(name))
		return -EUCLEAN;
	memcpy(name, p + RECORD_LEN, len);
	name[len] = 0;
	if (strlen(name) != len || !ktgt_port_name_get(name, &id))
		return -EUCLEAN;
	registration = ktgt_pr_make(id.name, get_unaligned_le16(p + 8),
				    GFP_KERNEL);
	if (!registration)
		return -ENOMEM;
	registration->key = get_unaligned_le64(p);
	err = add(lu, registration);
	return err ?: RECORD_LEN + (int)len;
}

static int read_records(struct ktgt_lu *lu, const u8 *p, u32 left, u32 nr)
{
	int len;

	if (nr > KTGT_PR_MAX)
		return -EUCLEAN;
	for (; nr; nr--) {
		len = read_record(lu, p, left);
		if (len < 0)
			return len;
		p += len;
		left -= len;
	}
	return left ? -EUCLEAN : 0;
}

static struct ktgt_registration *nth(const struct ktgt_pr *pr, u32 nr)
{
	struct ktgt_registration *registration;

	list_for_each_entry(registration, &pr->registrations, node)
		if (!nr--)
			return registration;
	return NULL;
}

/* A reservation has a type that there is, and a holder, or is that of all. */
static int read_reservation(struct ktgt_pr *pr, u8 type, u32 nr)
{
	struct ktgt_registration *holder = nth(pr, nr);
	bool for_all = ktgt_pr_is_for_all(type);

	if (!type)
		return nr == NO_HOLDER ? 0 : -EUCLEAN;
	if (!ktgt_pr_type_is_valid(type) || !pr->nr)
		return -EUCLEAN;
	if (for_all ? nr != NO_HOLDER : !holder)
		return -EUCLEAN;
	pr->type = type;
	pr->holder = holder;
	return 0;
}

/**
 * ktgt_pr_image_read - give a logical unit the reservations of a state file
 * @lu: logical unit that is not published and has no reservations. After an error it
 *	has some of them
 * @p: data of the section
 * @len: bytes of it
 *
 * Context: may sleep; takes &ktgt_target.nexus_lock.
 * Return: 0; -EUCLEAN if it makes no sense; -EPROTONOSUPPORT if it has something that is
 *	not known; -ENOSPC if there are too many registrations; -ENOMEM.
 */
int ktgt_pr_image_read(struct ktgt_lu *lu, const u8 *p, u32 len)
{
	struct ktgt_pr *pr = &lu->pr;
	int err;

	/* the section is there only if they are to outlive a loss of power */
	if (len < HEADER_LEN || !(p[5] & APTPL))
		return -EUCLEAN;
	if (p[5] != APTPL || get_unaligned_le16(p + 6))
		return -EPROTONOSUPPORT;
	err = read_records(lu, p + HEADER_LEN, len - HEADER_LEN,
			   get_unaligned_le32(p + 12));
	if (!err)
		err = read_reservation(pr, p[4], get_unaligned_le32(p + 8));
	if (err)
		return err;
	pr->generation = get_unaligned_le32(p);
	pr->aptpl = true;
	return 0;
}
