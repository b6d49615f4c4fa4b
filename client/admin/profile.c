/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <ini.h>

#include "client/admin/fault.h"
#include "client/admin/i18n.h"
#include "client/admin/when.h"

#define ENDING "ini"

/* The port behind the host; nothing is the default. */
static bool parse_port(const char *text, uint16_t *out)
{
	char *end;
	unsigned long port;

	if (text[0] == '\0') {
		*out = PROFILE_PORT_DEFAULT;
		return true;
	}
	if (text[0] != ':' || text[1] < '0' || text[1] > '9') {
		return false;
	}
	port = strtoul(text + 1, &end, 10);
	if (*end != '\0' || port == 0 || port > UINT16_MAX) {
		return false;
	}
	*out = (uint16_t)port;
	return true;
}

bool profile_set_server(struct profile *profile, const char *server)
{
	const char *host = server[0] == '[' ? server + 1 : server;
	size_t len = strcspn(host, server[0] == '[' ? "]" : ":");
	const char *rest = host + len;
	uint16_t port;

	if (server[0] == '[') {
		if (*rest != ']') {
			return false;
		}
		rest++;
	}
	if (len == 0 || len >= sizeof(profile->host) || !parse_port(rest, &port)) {
		return false;
	}
	memcpy(profile->host, host, len);
	profile->host[len] = '\0';
	profile->port = port;
	return true;
}

int profile_set_ca(struct profile *profile, const char *path)
{
	char absolute[PATH_MAX];

	if (realpath(path, absolute) == NULL || access(absolute, R_OK) != 0) {
		return errno;
	}
	memcpy(profile->ca_path, absolute, sizeof(absolute));
	return 0;
}

struct str profile_server(const struct profile *profile, struct arena *arena)
{
	unsigned port = profile->port;

	if (strchr(profile->host, ':') != NULL) {
		return arena_printf(arena, "[%s]:%u", profile->host, port);
	}
	return arena_printf(arena, "%s:%u", profile->host, port);
}

/* inih cuts lines at ini_max_line, values at " ;", and joins lines that begin with a blank. */
static bool fits_line(const char *name, const char *value)
{
	if (strlen(name) + strlen(" = ") + strlen(value) + 3 > (size_t)ini_max_line) {
		return false;
	}
	for (const char *c = value; *c != '\0'; c++) {
		if ((unsigned char)*c < 0x20 || *c == ';') {
			return false;
		}
	}
	return true;
}

enum err profile_write(
	const struct profile *profile, struct arena *arena, struct str *out, struct fault *fault)
{
	char device[UUID_TEXT_LEN + 1];
	const char *const pairs[][2] = {
		{"server", arena_c_string(arena, profile_server(profile, arena))},
		{"ca", profile->ca_path},
		{"login", profile->login},
		{"zone", profile->zone},
		{"community", profile->community},
		{"device_id", device},
	};
	struct str text = arena_printf(arena, "; guanjia profile add --help\n");

	uuid_format(profile->device_id, device);
	for (size_t i = 0; i < COUNT(pairs) && !arena->failed; i++) {
		if (!fits_line(pairs[i][0], pairs[i][1])) {
			return fault_set(fault, ERR_CONFIG,
				_("%s: longer than a line of a profile, or with a character that it cannot hold"),
				pairs[i][0]);
		}
		text = arena_printf(arena, "%.*s%s = %s\n", STR_ARG(text), pairs[i][0], pairs[i][1]);
	}
	assert(!arena->failed);
	*out = text;
	return ERR_OK;
}

static bool keep(char *out, size_t max, const char *value)
{
	return (size_t)snprintf(out, max, "%s", value) < max;
}

/* For inih: 0 is a refusal, of this line. */
static int on_ini_pair(void *user, const char *section, const char *name, const char *value)
{
	struct profile *profile = user;

	if (section[0] != '\0') {
		return 0;
	}
	if (strcmp(name, "server") == 0) {
		return profile_set_server(profile, value);
	}
	if (strcmp(name, "ca") == 0) {
		return keep(profile->ca_path, sizeof(profile->ca_path), value);
	}
	if (strcmp(name, "login") == 0) {
		return keep(profile->login, sizeof(profile->login), value);
	}
	if (strcmp(name, "zone") == 0) {
		return when_zone_is_known(value) && keep(profile->zone, sizeof(profile->zone), value);
	}
	if (strcmp(name, "community") == 0) {
		return keep(profile->community, sizeof(profile->community), value);
	}
	return strcmp(name, "device_id") == 0 && uuid_parse(str_from_c(value), &profile->device_id);
}

enum err profile_parse(const char *name, const char *text, struct profile *out, struct fault *fault)
{
	struct profile profile = {.zone = WHEN_ZONE_DEFAULT};
	int line = ini_parse_string(text, on_ini_pair, &profile);

	assert(home_name_is_valid(name));
	if (line != 0) {
		return fault_set(fault, ERR_CONFIG, _("line %d of profile '%s'"), line, name);
	}
	if (profile.host[0] == '\0' || profile.ca_path[0] == '\0' || profile.login[0] == '\0' ||
		uuid_is_nil(profile.device_id)) {
		return fault_set(fault, ERR_CONFIG,
			_("profile '%s' lacks one of server, ca, login and device_id"), name);
	}
	(void)keep(profile.name, sizeof(profile.name), name);
	*out = profile;
	return ERR_OK;
}

enum err profile_load(const char *name, struct profile *out, struct fault *fault)
{
	struct arena arena;
	struct str text;
	enum err err;

	arena_init(&arena, 4 * HOME_FILE_BYTES_MAX);
	err = home_read(name, ENDING, &arena, &text, fault);
	if (err == ERR_OK) {
		err = profile_parse(name, arena_c_string(&arena, text), out, fault);
	} else if (err == ERR_NOT_FOUND) {
		(void)fault_set(fault, ERR_CONFIG, _("there is no profile '%s'"), name);
		(void)fault_hint(fault,
			_("make one: guanjia profile add %s --server HOST:PORT --ca FILE --login LOGIN"), name);
	}
	arena_fini(&arena);
	return err;
}

enum err profile_save(const struct profile *profile, struct fault *fault)
{
	struct arena arena;
	struct str text;
	enum err err;

	arena_init(&arena, HOME_FILE_BYTES_MAX);
	err = profile_write(profile, &arena, &text, fault);
	if (err == ERR_OK) {
		err = home_replace(profile->name, ENDING, text, fault);
	}
	arena_fini(&arena);
	return err;
}
