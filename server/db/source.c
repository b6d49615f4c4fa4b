/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/source.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_MAX 96 /* libpq 15 has 41 */
#define CONNECT_MS 3000
#define CONNECT_MS_MIN 2000 /* as libpq has it */
#define CONNECT_MS_MAX 60000

/*
 * Where the string says nothing. A host that has gone without a word is noticed in a quarter of a
 * minute, whether something is on its way to it (tcp_user_timeout) or we only wait (keepalives).
 */
static const struct {
	const char *keyword;
	const char *value;
} defaults[] = {
	{"keepalives", "1"}, {"keepalives_idle", "5"}, {"keepalives_interval", "5"},
	{"keepalives_count", "2"}, {"tcp_user_timeout", "15000"},
	{"connect_timeout", "5"}, /* for source_open: libpq keeps it only there */
};

enum { LIST_HOST, LIST_ADDRESS, LIST_PORT };

static PQconninfoOption *find(PQconninfoOption *options, const char *keyword)
{
	for (PQconninfoOption *option = options; option->keyword != NULL; option++) {
		if (strcmp(option->keyword, keyword) == 0) {
			return option;
		}
	}
	return NULL;
}

static const char *value_of(PQconninfoOption *options, const char *keyword)
{
	const PQconninfoOption *option = find(options, keyword);

	return option == NULL || option->val == NULL || option->val[0] == '\0' ? NULL : option->val;
}

/* Pieces of a list, in place; an empty one is NULL. How many there are, or too many. */
static size_t cut(char *list, const char *out[SOURCE_HOSTS_MAX])
{
	size_t count = 0;

	for (char *piece = list; piece != NULL && count <= SOURCE_HOSTS_MAX; count++) {
		char *comma = strchr(piece, ',');

		if (comma != NULL) {
			*comma = '\0';
		}
		if (count < SOURCE_HOSTS_MAX) {
			out[count] = *piece == '\0' ? NULL : piece;
		}
		piece = comma == NULL ? NULL : comma + 1;
	}
	return count;
}

/* The three lists side by side, as libpq pairs them: addresses count before names, one port is for all. */
static bool take_hosts(struct source *source)
{
	static const char *const keywords[] = {"host", "hostaddr", "port"};
	const char *pieces[COUNT(keywords)][SOURCE_HOSTS_MAX] = {{NULL}};
	size_t counts[COUNT(keywords)];

	static_assert(COUNT(keywords) == COUNT(source->lists), "a list a keyword");
	for (size_t i = 0; i < COUNT(keywords); i++) {
		const char *list = value_of(source->options, keywords[i]);

		source->lists[i] = list == NULL ? NULL : strdup(list);
		assert((list == NULL) == (source->lists[i] == NULL));
		counts[i] = cut(source->lists[i], pieces[i]);
	}
	source->host_count = counts[LIST_ADDRESS] > 0 ? counts[LIST_ADDRESS] : counts[LIST_HOST];
	source->host_count = source->host_count == 0 ? 1 : source->host_count;
	if (source->host_count > SOURCE_HOSTS_MAX ||
		(counts[LIST_HOST] > 0 && counts[LIST_HOST] != source->host_count) ||
		(counts[LIST_PORT] > 1 && counts[LIST_PORT] != source->host_count)) {
		return false;
	}
	for (size_t i = 0; i < source->host_count; i++) {
		source->hosts[i] = (struct source_host){
			.name = pieces[LIST_HOST][i],
			.address = pieces[LIST_ADDRESS][i],
			.port = pieces[LIST_PORT][counts[LIST_PORT] == 1 ? 0 : i],
		};
	}
	return true;
}

static int64_t connect_ms_of(PQconninfoOption *options)
{
	const char *text = value_of(options, "connect_timeout");
	long seconds = text == NULL ? 0 : strtol(text, NULL, 10);
	int64_t ms = seconds <= 0 ? CONNECT_MS : (int64_t)seconds * 1000;

	ms = ms < CONNECT_MS_MIN ? CONNECT_MS_MIN : ms;
	return ms > CONNECT_MS_MAX ? CONNECT_MS_MAX : ms;
}

