// SPDX-License-Identifier: GPL-2.0
/* Changes of the configuration, made or only printed. */
#include "apply/change.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "apply/describe.h"
#include "lib/lu_request.h"
#include "lib/reason.h"

static void tell_error(struct executor *ex, int err)
{
	ex->failures++;
	fprintf(stderr, "%s: %s\n", ex->program, nl_reason(ex->nl, err));
}

static void tell_change(const struct executor *ex, uint8_t cmd, const void *req)
{
	/* only the kernel knows whether the secret changes */
	if ((ex->verbose || ex->pretend) && cmd != KTGT_CMD_ACCOUNT_SET)
		describe_change(cmd, req);
}

static int applied(struct executor *ex, int err)
{
	if (!err) {
		ex->staged++;
		return 0;
	}
	tell_error(ex, err);
	return ex->ignore_errors && !ex->open ? 0 : err;
}

int change_apply(struct executor *ex, uint8_t cmd, const struct object *obj,
		 const void *req)
{
	tell_change(ex, cmd, req);
	if (ex->pretend)
		return 0;
	return applied(ex, nl_request(ex->nl, cmd, obj, req, NULL));
}

int change_apply_lu(struct executor *ex, uint8_t cmd, const struct lu *req,
		    const char *path)
{
	tell_change(ex, cmd, req);
	if (ex->pretend)
		return 0;
	return applied(ex, lu_request(ex->nl, cmd, req, path));
}

int change_begin(struct executor *ex)
{
	int err;

	if (ex->pretend)
		return 0;
	err = nl_begin(ex->nl);
	if (err)
		tell_error(ex, err);
	ex->open = !err;
	ex->staged = 0;
	return err;
}

int change_commit(struct executor *ex, int err)
{
	if (!ex->open)
		return err;

	ex->open = false;
	if (err || !ex->staged) {
		nl_abort(ex->nl);
	} else {
		/* after an ignored error, the view's generation is too old */
		err = nl_commit(ex->nl, ex->ignore_errors ? 0 :
					   ex->view->generation);
		if (err && err != -ESTALE)
			tell_error(ex, err);
		/* what the storage still holds of what was deleted */
		if (!err && *nl_text(ex->nl))
			fprintf(stderr, "%s: warning: %s\n", ex->program,
				nl_reason(ex->nl, 0));
	}
	if (err && err != -ESTALE && !ex->ignore_errors)
		fprintf(stderr, "%s: nothing was changed\n", ex->program);
	return err;
}

int change_refuse(struct executor *ex, const char *format, ...)
{
	va_list args;

	ex->failures++;
	fprintf(stderr, "%s: ", ex->program);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n");
	/* the other changes can still be made */
	return 0;
}

int change_delete_target(struct executor *ex, const struct target *target)
{
	struct target req = { .id = target->id };

	if (target->sessions && !ex->force)
		return change_refuse(ex, "%s is in use and was not deleted; add %s",
				     target->name, ex->force_word);
	SET(&req, KTGT_A_TARGET_ID);
	if (target->sessions)
		SET(&req, KTGT_A_TARGET_FORCE);
	return change_apply(ex, KTGT_CMD_TARGET_DEL, &target_object, &req);
}

int change_target_state(struct executor *ex, struct target *target, uint32_t state)
{
	struct target req = { .id = target->id, .state = state };
	int err;

	SET(&req, KTGT_A_TARGET_ID);
	SET(&req, KTGT_A_TARGET_STATE);
	err = change_apply(ex, KTGT_CMD_TARGET_SET, &target_object, &req);
	if (!err)
		target->state = state;
	return err;
}
