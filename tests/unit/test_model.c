// SPDX-License-Identifier: GPL-2.0
/* The tables of the specification against the header that comes from it. */
#include "unit.h"

#include "lib/model.h"

/*
 * Every attribute but the padding, and one that another has replaced, has a field,
 * and in its place.
 */
static void test_complete(void **state)
{
	static const struct {
		const struct object *obj;
		unsigned int max;
		unsigned int pad;
	} rows[] = {
		{ &net_object, KTGT_A_NET_MAX, KTGT_A_NET_PAD },
		{ &target_object, KTGT_A_TARGET_MAX, KTGT_A_TARGET_PAD },
		{ &portal_object, KTGT_A_PORTAL_MAX, KTGT_A_PORTAL_PAD },
		{ &lu_object, KTGT_A_LU_MAX, KTGT_A_LU_PAD },
		{ &acl_object, KTGT_A_ACL_MAX, KTGT_A_ACL_PAD },
		{ &account_object, KTGT_A_ACCOUNT_MAX, KTGT_A_ACCOUNT_PAD },
		{ &session_object, KTGT_A_SESSION_MAX, KTGT_A_SESSION_PAD },
		{ &conn_object, KTGT_A_CONN_MAX, KTGT_A_CONN_PAD },
		{ &param_object, KTGT_A_PARAM_MAX, 0 },
		{ &change_object, KTGT_A_CHANGE_MAX, 0 },
		{ &event_object, KTGT_A_EVENT_MAX, KTGT_A_EVENT_PAD },
		{ &rule_object, KTGT_A_RULE_MAX, 0 },
		{ &proof_object, KTGT_A_PROOF_MAX, 0 },
		{ &explain_object, KTGT_A_EXPLAIN_MAX, KTGT_A_EXPLAIN_PAD },
		{ &port_group_object, KTGT_A_PORT_GROUP_MAX,
		  KTGT_A_PORT_GROUP_PAD },
	};
	unsigned int attr;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		for (attr = 1; attr <= rows[i].max; attr++)
			if (!object_field(rows[i].obj, attr) !=
			    (attr == rows[i].pad ||
			     (rows[i].obj == &lu_object &&
			      attr == KTGT_A_LU_NAA)))
				fail_msg("attribute %u of %s", attr,
					 rows[i].obj->name);
}

/* No two fields share memory, and the names of enums are all there. */
static void test_sound(void **state)
{
	static const struct object *const objs[] = {
		&net_object, &target_object, &portal_object, &lu_object,
		&acl_object, &account_object, &session_object, &conn_object,
		&param_object, &change_object, &event_object, &rule_object,
		&proof_object, &explain_object, &port_group_object,
	};
	const struct field *f, *g;
	size_t i, j, k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(objs); i++) {
		for (j = 0; j < objs[i]->n_fields; j++) {
			f = &objs[i]->fields[j];
			assert_true(f->attr < 64);
			assert_true(f->off >= sizeof(uint64_t));
			assert_true(f->off + f->size <= objs[i]->size);
			if (f->kind == FIELD_ENUM || f->kind == FIELD_FLAGS)
				assert_non_null(f->names);
			for (k = 0; k < j; k++) {
				g = &objs[i]->fields[k];
				assert_int_not_equal(f->attr, g->attr);
				assert_string_not_equal(f->name, g->name);
				assert_true(f->off >= g->off + g->size ||
					    g->off >= f->off + f->size);
			}
		}
	}
}

static void test_enum(void **state)
{
	const struct field *f = object_field_named(&lu_object, "backend");
	uint32_t value = 77;

	(void)state;
	assert_int_equal(field_enum(f, "none", &value), 0);
	assert_int_equal(value, KTGT_BACKEND_NONE);
	assert_int_equal(field_enum(f, "block", &value), 0);
	assert_int_equal(value, KTGT_BACKEND_BLOCK);
	assert_int_equal(field_enum(f, "null", &value), 0);
	assert_int_equal(value, KTGT_BACKEND_NULL);
	assert_int_not_equal(field_enum(f, "ram", &value), 0);
	f = object_field_named(&conn_object, "state");
	assert_int_equal(field_enum(f, "full-feature", &value), 0);
	assert_int_equal(value, KTGT_CONN_STATE_FULL_FEATURE);
	f = object_field_named(&target_object, "state");
	assert_int_equal(field_enum(f, "offline", &value), 0);
	assert_int_equal(value, KTGT_TARGET_STATE_OFFLINE);
	assert_null(object_field_named(&lu_object, "nothing"));
}

static void test_list(void **state)
{
	struct vec list = { 0 };
	struct session *session;
	struct conn *conn;
	unsigned int i;

	(void)state;
	assert_null(vec_at(&list, 0));
	for (i = 0; i < 1000; i++) {
		session = vec_add(&list, sizeof(*session));
		assert_non_null(session);
		assert_int_equal(session->has, 0);
		session->id = i;
		conn = vec_add(&session->conn, sizeof(*conn));
		conn->cid = i;
	}
	i = 0;
	vec_for_each(session, &list) {
		assert_int_equal(session->id, i);
		conn = vec_at(&session->conn, 0);
		assert_int_equal(conn->cid, i++);
	}
	assert_int_equal(i, 1000);
	/* with what is inside: the leak checker looks */
	objects_free(&list, &session_object);
	assert_int_equal(list.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_complete),
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_enum),
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
