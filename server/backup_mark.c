/* SPDX-License-Identifier: Apache-2.0 */
#include "server/backup_mark.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "server/data_file.h"

#define HEADER "guanjia backup 1\n"
#define END "end = "
#define FILE_BYTES_MAX 4096
#define READ_BYTES 65536
#define SHA256_BYTES 32

struct row {
	const char *name;
	size_t offset;    /* in struct backup_mark */
	size_t bytes_max; /* of a text, with its NUL; 0: a whole number */
	bool may_lack;    /* a row that came later */
};

/* clang-format off */
#define TEXT(member)  {#member, offsetof(struct backup_mark, member), sizeof(((struct backup_mark *)0)->member), false}
#define WHOLE(member) {#member, offsetof(struct backup_mark, member), 0, false}
#define LATER(member) {#member, offsetof(struct backup_mark, member), 0, true}
static const struct row rows[] = {
	TEXT(version), WHOLE(schema), WHOLE(postgres), WHOLE(system), WHOLE(timeline), WHOLE(began_us),
	WHOLE(taken_us), WHOLE(last_event_us), WHOLE(bytes), TEXT(keys), TEXT(manifest), TEXT(settings),
	TEXT(words), LATER(era),
};
#undef TEXT
#undef WHOLE
#undef LATER
/* clang-format on */

enum err backup_fail(struct backup_fault *fault, enum err err, const char *format, ...)
{
	va_list arguments;

	assert(err != ERR_OK);
	va_start(arguments, format);
	(void)vsnprintf(fault->text, sizeof(fault->text), format, arguments);
	va_end(arguments);
	return err;
}

static void to_hex(const uint8_t digest[SHA256_BYTES], char out[BACKUP_SHA256_HEX])
{
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		(void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
	}
}

void backup_sha256(struct span bytes, char out[BACKUP_SHA256_HEX])
{
	uint8_t digest[SHA256_BYTES];
	unsigned len = 0;

	if (EVP_Digest(bytes.ptr, bytes.len, digest, &len, EVP_sha256(), NULL) != 1) {
		abort(); /* without memory */
	}
	assert(len == SHA256_BYTES);
	to_hex(digest, out);
}

/* A manifest of a large database has some hundred megabytes: in pieces. */
bool backup_sha256_file(const char *path, char out[BACKUP_SHA256_HEX])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t bytes[READ_BYTES];
	uint8_t digest[SHA256_BYTES];
	ssize_t got = -1;
	int cause = errno;

	if (context == NULL || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1) {
		abort(); /* without memory */
	}
	while (fd >= 0 && (got = read(fd, bytes, sizeof(bytes))) > 0) {
		(void)EVP_DigestUpdate(context, bytes, (size_t)got);
	}
	cause = fd >= 0 ? errno : cause;
	(void)EVP_DigestFinal_ex(context, digest, NULL);
	EVP_MD_CTX_free(context);
	if (fd >= 0) {
		(void)close(fd);
	}
	errno = cause;
	if (got == 0) {
		to_hex(digest, out);
	}
	return got == 0;
}

bool backup_mark_write(const struct backup_mark *mark, const char *dir)
{
	char text[FILE_BYTES_MAX] = HEADER;
	char path[PATH_MAX];
	char digest[BACKUP_SHA256_HEX];
	size_t len = sizeof(HEADER) - 1;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *member = (const char *)mark + rows[i].offset;
		uint64_t whole;

		if (rows[i].bytes_max > 0) {
			len +=
				(size_t)snprintf(text + len, sizeof(text) - len, "%s = %s\n", rows[i].name, member);
			continue;
		}
		memcpy(&whole, member, sizeof(whole));
		len += (size_t)snprintf(
			text + len, sizeof(text) - len, "%s = %" PRIu64 "\n", rows[i].name, whole);
	}
	assert(len < sizeof(text) - BACKUP_SHA256_HEX - sizeof(END));
	backup_sha256(span_of(text, len), digest);
	len += (size_t)snprintf(text + len, sizeof(text) - len, END "%s\n", digest);
	(void)snprintf(path, sizeof(path), "%s/" BACKUP_MARK_NAME, dir);
	return data_file_write(path, 0600, span_of(text, len));
}

/* The value behind "\nname = ", up to the end of its line; false where there is none. */
static bool find_row(const char *text, const char *name, struct str *out)
{
	char begin[64];
	const char *at;

	(void)snprintf(begin, sizeof(begin), "\n%s = ", name);
	at = strstr(text, begin);
	if (at == NULL) {
		return false;
	}
	at += strlen(begin);
	*out = str_of(at, strcspn(at, "\n"));
	return true;
}

static bool take_row(struct backup_mark *mark, const struct row *row, const char *text)
{
	char *member = (char *)mark + row->offset;
	struct str value;
	uint64_t whole;
	char *end;

	if (!find_row(text, row->name, &value)) {
		return row->may_lack;
	}
	if (value.len == 0) {
		return false;
	}
	if (row->bytes_max > 0) {
		if (value.len >= row->bytes_max) {
			return false;
		}
		memcpy(member, value.ptr, value.len);
		member[value.len] = '\0';
		return true;
	}
	errno = 0;
	whole = strtoull(value.ptr, &end, 10);
	memcpy(member, &whole, sizeof(whole));
	return errno == 0 && end == value.ptr + value.len && value.ptr[0] != '-';
}

/* Whole: its last line is the hash of what stands before. */
static bool is_whole(const char *text, size_t len)
{
	const size_t tail = sizeof(END) - 1 + BACKUP_SHA256_HEX; /* the line feed for the NUL */
	char digest[BACKUP_SHA256_HEX];

	if (len < tail || strlen(text) != len || text[len - 1] != '\n' ||
		strncmp(text + len - tail, END, sizeof(END) - 1) != 0) {
		return false;
	}
	backup_sha256(span_of(text, len - tail), digest);
	return strncmp(text + len - BACKUP_SHA256_HEX, digest, BACKUP_SHA256_HEX - 1) == 0;
}

enum err backup_mark_read(struct backup_mark *mark, const char *dir, struct backup_fault *out_fault)
{
	char text[FILE_BYTES_MAX + 1];
	char path[PATH_MAX];
	struct backup_mark read = {.schema = 0};
	size_t len = 0;

	(void)snprintf(path, sizeof(path), "%s/" BACKUP_MARK_NAME, dir);
	if (!data_file_read(path, (uint8_t *)text, FILE_BYTES_MAX, &len)) {
		return backup_fail(out_fault, errno == EACCES ? ERR_INPUT : ERR_BACKUP,
			"'%.400s' is no backup that was finished: '" BACKUP_MARK_NAME "': %s", dir,
			strerror(errno));
	}
	text[len] = '\0';
	if (!is_whole(text, len)) {
		return backup_fail(out_fault, ERR_BACKUP, "'%.400s' is cut or was changed", path);
	}
	if (strncmp(text, HEADER, sizeof(HEADER) - 1) != 0) {
		return backup_fail(
			out_fault, ERR_BACKUP, "'%.400s' is of a form that this program does not know", path);
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!take_row(&read, &rows[i], text)) {
			return backup_fail(
				out_fault, ERR_BACKUP, "'%.400s': '%s' is missing", path, rows[i].name);
		}
	}
	*mark = read;
	return ERR_OK;
}
