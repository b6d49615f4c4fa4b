/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a backup's mark is believed whole or not at all: what was written is read; cut short at any
 * byte, or with any byte changed, it is refused; rows of later versions are passed over, and a row that is
 * missing is named. And what is kept apart: read whole, told by its key, written closed to others; and
 * folders that are removed with links that are not followed.
 */
#include "server/backup_mark.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/backup.h"
#include "server/kept.h"
#include "server/restore.h"
#include "server/tree.h"
#include "tests/check.h"
#include "tests/server/scratch.h"

#define TEXT_MAX 8192

static char dir[SCRATCH_PATH_MAX];
static char path[SCRATCH_PATH_MAX + 16]; /* of the mark */

static const struct backup_mark sample = {
	.version = "0.1.0",
	.schema = 20,
	.postgres = 15,
	.system = UINT64_MAX,
	.timeline = 1,
	.era = 28550400,
	.began_us = 1795774503000000,
	.taken_us = 1795774504000000,
	.last_event_us = 0,
	.bytes = 65011712,
	.keys = "00112233445566778899aabbccddeeff",
	.manifest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	.settings = "-",
	.words = "-",
};

static size_t read_text(char out[TEXT_MAX])
{
	FILE *file = fopen(path, "re");
	size_t len;

	assert(file != NULL);
	len = fread(out, 1, TEXT_MAX - 1, file);
	out[len] = '\0';
	(void)fclose(file);
	return len;
}

static void write_text(const char *text, size_t len)
{
	FILE *file = fopen(path, "we");

	assert(file != NULL);
	(void)fwrite(text, 1, len, file);
	(void)fclose(file);
}

/* The text with the end that belongs to it. */
static void write_sealed(const char *text)
{
	char sealed[TEXT_MAX];
	char digest[BACKUP_SHA256_HEX];

	backup_sha256(span_from_str(str_from_c(text)), digest);
	(void)snprintf(sealed, sizeof(sealed), "%send = %s\n", text, digest);
	write_text(sealed, strlen(sealed));
}

static enum err read_mark(struct backup_fault *fault)
{
	struct backup_mark mark;

	*fault = (struct backup_fault){""};
	return backup_mark_read(&mark, dir, fault);
}

static void test_what_was_written_is_read(void)
{
	struct backup_mark mark = {.schema = 0};
	struct backup_fault fault;

	CHECK(backup_mark_write(&sample, dir));
	CHECK_INT_EQ(backup_mark_read(&mark, dir, &fault), ERR_OK);
	CHECK_STR_EQ(mark.version, sample.version);
	CHECK_INT_EQ(mark.schema, sample.schema);
	CHECK_INT_EQ(mark.postgres, sample.postgres);
	CHECK(mark.system == sample.system);
	CHECK_INT_EQ(mark.timeline, sample.timeline);
	CHECK_INT_EQ(mark.era, sample.era);
	CHECK_INT_EQ(mark.began_us, sample.began_us);
	CHECK_INT_EQ(mark.taken_us, sample.taken_us);
	CHECK_INT_EQ(mark.last_event_us, 0);
	CHECK_INT_EQ(mark.bytes, sample.bytes);
	CHECK_STR_EQ(mark.keys, sample.keys);
	CHECK_STR_EQ(mark.manifest, sample.manifest);
	CHECK_STR_EQ(mark.settings, "-");
	CHECK_STR_EQ(mark.words, "-");
}

static void test_cut_at_any_byte_it_is_refused(void)
{
	struct backup_fault fault;
	char text[TEXT_MAX];
	size_t len;

	CHECK(backup_mark_write(&sample, dir));
	len = read_text(text);
	for (size_t i = 0; i < len; i++) {
		write_text(text, i);
		CHECK_INT_EQ(read_mark(&fault), ERR_BACKUP);
	}
	write_text(text, len);
	CHECK_INT_EQ(read_mark(&fault), ERR_OK);
}

static void test_with_any_byte_changed_it_is_refused(void)
{
	struct backup_fault fault;
	char text[TEXT_MAX];
	size_t len;

	CHECK(backup_mark_write(&sample, dir));
	len = read_text(text);
	for (size_t i = 0; i < len; i++) {
		text[i] ^= 1;
		write_text(text, len);
		CHECK_INT_EQ(read_mark(&fault), ERR_BACKUP);
		text[i] ^= 1;
	}
}

