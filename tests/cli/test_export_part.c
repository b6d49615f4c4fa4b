/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that FILE.part can be cut anywhere: after each of its bytes what is opened has the whole pages before the cut,
 * no other, and goes on behind them, so that at the end every row is there once; a byte that is another one ends it
 * there too. And what is no such file, is there already, or is being written, is refused.
 */
#include "client/admin/export_part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "proto/codec.h"
#include "tests/check.h"

#define PAGES 3
#define PAGE_ROWS 2
#define BYTES_MAX 4096

static char folder[] = "/tmp/test_cli_part_XXXXXX";
static char file[sizeof(folder) + 16];
static char path[sizeof(folder) + 32];

/* Page `page` of three, with two rows. */
static int add(struct export_part *part, uint32_t page)
{
	Pb__ExportReadReply reply = PB__EXPORT_READ_REPLY__INIT;
	Pb__Complaint rows[PAGE_ROWS];
	Pb__Complaint *pointers[PAGE_ROWS];
	char numbers[PAGE_ROWS][16];
	uint8_t cursor[2] = {'c', (uint8_t)page};

	for (uint32_t i = 0; i < PAGE_ROWS; i++) {
		pb__complaint__init(&rows[i]);
		(void)snprintf(numbers[i], sizeof(numbers[i]), "20261124-%04u", page * PAGE_ROWS + i + 1);
		rows[i].number = numbers[i];
		pointers[i] = &rows[i];
	}
	reply.n_complaints = PAGE_ROWS;
	reply.complaints = pointers;
	reply.has_cursor = page + 1 < PAGES;
	reply.cursor = codec_bytes(span_of(cursor, sizeof(cursor)));
	reply.has_row_count = true;
	reply.row_count = (page + 1) * PAGE_ROWS;
	return export_part_add(part, &reply);
}

static void create(struct export_part *part)
{
	Pb__Export head = PB__EXPORT__INIT;

	(void)unlink(path);
	head.has_export_id = head.has_format = true;
	head.export_id = codec_bytes(span_of("0123456789abcdef", 16));
	head.format = PB__EXPORT__FORMAT__XLSX;
	CHECK_INT_EQ(export_part_create(part, file, &head), 0);
}

/* The numbers in it, one behind the other: so many. */
static void check_rows(struct export_part *part, size_t expected)
{
	size_t count = 0;

	export_part_rewind(part);
	for (;;) {
		Pb__ExportReadReply *page = NULL;
		struct arena arena;

		arena_init(&arena, 1024 * 1024);
		CHECK_INT_EQ(export_part_next(part, &arena, &page), 0);
		for (size_t i = 0; page != NULL && i < page->n_complaints; i++) {
			char number[16];

			(void)snprintf(number, sizeof(number), "20261124-%04zu", ++count);
			CHECK_STR_EQ(page->complaints[i]->number, number);
		}
		arena_fini(&arena);
		if (page == NULL) {
			CHECK_INT_EQ(count, expected);
			return;
		}
	}
}

static size_t read_file(uint8_t *out)
{
	int fd = open(path, O_RDONLY);
	ssize_t len = read(fd, out, BYTES_MAX);

	assert(len > 0 && len < BYTES_MAX);
	(void)close(fd);
	return (size_t)len;
}

static void write_file(const uint8_t *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert(write(fd, bytes, len) == (ssize_t)len);
	(void)close(fd);
}

/* Opens what was cut and brings what is missing. */
static void go_on(size_t first_page_at, size_t page_bytes, size_t cut)
{
	size_t whole = cut < first_page_at ? 0 : (cut - first_page_at) / page_bytes;
	struct export_part part;
	int error = export_part_open(&part, file);

	if (cut < first_page_at) { /* nothing tells which export it was */
		CHECK_INT_EQ(error, EBADMSG);
		export_part_close(&part);
		return;
	}
	whole = size_min(whole, PAGES);
	CHECK_INT_EQ(error, 0);
	CHECK_INT_EQ(part.row_count, whole * PAGE_ROWS);
	CHECK_INT_EQ(part.is_whole, whole == PAGES);
	CHECK_INT_EQ(part.cursor.len, whole == 0 || whole == PAGES ? 0 : 2);
	CHECK_INT_EQ(part.head->format, PB__EXPORT__FORMAT__XLSX);
	for (uint32_t page = (uint32_t)whole; page < PAGES; page++) {
		CHECK_INT_EQ(add(&part, page), 0);
	}
	CHECK(part.is_whole);
	check_rows(&part, PAGES * PAGE_ROWS);
	export_part_close(&part);
}

static void test_it_can_be_cut_anywhere(void)
{
	static uint8_t bytes[BYTES_MAX];
	struct export_part part;
	size_t first_page_at;
	size_t page_bytes;
	size_t len;

	create(&part);
	first_page_at = (size_t)part.first_bytes;
	for (uint32_t page = 0; page < PAGES; page++) {
		CHECK_INT_EQ(add(&part, page), 0);
	}
	export_part_close(&part);
	len = read_file(bytes);
	/* The first two pages have a cursor, and so the same length; the last one is shorter. */
	page_bytes = ((size_t)part.end_bytes - first_page_at + 4) / PAGES;
	for (size_t cut = 0; cut <= len && !check_failed(); cut++) {
		size_t seen = cut == len ? first_page_at + PAGES * page_bytes : cut;

		write_file(bytes, cut);
		go_on(first_page_at, page_bytes, seen);
		if (check_failed()) {
			printf("# cut at %zu of %zu\n", cut, len);
		}
	}
}

static void test_another_byte_ends_it(void)
{
	static uint8_t bytes[BYTES_MAX];
	struct export_part part;
	size_t first_page_at;
	size_t len;

	create(&part);
	first_page_at = (size_t)part.first_bytes;
	CHECK_INT_EQ(add(&part, 0), 0);
	export_part_close(&part);
	len = read_file(bytes);
	for (size_t i = 0; i < len && !check_failed(); i++) {
		int error;

		bytes[i] ^= 0x20;
		write_file(bytes, len);
		error = export_part_open(&part, file);
		CHECK_INT_EQ(error, i < first_page_at ? EBADMSG : 0);
		CHECK(error != 0 || part.row_count == 0);
		export_part_close(&part);
		bytes[i] ^= 0x20;
	}
}

static void test_what_is_refused(void)
{
	Pb__Export head = PB__EXPORT__INIT;
	struct export_part part;
	struct export_part other;

	create(&part);
	CHECK_INT_EQ(export_part_create(&other, file, &head), EEXIST);
	export_part_close(&other);
	CHECK_INT_EQ(export_part_open(&other, file), EWOULDBLOCK);
	export_part_close(&other);
	CHECK_INT_EQ(export_part_remove(&part), 0);
	export_part_close(&part);
	CHECK_INT_EQ(export_part_open(&other, file), ENOENT);
	export_part_close(&other);
}

static const struct test tests[] = {
	{"it_can_be_cut_anywhere", test_it_can_be_cut_anywhere},
	{"another_byte_ends_it", test_another_byte_ends_it},
	{"what_is_refused", test_what_is_refused},
};

int main(void)
{
	int failed;

	if (mkdtemp(folder) == NULL) {
		return 1;
	}
	(void)snprintf(file, sizeof(file), "%s/out.xlsx", folder);
	(void)snprintf(path, sizeof(path), "%s/out.xlsx.part", folder);
	failed = check_main(tests, COUNT(tests));
	(void)unlink(path);
	(void)rmdir(folder);
	return failed;
}
