/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guanjia-spool DIR: takes one message to an owner from standard input, and leaves it as DIR/<id>.json
 * for whoever carries it on. Complete on disk or not there at all; the same message again replaces the
 * file. What it was given is never repeated: not on a terminal, not in a log.
 *
 *   exit   0 it is there   64 usage   65 this is no message   74 it could not be read or written
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include <jansson.h>

#include "common/uuid.h"
#include "server/data_file.h"
#include "server/outgoing.h"

static int complain(int code, const char *what)
{
	(void)fprintf(stderr, "guanjia-spool: %s\n", what);
	return code;
}

/* All of standard input; false where it cannot be read, or is longer than any message. */
static bool read_all(char *out, size_t max, size_t *out_len)
{
	size_t len = 0;
	ssize_t got = 1;

	/* Ends: each turn fills the room, meets the end, or was interrupted by a signal. */
	while (got != 0 && len < max) {
		got = read(STDIN_FILENO, out + len, max - len);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return false;
		}
		len += (size_t)got;
	}
	*out_len = len;
	return true;
}

/* The id becomes a file's name, so it is made anew from what it means. */
static bool find_id(struct str json, char out[UUID_TEXT_LEN + 1])
{
	json_t *object = json_loadb(json.ptr, json.len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *id = json_object_get(object, "id");
	struct uuid uuid;
	bool is_message;

	is_message = json_string_length(json_object_get(object, "to")) > 0 &&
	             json_string_length(json_object_get(object, "text")) > 0 &&
	             uuid_parse(str_of(json_string_value(id), json_string_length(id)), &uuid);
	json_decref(object);
	if (is_message) {
		uuid_format(uuid, out);
	}
	return is_message;
}

static int keep(const char *dir, struct str json)
{
	char absolute[PATH_MAX];
	char path[PATH_MAX + UUID_TEXT_LEN + 8];
	char id[UUID_TEXT_LEN + 1];

	if (!find_id(json, id)) {
		return complain(EX_DATAERR, "standard input is no message");
	}
	if (!data_file_mkdir(dir) || realpath(dir, absolute) == NULL) {
		return complain(EX_IOERR, strerror(errno));
	}
	(void)snprintf(path, sizeof(path), "%s/%s.json", absolute, id);
	if (!data_file_write(path, 0600, span_from_str(json))) {
		return complain(EX_IOERR, strerror(errno));
	}
	return EX_OK;
}

int main(int argc, char **argv)
{
	static char json[OUTGOING_JSON_BYTES_MAX + 1]; /* one more: to see that it is too long */
	size_t len = 0;

	if (argc != 2 || argv[1][0] == '\0' || argv[1][0] == '-') {
		return complain(EX_USAGE, "usage: guanjia-spool DIR <MESSAGE");
	}
	if (!read_all(json, sizeof(json), &len)) {
		return complain(EX_IOERR, strerror(errno));
	}
	if (len > OUTGOING_JSON_BYTES_MAX) {
		return complain(EX_DATAERR, "standard input is too long for a message");
	}
	return keep(argv[1], str_of(json, len));
}
