/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs about connections: how they begin and end, and whose they are. */
#include <openssl/ssl.h>

#include "tests/wire/cursor.h"
#include "tests/wire/desk.h"
#include "tests/wire/flow.h"
#include "tests/wire/link.h"

bool step_use(struct run *run, struct cursor *rest)
{
	const char *state;

	if (cursor_take(rest, "complaint")) {
		state = cursor_word(rest);
		return state != NULL && cursor_end(rest) && flow_use(run, state);
	}
	if (!cursor_take(rest, "desk")) {
		return run_fail(run, "only a desk or a complaint can be used");
	}
	return cursor_end(rest) && desk_use(run);
}

bool step_as(struct run *run, struct cursor *rest)
{
	const char *person = cursor_word(rest);

	return person != NULL && cursor_end(rest) && desk_person(run, person);
}

/* How a client that is not ours begins. */
struct manner {
	bool is_plain;
	bool is_tls_1_2;
	bool is_silent;   /* no hello */
	const char *alpn; /* NULL: ours; "": none */
};

static bool read_manner(struct run *run, struct cursor *rest, struct manner *out)
{
	while (!cursor_is_at_end(rest)) {
		if (cursor_take(rest, "plain")) {
			out->is_plain = true;
		} else if (cursor_take(rest, "tls")) {
			out->is_tls_1_2 = cursor_take(rest, "1.2");
			if (!out->is_tls_1_2) {
				return run_fail(run, "only tls 1.2 is not the usual one");
			}
		} else if (cursor_take(rest, "alpn")) {
			out->alpn = cursor_take(rest, "none") ? "" : cursor_word(rest);
			if (out->alpn == NULL) {
				return false;
			}
		} else if (cursor_take(rest, "no")) {
			out->is_silent = cursor_take(rest, "hello");
		} else {
			return run_fail(run, "'%.40s' is no manner to connect", rest->at);
		}
	}
	/* Who is to be turned away does not get as far as a hello. */
	out->is_silent = out->is_silent || out->is_plain || out->is_tls_1_2 || out->alpn != NULL;
	return true;
}

/* One protocol with its length before it (RFC 7301 §3.1), or none. */
static void set_alpn(SSL_CTX *context, const char *alpn)
{
	uint8_t wire[1 + RUN_NAME_MAX];
	size_t len = size_min(strlen(alpn), RUN_NAME_MAX);
	int status;

	wire[0] = (uint8_t)len;
	memcpy(wire + 1, alpn, len);
	status = SSL_CTX_set_alpn_protos(context, wire, len == 0 ? 0 : (unsigned)len + 1);
	assert(status == 0);
	(void)status;
}

/* A context that is spoilt as asked for; NULL after run_fail. */
static SSL_CTX *make_context(struct run *run, const struct manner *manner)
{
	struct tls_files files = {.ca_path = run->world->ca_path};
	const char *reason = NULL;
	SSL_CTX *context = tls_client_context(&files, &reason);

	if (context == NULL) {
		(void)run_fail(run, "%s", reason);
		return NULL;
	}
	if (manner->is_tls_1_2) {
		SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
		SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
	}
	if (manner->alpn != NULL) {
		set_alpn(context, manner->alpn);
	}
	return context;
}

bool step_connect(struct run *run, struct cursor *rest)
{
	const char *name = cursor_word(rest);
	struct manner manner = {0};
	SSL_CTX *context = NULL;
	struct link *link;

	if (name == NULL || !read_manner(run, rest, &manner)) {
		return false;
	}
	if (!manner.is_plain) {
		context = make_context(run, &manner);
		if (context == NULL) {
			return false;
		}
	}
	link = run_connect(run, name, context);
	tls_context_free(context); /* the link holds it as long as it needs it */
	if (link == NULL || manner.is_silent) {
		return link != NULL;
	}
	if (link->tls.state != TLS_OPEN) {
		return run_fail(run, "TLS: %s", link->tls.reason == NULL ? "closed" : link->tls.reason);
	}
	return run_statement(run, "hello") && run_statement(run, "hear {\"hello\": {\"version\": 1}}");
}

bool step_on(struct run *run, struct cursor *rest)
{
	const char *name = cursor_word(rest);
	struct link *link;

	if (name == NULL || !cursor_end(rest)) {
		return false;
	}
	link = run_link(run, name);
	if (link == NULL) {
		return run_fail(run, "there is no connection '%s'", name);
	}
	run->link = link;
	return true;
}

static bool has_link(struct run *run)
{
	return run->link != NULL || run_fail(run, "no connection yet: `as` somebody, or `connect`");
}

bool step_close(struct run *run, struct cursor *rest)
{
	if (!cursor_end(rest) || !has_link(run)) {
		return false;
	}
	link_close(run->link, true);
	return true;
}

bool step_drop(struct run *run, struct cursor *rest)
{
	if (!cursor_end(rest) || !has_link(run)) {
		return false;
	}
	link_close(run->link, false);
	return true;
}

static bool is_failure_of_connection(const Pb__Envelope *envelope, uint64_t number)
{
	(void)number;
	return envelope->kind_case == PB__ENVELOPE__KIND_FAILURE && envelope->failure->id == 0;
}

bool step_closed(struct run *run, struct cursor *rest)
{
	const char *expected = cursor_is_at_end(rest) ? NULL : cursor_word(rest);
	const Pb__Envelope *last;
	const char *code;

	if (!cursor_end(rest) || !has_link(run) || !link_await_end(run, run->link)) {
		return false;
	}
	last = link_heard(run->link, is_failure_of_connection, 0);
	code = last == NULL || last->failure->code == NULL ? "" : last->failure->code;
	if (expected == NULL) {
		return last == NULL || run_fail(run, "closed, with %s", code);
	}
	if (last == NULL) {
		return run_fail(run, "closed, without a failure");
	}
	return strcmp(code, expected) == 0 || run_fail(run, "closed, but with %s", code);
}

bool step_pieces(struct run *run, struct cursor *rest)
{
	int64_t piece_bytes;

	if (!cursor_number(rest, &piece_bytes) || !cursor_end(rest) || !has_link(run)) {
		return false;
	}
	run->link->piece_bytes = (size_t)piece_bytes;
	return true;
}

bool step_hold(struct run *run, struct cursor *rest)
{
	if (!cursor_end(rest) || !has_link(run)) {
		return false;
	}
	link_hold(run->link);
	return true;
}

bool step_release(struct run *run, struct cursor *rest)
{
	if (!cursor_end(rest) || !has_link(run)) {
		return false;
	}
	link_release(run->link);
	return true;
}