bool source_init(struct source *source, const char *conninfo, struct source_fault *out_fault)
{
	char *error = NULL;

	*source = (struct source){.options = PQconninfoParse(conninfo, &error)};
	if (source->options == NULL) {
		(void)snprintf(out_fault->text, sizeof(out_fault->text), "database: %.200s",
			error == NULL ? "out of memory" : error);
		PQfreemem(error);
		return false;
	}
	if (!take_hosts(source)) {
		(void)snprintf(out_fault->text, sizeof(out_fault->text),
			"database: hosts and ports do not match, or are more than %d", SOURCE_HOSTS_MAX);
		source_fini(source);
		return false;
	}
	source->connect_ms = connect_ms_of(source->options);
	return true;
}

void source_fini(struct source *source)
{
	PQconninfoFree(source->options);
	source->options = NULL;
	for (size_t i = 0; i < COUNT(source->lists); i++) {
		free(source->lists[i]);
		source->lists[i] = NULL;
	}
}

static bool is_numeric(const char *name)
{
	uint8_t room[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, name, room) == 1 || inet_pton(AF_INET6, name, room) == 1;
}

const char *source_name_of(const struct source *source, size_t host)
{
	const struct source_host *one = &source->hosts[host];

	assert(host < source->host_count);
	/* '/' a directory, '@' the abstract name of a socket */
	if (one->address != NULL || one->name == NULL || strchr("/@", one->name[0]) != NULL ||
		is_numeric(one->name)) {
		return NULL;
	}
	return one->name;
}

/* Keywords and values, as PQconnectStartParams takes them. */
struct parts {
	const char *keywords[OPTIONS_MAX];
	const char *values[OPTIONS_MAX];
	size_t count;
};

static void put(struct parts *parts, const char *keyword, const char *value)
{
	assert(parts->count + 1 < OPTIONS_MAX);
	if (value != NULL) {
		parts->keywords[parts->count] = keyword;
		parts->values[parts->count++] = value;
	}
}

/* All but the hosts, and what we add; ended by the caller's last word. */
static void put_common(struct parts *parts, PQconninfoOption *options)
{
	for (size_t i = 0; i < COUNT(defaults); i++) {
		put(parts, defaults[i].keyword, defaults[i].value);
	}
	for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
		if (strcmp(option->keyword, "host") != 0 && strcmp(option->keyword, "hostaddr") != 0 &&
			strcmp(option->keyword, "port") != 0) {
			put(parts, option->keyword, option->val); /* the later of two counts */
		}
	}
}

PGconn *source_connect(const struct source *source, size_t host, const char *address)
{
	const struct source_host *one = &source->hosts[host];
	struct parts parts = {.count = 0};

	assert(host < source->host_count);
	put_common(&parts, source->options);
	put(&parts, "host", one->name);
	put(&parts, "hostaddr", address != NULL ? address : one->address);
	put(&parts, "port", one->port);
	return PQconnectStartParams(parts.keywords, parts.values, 0);
}

bool source_admit(struct source *source, uint64_t system, uint32_t timeline)
{
	if (system == source->system ? timeline < source->timeline : source->ready_count > 0) {
		return false;
	}
	source->system = system;
	source->timeline = timeline;
	source->ready_count++;
	return true;
}

void source_release(struct source *source)
{
	assert(source->ready_count > 0);
	source->ready_count--;
}

PGconn *source_open(const char *conninfo)
{
	char *error = NULL;
	PQconninfoOption *options = PQconninfoParse(conninfo, &error);
	struct parts parts = {.count = 0};
	PGconn *pg;

	if (options == NULL) {
		PQfreemem(error);
		return PQconnectdb(conninfo); /* which says what is wrong with it */
	}
	put_common(&parts, options);
	put(&parts, "host", value_of(options, "host"));
	put(&parts, "hostaddr", value_of(options, "hostaddr"));
	put(&parts, "port", value_of(options, "port"));
	pg = PQconnectdbParams(parts.keywords, parts.values, 0);
	PQconninfoFree(options);
	return pg;
}
