/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/export_part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/sha256.h"
#include "common/span.h"
#include "proto/codec.h"
#include "proto/frame.h"

#define MAGIC "guanjia export 1\n"
#define HEAD_BYTES 12 /* u32 length, 8 bytes of digest */
#define RECORD_BYTES_MAX FRAME_BODY_BYTES_MAX
#define ARENA_BYTES_MAX ((size_t)16 * 1024 * 1024)

static int begin(struct export_part *part, const char *file, int flags)
{
	int len;

	*part = (struct export_part){.fd = -1};
	len = snprintf(part->path, sizeof(part->path), "%s.part", file);
	if (len < 0 || (size_t)len >= sizeof(part->path)) {
		return ENAMETOOLONG;
	}
	part->fd = open(part->path, O_RDWR | O_CLOEXEC | flags, 0600);
	if (part->fd < 0) {
		return errno;
	}
	part->is_open = true;
	arena_init(&part->arena, ARENA_BYTES_MAX);
	return flock(part->fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
}

static int write_all(int fd, struct span bytes, int64_t at)
{
	while (bytes.len > 0) {
		ssize_t count = pwrite(fd, bytes.ptr, bytes.len, at);

		if (count < 0 && errno == EINTR) {
			continue;
		}
		if (count < 0) {
			return errno;
		}
		at += count;
		bytes = span_after(bytes, (size_t)count);
	}
	return 0;
}

/* EBADMSG where there is less. */
static int read_all(int fd, uint8_t *out, size_t len, int64_t at)
{
	while (len > 0) {
		ssize_t count = pread(fd, out, len, at);

		if (count < 0 && errno == EINTR) {
			continue;
		}
		if (count <= 0) {
			return count < 0 ? errno : EBADMSG;
		}
		out += count;
		len -= (size_t)count;
		at += count;
	}
	return 0;
}

static int add_record(struct export_part *part, const ProtobufCMessage *message)
{
	uint8_t sum[SHA256_BYTES];
	struct arena arena;
	struct span bytes;
	uint8_t *record;
	int error = ENOMEM;

	arena_init(&arena, ARENA_BYTES_MAX);
	bytes = codec_encode(message, &arena);
	record = arena_alloc(&arena, HEAD_BYTES + bytes.len);
	if (record != NULL && !arena.failed) {
		sha256(bytes, sum);
		put_u32(record, (uint32_t)bytes.len);
		memcpy(record + 4, sum, HEAD_BYTES - 4);
		if (bytes.len > 0) {
			memcpy(record + HEAD_BYTES, bytes.ptr, bytes.len);
		}
		error = write_all(part->fd, span_of(record, HEAD_BYTES + bytes.len), part->end_bytes);
	}
	if (error == 0) {
		part->end_bytes += HEAD_BYTES + (int64_t)bytes.len;
		error = fsync(part->fd) == 0 ? 0 : errno;
	}
	arena_fini(&arena);
	return error;
}

/* EBADMSG where no whole message of this kind stands there. *out_at: behind it. */
static int read_record(const struct export_part *part, const ProtobufCMessageDescriptor *type,
	struct arena *arena, int64_t *at, ProtobufCMessage **out)
{
	uint8_t head[HEAD_BYTES];
	uint8_t sum[SHA256_BYTES];
	int error = read_all(part->fd, head, sizeof(head), *at);
	uint32_t len = error == 0 ? get_u32(head) : 0;
	uint8_t *bytes;

	if (error != 0 || len > RECORD_BYTES_MAX) {
		return error != 0 ? error : EBADMSG;
	}
	bytes = arena_alloc(arena, size_max(len, 1));
	if (bytes == NULL) {
		return ENOMEM;
	}
	error = read_all(part->fd, bytes, len, *at + HEAD_BYTES);
	if (error != 0) {
		return error;
	}
	sha256(span_of(bytes, len), sum);
	if (memcmp(sum, head + 4, HEAD_BYTES - 4) != 0) {
		return EBADMSG;
	}
	*out = codec_unpack(type, span_of(bytes, len), arena);
	if (*out == NULL) {
		return arena->failed ? ENOMEM : EBADMSG;
	}
	*at += HEAD_BYTES + (int64_t)len;
	return 0;
}

/* What this page says about where it stands. */
static void take_page(struct export_part *part, const Pb__ExportReadReply *page)
{
	part->cursor = arena_span(&part->arena, codec_span(page->has_cursor, page->cursor));
	part->row_count = page->row_count;
	part->is_whole = !page->has_cursor;
}

int export_part_create(struct export_part *part, const char *file, const Pb__Export *head)
{
	int error = begin(part, file, O_CREAT | O_EXCL);
	int64_t at = sizeof(MAGIC) - 1;
	ProtobufCMessage *kept = NULL;

	if (error == 0) {
		error = write_all(part->fd, span_of(MAGIC, sizeof(MAGIC) - 1), 0);
		part->end_bytes = sizeof(MAGIC) - 1;
	}
	if (error == 0) {
		error = add_record(part, &head->base);
	}
	if (error == 0) { /* what it says is what stands there */
		error = read_record(part, &pb__export__descriptor, &part->arena, &at, &kept);
	}
	part->head = (void *)kept;
	part->first_bytes = part->end_bytes;
	return error;
}

/* Every page that is whole; the first that is not, and all behind it, go. */
static int read_pages(struct export_part *part)
{
	int64_t at = part->first_bytes;
	int error = 0;

	while (error == 0) {
		ProtobufCMessage *page = NULL;
		struct arena arena;

		arena_init(&arena, ARENA_BYTES_MAX);
		error = read_record(part, &pb__export_read_reply__descriptor, &arena, &at, &page);
		if (error == 0) {
			take_page(part, (const void *)page);
		}
		arena_fini(&arena);
	}
	part->end_bytes = at;
	if (error != EBADMSG) {
		return error;
	}
	return ftruncate(part->fd, at) == 0 ? 0 : errno;
}

int export_part_open(struct export_part *part, const char *file)
{
	uint8_t magic[sizeof(MAGIC) - 1];
	int64_t at = sizeof(magic);
	ProtobufCMessage *head = NULL;
	int error = begin(part, file, 0);

	if (error == 0) {
		error = read_all(part->fd, magic, sizeof(magic), 0);
	}
	if (error == 0 && memcmp(magic, MAGIC, sizeof(magic)) != 0) {
		error = EBADMSG;
	}
	if (error == 0) {
		error = read_record(part, &pb__export__descriptor, &part->arena, &at, &head);
	}
	if (error != 0) {
		return error;
	}
	part->head = (void *)head;
	part->first_bytes = at;
	return read_pages(part);
}

int export_part_add(struct export_part *part, const Pb__ExportReadReply *page)
{
	int error = add_record(part, &page->base);

	if (error == 0) {
		take_page(part, page);
		error = part->arena.failed ? ENOMEM : 0;
	}
	return error;
}

void export_part_rewind(struct export_part *part)
{
	part->read_bytes = part->first_bytes;
}

int export_part_next(struct export_part *part, struct arena *arena, Pb__ExportReadReply **out)
{
	ProtobufCMessage *page = NULL;
	int error = 0;

	if (part->read_bytes < part->end_bytes) {
		error =
			read_record(part, &pb__export_read_reply__descriptor, arena, &part->read_bytes, &page);
	}
	*out = (void *)page;
	return error;
}

int export_part_remove(struct export_part *part)
{
	return unlink(part->path) == 0 ? 0 : errno;
}

void export_part_close(struct export_part *part)
{
	if (part->is_open) {
		(void)close(part->fd);
		arena_fini(&part->arena);
	}
	part->is_open = false;
}
