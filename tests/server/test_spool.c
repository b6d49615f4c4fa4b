/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what guanjia-spool leaves behind: a message whole and closed to others, once an id, and of
 * anything else nothing but an exit code.
 */
#include "tests/check.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "server/outgoing.h"
#include "tests/server/scratch.h"

#define ID "01938f2e-7c1a-7b3c-8d4e-5f60718293a4"
#define MESSAGE(text) "{\"id\":\"" ID "\",\"to\":\"+8613800138000\",\"text\":\"" text "\"}"

static char place[SCRATCH_PATH_MAX];
static char said[4096]; /* on its standard output and error, the last time */

/* Runs it; its exit code. */
static int spool(const char *dir, struct str input)
{
	int input_fd = memfd_create("input", MFD_CLOEXEC);
	int output_fd = memfd_create("output", MFD_CLOEXEC);
	int status = 0;
	ssize_t len;
	pid_t child;

	assert(input_fd >= 0 && output_fd >= 0);
	assert(write(input_fd, input.ptr, input.len) == (ssize_t)input.len);
	assert(lseek(input_fd, 0, SEEK_SET) == 0);
	(void)fflush(stdout);
	child = fork();
	assert(child >= 0);
	if (child == 0) {
		if (dup2(input_fd, 0) == 0 && dup2(output_fd, 1) == 1 && dup2(output_fd, 2) == 2) {
			(void)execl(GUANJIA_SPOOL, GUANJIA_SPOOL, dir, NULL);
		}
		_exit(127);
	}
	assert(waitpid(child, &status, 0) == child);
	len = pread(output_fd, said, sizeof(said) - 1, 0);
	said[len > 0 ? len : 0] = '\0';
	(void)close(input_fd);
	(void)close(output_fd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static size_t count_files(const char *dir)
{
	DIR *list = opendir(dir);
	size_t count = 0;

	while (list != NULL && readdir(list) != NULL) {
		count++;
	}
	if (list != NULL) {
		(void)closedir(list);
	}
	return count == 0 ? 0 : count - 2;
}

static void check_file(const char *path, const char *expected)
{
	char text[1024] = "";
	struct stat stat_of;
	FILE *file = fopen(path, "re");

	CHECK(file != NULL);
	(void)!fread(text, 1, sizeof(text) - 1, file);
	CHECK_INT_EQ(fstat(fileno(file), &stat_of), 0);
	(void)fclose(file);
	CHECK_STR_EQ(text, expected);
	CHECK_INT_EQ(stat_of.st_mode & 07777, 0600);
}

static void test_message_is_left_whole_and_closed(void)
{
	char dir[SCRATCH_PATH_MAX + 16];
	char path[SCRATCH_PATH_MAX + 80];
	struct stat stat_of;

	(void)snprintf(dir, sizeof(dir), "%s/new", place);
	(void)snprintf(path, sizeof(path), "%s/" ID ".json", dir);
	CHECK_INT_EQ(spool(dir, STR(MESSAGE("您好"))), EX_OK);
	CHECK_STR_EQ(said, "");
	check_file(path, MESSAGE("您好"));
	CHECK_INT_EQ(stat(dir, &stat_of), 0);
	CHECK_INT_EQ(stat_of.st_mode & 07777, 0700);
	CHECK_INT_EQ(spool(dir, STR(MESSAGE("again"))), EX_OK);
	check_file(path, MESSAGE("again"));
	CHECK_INT_EQ(count_files(dir), 1);
}

/* The id becomes a name: it is made anew, and can lead nowhere else. */
static void test_id_names_the_file(void)
{
	char dir[SCRATCH_PATH_MAX + 16];
	char path[SCRATCH_PATH_MAX + 80];

	(void)snprintf(dir, sizeof(dir), "%s/upper", place);
	(void)snprintf(path, sizeof(path), "%s/" ID ".json", dir);
	CHECK_INT_EQ(spool(dir, STR("{\"id\":\"01938F2E-7C1A-7B3C-8D4E-5F60718293A4\","
								"\"to\":\"+86138\",\"text\":\"x\"}")),
		EX_OK);
	CHECK_INT_EQ(access(path, R_OK), 0);
}

static void test_anything_else_leaves_nothing(void)
{
	static const char *const inputs[] = {"", "x", "{}", "[\"" ID "\"]", MESSAGE("") "",
		MESSAGE("secret") "{}", "{\"id\":\"../../x\",\"to\":\"+86138\",\"text\":\"secret\"}",
		"{\"id\":\"" ID "\",\"text\":\"secret\"}", "{\"id\":\"" ID "\",\"to\":\"secret\"}",
		"{\"id\":7,\"to\":\"+86138\",\"text\":\"secret\"}",
		"{\"id\":\"" ID "\",\"id\":\"" ID "\",\"to\":\"+86138\",\"text\":\"secret\"}",
		MESSAGE("\xC3\x28")};
	char dir[SCRATCH_PATH_MAX + 16];

	(void)snprintf(dir, sizeof(dir), "%s/nothing", place);
	for (size_t i = 0; i < COUNT(inputs); i++) {
		CHECK_INT_EQ(spool(dir, str_from_c(inputs[i])), EX_DATAERR);
		CHECK(strstr(said, "secret") == NULL);
		CHECK_INT_EQ(count_files(dir), 0);
	}
}

static void test_input_has_a_maximum(void)
{
	static char input[OUTGOING_JSON_BYTES_MAX + 1];
	size_t len = strlen(MESSAGE("x"));
	char dir[SCRATCH_PATH_MAX + 16];

	(void)snprintf(dir, sizeof(dir), "%s/maximum", place);
	memset(input, ' ', sizeof(input));
	memcpy(input, MESSAGE("x"), len);
	CHECK_INT_EQ(spool(dir, str_of(input, sizeof(input))), EX_DATAERR);
	CHECK_INT_EQ(count_files(dir), 0);
	CHECK_INT_EQ(spool(dir, str_of(input, sizeof(input) - 1)), EX_OK);
	CHECK_INT_EQ(count_files(dir), 1);
}

static void test_place_that_does_not_do_is_an_error(void)
{
	char path[SCRATCH_PATH_MAX + 16];

	CHECK_INT_EQ(spool(NULL, STR(MESSAGE("x"))), EX_USAGE);
	CHECK_INT_EQ(spool("--help", STR(MESSAGE("x"))), EX_USAGE);
	(void)snprintf(path, sizeof(path), "%s/file", place);
	scratch_write(path, "");
	CHECK_INT_EQ(spool(path, STR(MESSAGE("x"))), EX_IOERR);
	(void)snprintf(path, sizeof(path), "%s/no/way", place);
	CHECK_INT_EQ(spool(path, STR(MESSAGE("x"))), EX_IOERR);
	CHECK(strstr(said, "13800138000") == NULL);
}

static const struct test tests[] = {
	{"message_is_left_whole_and_closed", test_message_is_left_whole_and_closed},
	{"id_names_the_file", test_id_names_the_file},
	{"anything_else_leaves_nothing", test_anything_else_leaves_nothing},
	{"input_has_a_maximum", test_input_has_a_maximum},
	{"place_that_does_not_do_is_an_error", test_place_that_does_not_do_is_an_error},
};

int main(void)
{
	scratch_dir(place);
	return check_main(tests, COUNT(tests));
}
