/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of config.def as a table with the place of each member, so that one function sets any of
 * them. Read by hand and not by libinih: that cuts lines at 200 bytes, and takes what stands behind
 * a semicolon for a comment; a connection string may hold both.
 */
#include "server/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"
#include "common/utf8.h"
#include "server/net/address.h"

#define FILE_NAME "guanjia.conf"
#define FILE_BYTES_MAX ((size_t)64 * 1024)
#define WHERE_BYTES 64

enum type { TYPE_TEXT, TYPE_WHOLE };
enum when { WHEN_START, WHEN_RELOAD };

struct row {
	const char *name;
	enum type type;
	enum when when;
	const char *unit;
	const char *text_default; /* of TYPE_TEXT */
	int64_t whole_default;    /* of TYPE_WHOLE */
	int64_t min;
	int64_t max;
	const char *text;
	size_t offset; /* of the member in struct config */
};

/* clang-format off */
#define DEFAULT_TEXT text_default
#define DEFAULT_WHOLE whole_default
#define ROW_OF(r_name, r_type, r_unit, r_default, r_value, r_min, r_max, r_when, r_text)           \
	{.name = #r_name, .type = TYPE_##r_type, .when = WHEN_##r_when, .unit = #r_unit,               \
		.r_default = (r_value), .min = (r_min), .max = (r_max), .text = (r_text),                  \
		.offset = offsetof(struct config, r_name)},
#define C(name, type, unit, value, min, max, when, text)                                           \
	ROW_OF(name, type, unit, DEFAULT_##type, value, min, max, when, text)
static const struct row rows[] = {
#include "server/config.def"
};
#undef C
#undef ROW_OF
#undef DEFAULT_TEXT
#undef DEFAULT_WHOLE
/* clang-format on */

static const char *const when_names[] = {[WHEN_START] = "start", [WHEN_RELOAD] = "reload"};

/* What a load carries from function to function. */
struct load {
	struct config *config;
	struct arena *arena;
	struct config_fault fault;
	char where[WHERE_BYTES]; /* "guanjia.conf line 3", "command line" */
	bool seen[COUNT(rows)];  /* named in the file before */
};

static const char **text_member(struct config *config, const struct row *row)
{
	assert(row->type == TYPE_TEXT);
	return (const char **)(void *)((char *)config + row->offset);
}

static int64_t *whole_member(struct config *config, const struct row *row)
{
	assert(row->type == TYPE_WHOLE);
	return (int64_t *)(void *)((char *)config + row->offset);
}

/* Reads a member of a config that stays as it is. */
static const char *text_of(const struct config *config, const struct row *row)
{
	assert(row->type == TYPE_TEXT);
	return *(const char *const *)(const void *)((const char *)config + row->offset);
}

static int64_t whole_of(const struct config *config, const struct row *row)
{
	assert(row->type == TYPE_WHOLE);
	return *(const int64_t *)(const void *)((const char *)config + row->offset);
}

void config_init(struct config *config, const char *dir)
{
	assert(dir != NULL);
	*config = (struct config){.dir = dir};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];

		if (row->type == TYPE_TEXT) {
			*text_member(config, row) = row->text_default;
		} else {
			assert(row->whole_default >= row->min);
			assert(row->whole_default <= row->max);
			*whole_member(config, row) = row->whole_default;
		}
	}
}

/* Always false, for `return fail(...)`. */
printf_like(2, 3) static bool fail(struct load *load, const char *format, ...)
{
	va_list arguments;
	int len = snprintf(load->fault.text, sizeof(load->fault.text), "%s", load->where);

	assert(len >= 0);
	assert((size_t)len < sizeof(load->fault.text));
	va_start(arguments, format);
	(void)vsnprintf(
		load->fault.text + len, sizeof(load->fault.text) - (size_t)len, format, arguments);
	va_end(arguments);
	return false;
}

static struct str trim(struct str text)
{
	while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t')) {
		text = str_of(text.ptr + 1, text.len - 1);
	}
	while (text.len > 0 && strchr(" \t\r", text.ptr[text.len - 1]) != NULL) {
		text.len--;
	}
	return text;
}

static const struct row *find_row(struct str name)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (str_equal(name, str_from_c(rows[i].name))) {
			return &rows[i];
		}
	}
	return NULL;
}

