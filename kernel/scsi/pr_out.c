// SPDX-License-Identifier: GPL-2.0
/*
 * PERSISTENT RESERVE OUT (SPC-4, 6.16): its parameter list, and its answer. What it
 * does is in pr.c.
 */
#include "pr_out.h"

#include <linux/err.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "../backend/state.h"
#include "../core/cmd.h"
#include "../core/fabric.h"
#include "../core/net.h"
#include "../core/target.h"
#include "../core/target_port.h"
#include "cdb.h"
#include "data.h"
#include "lu.h"
#include "pr.h"
#include "pr_abort.h"
#include "pr_trial.h"
#include "sense.h"
#include "state_save.h"
#include "transport_id.h"

#define LIST_LEN		24
/* byte 20 */
#define SPEC_I_PT		BIT(3)
#define ALL_TG_PT		BIT(2)
#define APTPL			BIT(0)
/* byte 17 of REGISTER AND MOVE; APTPL is as above */
#define UNREG			BIT(1)
/* where the TransportIDs are, behind their length of four bytes */
#define IDS_AT			28
#define MOVE_ID_AT		24
#define MOVE_PORT_AT		18

#define GFP_REGISTRATION	(GFP_NOIO | __GFP_NOWARN)

static u8 scope_of(const struct ktgt_cmd *cmd)
{
	return cmd->cdb[2] >> 4;
}

static u8 type_of(const struct ktgt_cmd *cmd)
{
	return cmd->cdb[2] & 0x0f;
}

/* Only REGISTER and REGISTER AND MOVE can have more (SPC-4, 6.16.3). */
static bool length_ok(const struct ktgt_cmd *cmd)
{
	switch (cmd->row->action) {
	case KTGT_PR_REGISTER:
	case KTGT_PR_REGISTER_MOVE:
		return cmd->xfer_len >= LIST_LEN &&
		       cmd->xfer_len <= KTGT_PR_LIST_MAX;
	default:
		return cmd->xfer_len == LIST_LEN;
	}
}

/**
 * ktgt_pr_out_check - checks of PERSISTENT RESERVE OUT (SPC-4, 6.16.1)
 * @cmd: the command
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_pr_out_check(struct ktgt_cmd *cmd)
{
	if (!length_ok(cmd))
		return ktgt_data_refuse_length(cmd);
	if (cmd->row->action != KTGT_PR_RESERVE)
		return true;
	if (scope_of(cmd))
		ktgt_sense_cdb_field(&cmd->sense, 2, 7);
	else if (!ktgt_pr_type_is_valid(type_of(cmd)))
		ktgt_sense_cdb_field(&cmd->sense, 2, 3);
	else
		return true;
	return false;
}

/* --- the parameter list --------------------------------------------------- */

/* The asker's own is the first. */
static void set_ports(struct ktgt_pr_request *req, bool all)
{
	struct ktgt_ports known;
	unsigned int i;

	ktgt_ports_add(&req->ports, req->itl->nexus->port);
	if (!all)
		return;
	ktgt_target_ports(req->lu->target, &known);
	for (i = 0; i < known.nr; i++)
		ktgt_ports_add(&req->ports, known.tag[i]);
}

static void init_request(struct ktgt_pr_request *req, struct ktgt_cmd *cmd,
			 const u8 *list)
{
	*req = (struct ktgt_pr_request) {
		.lu = cmd->lu,
		.itl = cmd->itl,
		.action = cmd->row->action,
		.scope = scope_of(cmd),
		.type = type_of(cmd),
		.key = get_unaligned_be64(list),
		.action_key = get_unaligned_be64(list + 8),
	};
	INIT_LIST_HEAD(&req->made);
	INIT_LIST_HEAD(&req->removed);
	if (req->action == KTGT_PR_REGISTER_MOVE) {
		req->unregister = list[17] & UNREG;
		req->aptpl = list[17] & APTPL;
		return;
	}
	req->spec_i_pt = list[20] & SPEC_I_PT;
	set_ports(req, list[20] & ALL_TG_PT);
	req->aptpl = req->action == KTGT_PR_REGISTER ||
		     req->action == KTGT_PR_REGISTER_IGNORE ?
		     list[20] & APTPL : false;
}

