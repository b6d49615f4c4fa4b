/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job/seal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The last whole line lies in so many bytes, behind it perhaps one that was cut short. */
#define TAIL_BYTES ((size_t)4 * RECORD_SEAL_LINE_MAX)
#define ARENA_BYTES_MAX ((size_t)8 * RECORD_SEAL_LINE_MAX)

static bool fail(struct seal_file_fault *fault, const char *path, const char *what)
{
	(void)snprintf(fault->text, sizeof fault->text, "seal_file '%.300s': %s", path, what);
	return false;
}

bool seal_file_append(int fd, struct span lines)
{
	/* Ends: each turn writes a byte, or was interrupted by a signal. */
	while (lines.len > 0) {
		ssize_t written = write(fd, lines.ptr, lines.len);

		if (written < 0 && errno == EINTR) {
			continue;
		}
		if (written <= 0) {
			return false;
		}
		lines = span_after(lines, (size_t)written);
	}
	return fdatasync(fd) == 0;
}

/* The last line of the text that is a seal; false: none is. Lines from the end, as many as there are bytes. */
static bool last_seal(struct str text, struct seal_file *file)
{
	size_t end = text.len;

	while (end > 0) {
		size_t from = end;
		struct record_seal seal;
		struct arena arena;
		bool is_seal;

		while (from > 0 && text.ptr[from - 1] != '\n') {
			from--;
		}
		arena_init(&arena, ARENA_BYTES_MAX);
		is_seal = record_seal_parse(str_of(text.ptr + from, end - from), &arena, &seal);
		arena_fini(&arena);
		if (is_seal) {
			file->number = seal.number;
			memcpy(file->hash, seal.hash, SHA256_BYTES);
			return true;
		}
		end = from == 0 ? 0 : from - 1;
	}
	return false;
}

static bool read_tail(struct seal_file *file, off_t bytes, char *out, size_t *out_len)
{
	size_t wanted = size_min((size_t)bytes, TAIL_BYTES);
	ssize_t got = pread(file->fd, out, wanted, bytes - (off_t)wanted);

	*out_len = got < 0 ? 0 : (size_t)got;
	return got == (ssize_t)wanted;
}

/* No seal is in it: all there is may be the first line, cut short. */
static bool is_beginning(struct str text)
{
	static const char word[] = "guanjia-seal-1 ";
	size_t len = size_min(text.len, sizeof word - 1);

	return text.len <= RECORD_SEAL_LINE_MAX && memcmp(text.ptr, word, len) == 0;
}

static bool find_end(struct seal_file *file, const char *path, struct seal_file_fault *fault)
{
	struct stat stat;
	char *tail;
	size_t len = 0;
	bool is_good;

	if (fstat(file->fd, &stat) != 0 || !S_ISREG(stat.st_mode)) {
		return fail(fault, path, "is no plain file");
	}
	if (stat.st_size == 0) {
		return true;
	}
	tail = malloc(TAIL_BYTES);
	if (tail == NULL) {
		return fail(fault, path, "no memory");
	}
	is_good = read_tail(file, stat.st_size, tail, &len);
	if (!is_good) {
		(void)fail(fault, path, strerror(errno));
	} else if (!last_seal(str_of(tail, len), file) && !is_beginning(str_of(tail, len))) {
		is_good = fail(fault, path, "is not a file of seals");
	} else if (tail[len - 1] != '\n' && !seal_file_append(file->fd, span_of("\n", 1))) {
		is_good = fail(fault, path, strerror(errno));
	}
	free(tail);
	return is_good;
}

bool seal_file_open(struct seal_file *file, const char *path, struct seal_file_fault *out_fault)
{
	*file = (struct seal_file){
		.fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640)};
	if (file->fd < 0) {
		return fail(out_fault, path, strerror(errno));
	}
	if (!find_end(file, path, out_fault)) {
		seal_file_close(file);
		return false;
	}
	return true;
}

void seal_file_close(struct seal_file *file)
{
	if (file != NULL && file->fd > 0) {
		(void)close(file->fd);
		file->fd = -1;
	}
}