/* Decimal digits with an optional minus, nothing else; false also where it is beyond 18 digits. */
static bool parse_whole(struct str text, int64_t *out)
{
	bool negative = text.len > 0 && text.ptr[0] == '-';
	int64_t value = 0;

	text = negative ? str_of(text.ptr + 1, text.len - 1) : text;
	if (text.len == 0 || text.len > 18) {
		return false;
	}
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9') {
			return false;
		}
		value = value * 10 + (text.ptr[i] - '0');
	}
	*out = negative ? -value : value;
	return true;
}

/* A value of TEXT is never repeated in a message: it may be a connection string with a password. */
static bool set_text(struct load *load, const struct row *row, struct str value)
{
	size_t points;
	char *copy;

	if ((int64_t)value.len < row->min || (int64_t)value.len > row->max) {
		return fail(load, ": %s has %zu bytes, allowed %lld..%lld", row->name, value.len,
			(long long)row->min, (long long)row->max);
	}
	if (utf8_check(span_from_str(value), &points) != UTF8_OK) {
		return fail(load, ": %s is not UTF-8", row->name);
	}
	copy = arena_c_string(load->arena, value);
	if (copy == NULL) {
		return fail(load, ": out of memory");
	}
	*text_member(load->config, row) = copy;
	return true;
}

static bool set_whole(struct load *load, const struct row *row, struct str value)
{
	int64_t number;

	if (!parse_whole(value, &number)) {
		return fail(load, ": %s is no whole number", row->name);
	}
	if (number < row->min || number > row->max) {
		return fail(load, ": %s is %lld, allowed %lld..%lld %s", row->name, (long long)number,
			(long long)row->min, (long long)row->max, row->unit);
	}
	*whole_member(load->config, row) = number;
	return true;
}

/* `name = value`, with or without blanks; *out_row is set where the name is known. */
static bool set_pair(struct load *load, struct str pair, const struct row **out_row)
{
	const char *equals = pair.len == 0 ? NULL : memchr(pair.ptr, '=', pair.len);
	const struct row *row;
	struct str name;
	struct str value;
	char quoted[512];

	if (equals == NULL) {
		return fail(load, ": not of the form name = value");
	}
	name = trim(str_of(pair.ptr, (size_t)(equals - pair.ptr)));
	value = trim(str_of(equals + 1, pair.len - (size_t)(equals - pair.ptr) - 1));
	row = find_row(name);
	if (row == NULL) {
		return fail(load, ": there is no setting %.80s", log_quote(quoted, name));
	}
	*out_row = row;
	return row->type == TYPE_TEXT ? set_text(load, row, value) : set_whole(load, row, value);
}

static bool set_line(struct load *load, struct str line, size_t number)
{
	const struct row *row = NULL;

	(void)snprintf(load->where, sizeof(load->where), FILE_NAME " line %zu", number);
	line = trim(line);
	if (line.len == 0 || line.ptr[0] == '#') {
		return true;
	}
	if (!set_pair(load, line, &row)) {
		return false;
	}
	assert(row != NULL);
	if (load->seen[row - rows]) {
		return fail(load, ": %s is set a second time", row->name);
	}
	load->seen[row - rows] = true;
	return true;
}

/* Ends: each turn takes a line off text that read_file has bounded. */
static bool set_lines(struct load *load, struct str text)
{
	for (size_t number = 1; text.len > 0; number++) {
		const char *feed = memchr(text.ptr, '\n', text.len);
		size_t len = feed == NULL ? text.len : (size_t)(feed - text.ptr);
		size_t taken = feed == NULL ? len : len + 1;

		if (!set_line(load, str_of(text.ptr, len), number)) {
			return false;
		}
		text = str_of(text.ptr + taken, text.len - taken);
	}
	return true;
}

/* Reads until the end of the file or of the room; SIZE_MAX where reading fails. */
static size_t read_all(int fd, char *out, size_t out_max)
{
	size_t len = 0;

	while (len < out_max) {
		ssize_t got = read(fd, out + len, out_max - len);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return SIZE_MAX;
		}
		if (got == 0) {
			break;
		}
		len += (size_t)got;
	}
	return len;
}