/* What is named twice is registered once. */
static enum ktgt_pr_result make_at(struct ktgt_pr_request *req, const char *name,
				   u16 port, gfp_t gfp)
{
	u32 hash = ktgt_pr_hash(name);
	struct ktgt_registration *registration;
	u32 nr = 0;

	list_for_each_entry(registration, &req->made, node) {
		if (registration->hash == hash && registration->port == port &&
		    !strcmp(registration->name, name))
			return KTGT_PR_GOOD;
		nr++;
	}
	if (nr >= KTGT_PR_MAX)
		return KTGT_PR_TOO_MANY;
	registration = ktgt_pr_make(name, port, gfp);
	if (!registration)
		return KTGT_PR_BUSY;
	list_add_tail(&registration->node, &req->made);
	return KTGT_PR_GOOD;
}

/* At all target ports that are meant. */
static enum ktgt_pr_result make(struct ktgt_pr_request *req, const char *name,
				gfp_t gfp)
{
	enum ktgt_pr_result result = KTGT_PR_GOOD;
	unsigned int i;

	for (i = 0; i < req->ports.nr && !result; i++)
		result = make_at(req, name, req->ports.tag[i], gfp);
	return result;
}

static bool is_port_of(const char *port_name, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(port_name, name, len) &&
	       !strncmp(port_name + len, KTGT_ISID_SEPARATOR,
			strlen(KTGT_ISID_SEPARATOR));
}

/* All ports of an initiator that are known, which has to be one at least. */
static enum ktgt_pr_result make_ports(struct ktgt_pr_request *req,
				      const char *name)
{
	struct ktgt_target *target = req->lu->target;
	enum ktgt_pr_result result = KTGT_PR_INVALID_LIST;
	const struct ktgt_nexus *nexus;

	spin_lock_bh(&target->nexus_lock);
	list_for_each_entry(nexus, &target->nexuses, node) {
		if (!is_port_of(nexus->port_name, name))
			continue;
		result = make(req, nexus->port_name, GFP_NOWAIT | __GFP_NOWARN);
		if (result)
			break;
	}
	spin_unlock_bh(&target->nexus_lock);
	return result;
}

static enum ktgt_pr_result make_named(struct ktgt_pr_request *req,
				      const u8 *list, u32 at, u32 end)
{
	struct ktgt_transport_id id;
	enum ktgt_pr_result result;
	int err;

	for (; at < end; at += id.len) {
		/* each may stand for many ports, at many target ports */
		cond_resched();
		req->field = at;
		err = ktgt_transport_id_get(list + at, end - at, &id);
		if (err == -EMSGSIZE)
			return KTGT_PR_INVALID_LENGTH;
		if (err)
			return KTGT_PR_INVALID_LIST;
		result = id.is_port ? make(req, id.name, GFP_REGISTRATION) :
				      make_ports(req, id.name);
		if (result)
			return result;
	}
	return KTGT_PR_GOOD;
}

/* The asker, and with SPEC_I_PT others (SPC-4, 6.16.3). */
static enum ktgt_pr_result read_register(struct ktgt_pr_request *req,
					 const u8 *list, u32 len)
{
	enum ktgt_pr_result result;
	u32 ids = 0;

	if (req->action == KTGT_PR_REGISTER && req->spec_i_pt) {
		if (len < IDS_AT)
			return KTGT_PR_INVALID_LENGTH;
		ids = get_unaligned_be32(list + LIST_LEN);
		if (ids > len - IDS_AT)
			return KTGT_PR_INVALID_LENGTH;
	} else if (len != LIST_LEN) {
		return KTGT_PR_INVALID_LENGTH;
	}
	result = make(req, req->itl->nexus->port_name, GFP_REGISTRATION);
	return result ?: make_named(req, list, IDS_AT, IDS_AT + ids);
}

/* Whether the target has such a port. */
static bool has_port(const struct ktgt_pr_request *req, u16 port)
{
	struct ktgt_ports known;

	ktgt_target_ports(req->lu->target, &known);
	return port == req->itl->nexus->port || ktgt_ports_has(&known, port);
}

/* One initiator port, and one target port (SPC-4, 6.16.4). */
static enum ktgt_pr_result read_move(struct ktgt_pr_request *req,
				     const u8 *list, u32 len)
{
	u16 port = get_unaligned_be16(list + MOVE_PORT_AT);
	u32 id_len = get_unaligned_be32(list + 20);
	struct ktgt_transport_id id;
	int err;

	if (id_len > len - MOVE_ID_AT)
		return KTGT_PR_INVALID_LENGTH;
	req->field = MOVE_PORT_AT;
	if (!has_port(req, port))
		return KTGT_PR_INVALID_LIST;
	ktgt_ports_add(&req->ports, port);
	req->field = MOVE_ID_AT;
	err = ktgt_transport_id_get(list + MOVE_ID_AT, id_len, &id);
	if (err == -EMSGSIZE)
		return KTGT_PR_INVALID_LENGTH;
	if (err || !id.is_port)
		return KTGT_PR_INVALID_LIST;
	return make(req, id.name, GFP_REGISTRATION);
}