static void test_rows_are_missed_or_passed_over(void)
{
	static const char header[] = "guanjia backup 1\n";
	struct backup_mark mark = {.era = 1};
	struct backup_fault fault;
	char text[TEXT_MAX];
	char more[TEXT_MAX + 64];
	char *at;

	CHECK(backup_mark_write(&sample, dir));
	(void)read_text(text);
	*strstr(text, "end = ") = '\0';
	(void)snprintf(more, sizeof(more), "%scolour = green\n", text);
	write_sealed(more);
	CHECK_INT_EQ(read_mark(&fault), ERR_OK);
	at = strstr(text, "\nera = ") + 1; /* older ones have none */
	(void)snprintf(more, sizeof(more), "%.*s%s", (int)(at - text), text, strchr(at, '\n') + 1);
	write_sealed(more);
	CHECK_INT_EQ(backup_mark_read(&mark, dir, &fault), ERR_OK);
	CHECK_INT_EQ(mark.era, 0);
	at = strstr(text, "\npostgres = ") + 1;
	(void)snprintf(more, sizeof(more), "%.*s%s", (int)(at - text), text, strchr(at, '\n') + 1);
	write_sealed(more);
	CHECK_INT_EQ(read_mark(&fault), ERR_BACKUP);
	CHECK(strstr(fault.text, "'postgres' is missing") != NULL);
	text[sizeof(header) - 3] = '2';
	write_sealed(text);
	CHECK_INT_EQ(read_mark(&fault), ERR_BACKUP);
	CHECK(strstr(fault.text, "of a form that this program does not know") != NULL);
	CHECK_INT_EQ(unlink(path), 0);
	CHECK_INT_EQ(read_mark(&fault), ERR_BACKUP);
}

/* ---- keys ----------------------------------------------------------------------------------- */

static void put(const char *place, const char *name, const char *text)
{
	char file[SCRATCH_PATH_MAX * 2];

	(void)snprintf(file, sizeof(file), "%s/%s", place, name);
	if (text == NULL) {
		CHECK_INT_EQ(mkdir(file, 0700), 0);
	} else {
		scratch_write(file, text);
	}
}

static void test_keys_are_kept_whole_and_closed(void)
{
	static const char key[] = "0123456789abcdef0123456789abcdef";
	char source[SCRATCH_PATH_MAX];
	char target[SCRATCH_PATH_MAX];
	char file[SCRATCH_PATH_MAX * 2];
	struct backup_fault fault;
	struct stat status;
	struct arena arena;
	struct kept kept;

	scratch_dir(source);
	scratch_dir(target);
	arena_init(&arena, KEPT_BYTES_MAX);
	CHECK_INT_EQ(kept_read(&kept, source, &arena, &fault), ERR_INPUT);
	put(source, "keys", NULL);
	put(source, "keys/server.key", "too short");
	CHECK_INT_EQ(kept_read(&kept, source, &arena, &fault), ERR_INPUT);
	put(source, "keys/server.key", key);
	put(source, "keys/erased.list", "");
	put(source, "tls", NULL);
	put(source, "tls/ca.crt", "authority");
	CHECK_INT_EQ(kept_read(&kept, source, &arena, &fault), ERR_OK);
	CHECK_INT_EQ(kept.count, 3);
	CHECK(span_equal(kept_find(&kept, "keys/server.key"), span_of(key, 32)));
	CHECK_INT_EQ(kept_find(&kept, "tls/server.key").len, 0);
	CHECK(kept_write(&kept, target));
	(void)snprintf(file, sizeof(file), "%s/keys/server.key", target);
	CHECK(stat(file, &status) == 0 && (status.st_mode & 07777) == 0400 && status.st_size == 32);
	(void)snprintf(file, sizeof(file), "%s/tls/ca.crt", target);
	CHECK(stat(file, &status) == 0 && (status.st_mode & 07777) == 0600 && status.st_size == 9);
	/* A link may lead anywhere. */
	(void)snprintf(file, sizeof(file), "%s/tls/link", source);
	CHECK_INT_EQ(symlink("/etc/passwd", file), 0);
	CHECK_INT_EQ(kept_read(&kept, source, &arena, &fault), ERR_INPUT);
	kept_fini(&kept);
	arena_fini(&arena);
}