/* The whole file, in the arena; an absent one is empty. */
static bool read_file(struct load *load, struct str *out_text)
{
	struct str path = arena_printf(load->arena, "%s/" FILE_NAME, load->config->dir);
	char *c_path = arena_c_string(load->arena, path);
	char *text = arena_alloc(load->arena, FILE_BYTES_MAX + 1);
	size_t len;
	int fd;

	(void)snprintf(load->where, sizeof(load->where), FILE_NAME);
	if (c_path == NULL || text == NULL) {
		return fail(load, ": out of memory");
	}
	fd = open(c_path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 && errno == ENOENT) {
		*out_text = str_of(text, 0);
		return true;
	}
	if (fd < 0) {
		return fail(load, ": cannot be opened: %s", strerror(errno));
	}
	len = read_all(fd, text, FILE_BYTES_MAX + 1);
	(void)close(fd);
	if (len == SIZE_MAX) {
		return fail(load, ": cannot be read: %s", strerror(errno));
	}
	if (len > FILE_BYTES_MAX) {
		return fail(load, ": larger than %zu bytes", FILE_BYTES_MAX);
	}
	*out_text = str_of(text, len);
	return true;
}

/* What no single row can say. */
static bool check_together(struct load *load)
{
	const struct config *config = load->config;
	enum log_level level;

	(void)snprintf(load->where, sizeof(load->where), "settings");
	if (!log_level_parse(str_from_c(config->log_level), &level)) {
		return fail(load, ": log_level is none of debug, info, warn, error");
	}
	if ((config->tls_certificate[0] == '\0') != (config->tls_key[0] == '\0')) {
		return fail(load, ": tls_certificate and tls_key are set together or not at all");
	}
	if (config->database[0] == '\0' && config->database_owner[0] != '\0') {
		return fail(load, ": database_owner without database");
	}
	if (config->outgoing[0] != '/' && strcmp(config->outgoing, "spool") != 0 &&
		strcmp(config->outgoing, "none") != 0) {
		return fail(load, ": outgoing is neither spool nor none nor a path from /");
	}
	if (!address_list_is_good(config->proxy_from)) {
		return fail(load, ": proxy_from is no list of addresses");
	}
	return true;
}

static bool load_all(struct load *load, const char *const *sets, size_t set_count)
{
	const struct row *row = NULL;
	struct str text = {NULL, 0};

	if (!read_file(load, &text) || !set_lines(load, text)) {
		return false;
	}
	for (size_t i = 0; i < set_count; i++) {
		(void)snprintf(load->where, sizeof(load->where), "command line");
		if (!set_pair(load, str_from_c(sets[i]), &row)) {
			return false;
		}
	}
	return check_together(load);
}

enum err config_load(struct config *config, struct arena *arena, const char *const *sets,
	size_t set_count, struct config_fault *out_fault)
{
	struct load load = {.config = config, .arena = arena};

	assert(config->dir != NULL);
	assert(sets != NULL || set_count == 0);
	if (!load_all(&load, sets, set_count)) {
		assert(load.fault.text[0] != '\0');
		*out_fault = load.fault;
		return ERR_CONFIG;
	}
	return ERR_OK;
}

static bool row_differs(const struct config *a, const struct config *b, const struct row *row)
{
	if (row->type == TYPE_TEXT) {
		return strcmp(text_of(a, row), text_of(b, row)) != 0;
	}
	return whole_of(a, row) != whole_of(b, row);
}

size_t config_reload(struct config *config, const struct config *next)
{
	size_t stay_count = 0;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];

		if (row->when == WHEN_START) {
			stay_count += row_differs(config, next, row) ? 1 : 0;
		} else if (row->type == TYPE_TEXT) {
			*text_member(config, row) = text_of(next, row);
		} else {
			*whole_member(config, row) = whole_of(next, row);
		}
	}
	return stay_count;
}

void config_print(FILE *out)
{
	(void)fprintf(out, "%-21s %-6s %-21s %-27s %-7s %s\n", "name", "unit", "allowed", "default",
		"applies", "what");
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];
		char range[48];
		char value[24];

		(void)snprintf(range, sizeof(range), "%lld..%lld%s", (long long)row->min,
			(long long)row->max, row->type == TYPE_TEXT ? " bytes" : "");
		(void)snprintf(value, sizeof(value), "%lld", (long long)row->whole_default);
		(void)fprintf(out, "%-21s %-6s %-21s %-27s %-7s %s\n", row->name, row->unit, range,
			row->type == TYPE_TEXT ? row->text_default : value, when_names[row->when], row->text);
	}
}