static enum ktgt_pr_result read_list(struct ktgt_pr_request *req,
				     const u8 *list, u32 len)
{
	switch (req->action) {
	case KTGT_PR_REGISTER:
	case KTGT_PR_REGISTER_IGNORE:
		return read_register(req, list, len);
	case KTGT_PR_REGISTER_MOVE:
		return read_move(req, list, len);
	default:
		return KTGT_PR_GOOD;
	}
}

/* --- what is done --------------------------------------------------------- */

static void end(struct ktgt_cmd *cmd, enum ktgt_pr_result result, u16 field)
{
	static const u16 codes[] = {
		[KTGT_PR_INVALID_LENGTH]	= KTGT_ASC_PARAMETER_LIST_LENGTH,
		[KTGT_PR_INVALID_RELEASE]	= KTGT_ASC_INVALID_RELEASE,
		[KTGT_PR_TOO_MANY]		= KTGT_ASC_REGISTRATION_RESOURCES,
	};

	switch (result) {
	case KTGT_PR_GOOD:
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
		return;
	case KTGT_PR_CONFLICT:
		ktgt_cmd_complete(cmd, SAM_STAT_RESERVATION_CONFLICT);
		return;
	case KTGT_PR_BUSY:
		ktgt_net_count_failure(cmd->lu->target->kn);
		ktgt_cmd_complete(cmd, SAM_STAT_BUSY);
		return;
	case KTGT_PR_INVALID_CDB:
		ktgt_sense_cdb_field(&cmd->sense, 2, 7);
		break;
	case KTGT_PR_INVALID_LIST:
		ktgt_sense_list_field(&cmd->sense, field);
		break;
	default:
		ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST, codes[result]);
		break;
	}
	ktgt_cmd_fail(cmd);
}

static bool key_fits(struct ktgt_pr_request *req)
{
	struct ktgt_target *target = req->lu->target;
	bool fits;

	spin_lock_bh(&target->nexus_lock);
	fits = ktgt_pr_key_fits(req);
	spin_unlock_bh(&target->nexus_lock);
	return fits;
}

static enum ktgt_pr_result run(struct ktgt_pr_request *req,
			       struct ktgt_pr_abort *own)
{
	struct ktgt_target *target = req->lu->target;
	enum ktgt_pr_result result;

	spin_lock_bh(&target->nexus_lock);
	result = ktgt_pr_run(req);
	if (result == KTGT_PR_GOOD && own)
		ktgt_pr_abort_commands(own, req);
	spin_unlock_bh(&target->nexus_lock);
	return result;
}

/* Whether the reservations have to be in the state file before they change. */
static bool needs_save(const struct ktgt_cmd *cmd,
		       const struct ktgt_pr_request *req)
{
	const struct ktgt_pr *pr = &cmd->lu->pr;

	return pr->persists && (pr->aptpl || req->aptpl) &&
	       cmd->step_nr != KTGT_SAVE_STEP_SAVED;
}

static enum ktgt_pr_result make_image(const struct ktgt_cmd *cmd,
				      struct ktgt_pr_request *req,
				      struct ktgt_state_image **image)
{
	struct ktgt_state_image *base = ktgt_save_base(cmd->lu);
	enum ktgt_pr_result result;

	/* another logical unit has the state file already */
	if (IS_ERR(base))
		return KTGT_PR_BUSY;
	result = ktgt_pr_trial(req, base, image);
	ktgt_state_image_put(base);
	return result;
}

/*
 * Returns KTGT_PR_GOOD if a save has begun; then the command is not the caller's any
 * more.
 */
static enum ktgt_pr_result save(struct ktgt_cmd *cmd,
				struct ktgt_pr_request *req)
{
	struct ktgt_state_image *image;
	enum ktgt_pr_result result = make_image(cmd, req, &image);

	if (result)
		return result;
	if (image->len > ktgt_state_room(cmd->lu->state)) {
		ktgt_state_image_put(image);
		return KTGT_PR_TOO_MANY;
	}
	return ktgt_save_begin(cmd, image) ? KTGT_PR_GOOD : KTGT_PR_BUSY;
}

/*
 * Which target ports there are, and which initiator ports are known, may be otherwise
 * than when it was saved. Then something else would be in force than is in the file.
 */