static void test_a_key_is_told_and_not_shown(void)
{
	uint8_t one[32] = {1};
	uint8_t two[32] = {2};
	char marks[3][33];

	backup_key_mark(one, marks[0]);
	backup_key_mark(two, marks[1]);
	backup_key_mark(one, marks[2]);
	CHECK_STR_EQ(marks[0], marks[2]);
	CHECK(strcmp(marks[0], marks[1]) != 0);
	CHECK_INT_EQ(strlen(marks[0]), 32);
}

/* ---- folders -------------------------------------------------------------------------------- */

static void test_folders_are_removed_and_links_not_followed(void)
{
	char place[SCRATCH_PATH_MAX];
	char file[SCRATCH_PATH_MAX * 2];
	uint64_t bytes = 0;

	scratch_dir(place);
	put(place, "kept", NULL);
	put(place, "kept/file", "12345");
	put(place, "gone", NULL);
	put(place, "gone/inner", NULL);
	put(place, "gone/inner/file", "123");
	(void)snprintf(file, sizeof(file), "%s/gone/link", place);
	CHECK_INT_EQ(symlink("../kept", file), 0);
	CHECK(tree_bytes(place, &bytes));
	CHECK_INT_EQ(bytes, 8);
	(void)snprintf(file, sizeof(file), "%s/gone", place);
	CHECK(tree_remove(file));
	CHECK(access(file, F_OK) != 0);
	CHECK(tree_remove(file)); /* once more: there is none */
	CHECK(!tree_bytes(file, &bytes));
	CHECK(!tree_sync(file));
	(void)snprintf(file, sizeof(file), "%s/kept/file", place);
	CHECK(access(file, F_OK) == 0);
	CHECK(tree_sync(place));
}

/* ---- where a restore may go ----------------------------------------------------------------- */

/* Over what a restore left that was cut off, and what a server wrote that refused to start there; over nothing else. */
static void test_a_restore_that_was_cut_off_may_be_repeated(void)
{
	static const struct {
		const char *names; /* with a slash: a folder */
		bool is_good;
	} rows[] = {
		{"", true}, {"guanjiad.lock lost+found/", true}, {"restoring/", true},
		{"restoring/ guanjiad.lock keys/ tls/ seals guanjia.conf category_words.csv", true},
		{"restoring/ keys/ pg/", false}, /* what is in its place may be somebody's data */
		{"restoring/ notes", false}, {"keys/", false},
		{"restoring", false}, /* no folder: no restore made it */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char place[SCRATCH_PATH_MAX];
		char names[256];
		struct backup_fault fault;
		char *rest = names;
		char *name;

		scratch_dir(place);
		(void)snprintf(names, sizeof(names), "%s", rows[i].names);
		while ((name = strsep(&rest, " ")) != NULL && name[0] != '\0') {
			char *slash = strchr(name, '/');

			if (slash != NULL) {
				*slash = '\0';
			}
			put(place, name, slash == NULL ? "x" : NULL);
		}
		printf("# %s\n", rows[i].names);
		CHECK_INT_EQ(restore_check_place(place, &fault), rows[i].is_good ? ERR_OK : ERR_OUTPUT);
	}
}

static const struct test tests[] = {
	{"what_was_written_is_read", test_what_was_written_is_read},
	{"cut_at_any_byte_it_is_refused", test_cut_at_any_byte_it_is_refused},
	{"with_any_byte_changed_it_is_refused", test_with_any_byte_changed_it_is_refused},
	{"rows_are_missed_or_passed_over", test_rows_are_missed_or_passed_over},
	{"keys_are_kept_whole_and_closed", test_keys_are_kept_whole_and_closed},
	{"a_key_is_told_and_not_shown", test_a_key_is_told_and_not_shown},
	{"a_restore_that_was_cut_off_may_be_repeated", test_a_restore_that_was_cut_off_may_be_repeated},
	{"folders_are_removed_and_links_not_followed", test_folders_are_removed_and_links_not_followed},
};

int main(void)
{
	scratch_leave_root();
	scratch_dir(dir);
	(void)snprintf(path, sizeof(path), "%s/" BACKUP_MARK_NAME, dir);
	return check_main(tests, COUNT(tests));
}