static bool is_as_saved(struct ktgt_cmd *cmd, struct ktgt_pr_request *req)
{
	const struct ktgt_state_image *saved = ktgt_state_next(cmd->lu->state);
	struct ktgt_state_image *image;
	bool same;

	if (make_image(cmd, req, &image))
		return false;
	same = image->len == saved->len &&
	       !memcmp(image->data, saved->data, image->len);
	ktgt_state_image_put(image);
	return same;
}

/* What was saved is in force if the command has succeeded. Others may go on. */
static void settle(struct ktgt_cmd *cmd, enum ktgt_pr_result result)
{
	if (!test_bit(KTGT_CMDF_STATE_WRITER, &cmd->flags))
		return;
	if (result == KTGT_PR_GOOD && cmd->step_nr == KTGT_SAVE_STEP_SAVED)
		ktgt_save_commit(cmd);
	ktgt_save_leave(cmd);
}

static void preempt_and_abort(struct ktgt_cmd *cmd, struct ktgt_pr_request *req)
{
	struct ktgt_pr_abort *own = ktgt_pr_abort_begin(cmd);
	enum ktgt_pr_result result;

	if (!own) {
		end(cmd, KTGT_PR_BUSY, 0);
		return;
	}
	result = run(req, own);
	settle(cmd, result);
	if (result == KTGT_PR_GOOD) {
		ktgt_pr_abort_wait(own);
		return;
	}
	ktgt_pr_abort_forget(own);
	end(cmd, result, req->field);
}

static void change(struct ktgt_cmd *cmd, struct ktgt_pr_request *req)
{
	enum ktgt_pr_result result;

	if (req->action == KTGT_PR_PREEMPT_ABORT) {
		preempt_and_abort(cmd, req);
		return;
	}
	result = run(req, NULL);
	settle(cmd, result);
	end(cmd, result, req->field);
}

/* A conflict is told before anything that is wrong with the list. */
static void carry_out(struct ktgt_cmd *cmd, const u8 *list, u32 len)
{
	enum ktgt_pr_result result = KTGT_PR_CONFLICT;
	struct ktgt_pr_request req;
	bool saves = false;

	init_request(&req, cmd, list);
	if (key_fits(&req))
		result = read_list(&req, list, len);
	if (result == KTGT_PR_GOOD && needs_save(cmd, &req)) {
		result = save(cmd, &req);
		saves = true;
	} else if (result == KTGT_PR_GOOD &&
		   test_bit(KTGT_CMDF_STATE_WRITER, &cmd->flags) &&
		   cmd->step_nr == KTGT_SAVE_STEP_SAVED) {
		result = is_as_saved(cmd, &req) ? KTGT_PR_GOOD : KTGT_PR_BUSY;
	}
	if (result)
		end(cmd, result, req.field);
	else if (!saves)
		change(cmd, &req);
	ktgt_pr_free_list(&req.made);
	ktgt_pr_free_list(&req.removed);
}

/* At a logical unit with a state file it has to be the writer. */
static bool may_go_on(struct ktgt_cmd *cmd)
{
	if (!cmd->lu->save)
		return true;
	switch (cmd->step_nr) {
	case KTGT_SAVE_STEP_NEW:
		return ktgt_save_enter(cmd);
	case KTGT_SAVE_STEP_FAILED:
		ktgt_sense_set(&cmd->sense, HARDWARE_ERROR,
			       KTGT_ASC_INTERNAL_TARGET_FAILURE);
		ktgt_cmd_fail(cmd);
		return false;
	default:
		return true;
	}
}

/**
 * ktgt_pr_out - PERSISTENT RESERVE OUT (SPC-4, 6.16)
 * @cmd: the command
 *
 * If reservations outlive a loss of power, it is called again when it is the writer, and
 * when what it changes is stable. One that ends here is the writer until
 * ktgt_cmd_release() at the latest.
 *
 * Context: process, may sleep; takes &ktgt_target.nexus_lock. Completes @cmd;
 *	PREEMPT AND ABORT, and one that is saved, maybe later.
 */
void ktgt_pr_out(struct ktgt_cmd *cmd)
{
	u32 len = cmd->xfer_len;
	u8 *list;

	if (cmd->buf_len < len) {
		end(cmd, KTGT_PR_INVALID_LENGTH, 0);
		return;
	}
	if (!may_go_on(cmd))
		return;
	list = kmalloc(len, GFP_REGISTRATION);
	if (!list) {
		end(cmd, KTGT_PR_BUSY, 0);
		return;
	}
	ktgt_data_get(cmd, 0, list, len);
	carry_out(cmd, list, len);
	kfree(list);
}
