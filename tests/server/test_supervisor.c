/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a supervisor hears, by a socket of the test's own in its place: each word as sd_notify(3) writes it, at
 * a path and at an abstract name; and that without one, or with one that is gone or full, nothing happens.
 */
#include "server/supervisor.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/span.h"
#include "tests/check.h"
#include "tests/server/scratch.h"

/* Binds a datagram socket; '@' for the first byte of an abstract name, as in the environment. */
static int listen_at(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int failed;

	assert(fd >= 0);
	assert(strlen(name) < sizeof(address.sun_path));
	memcpy(address.sun_path, name, strlen(name));
	address.sun_path[0] = name[0] == '@' ? '\0' : name[0];
	failed = bind(fd, (const struct sockaddr *)&address,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name)));
	assert(failed == 0);
	failed = setenv("NOTIFY_SOCKET", name, 1);
	assert(failed == 0);
	return fd;
}

static struct str hear(int fd, char out[128])
{
	ssize_t len = recv(fd, out, 128, 0);

	return str_of(out, len < 0 ? 0 : (size_t)len);
}

static void check_words(const char *name)
{
	int fd = listen_at(name);
	struct supervisor supervisor;
	char out[128];

	supervisor_open(&supervisor);
	CHECK(supervisor.fd >= 0);
	CHECK_INT_EQ(hear(fd, out).len, 0);
	supervisor_tell(&supervisor, SUPERVISOR_READY, 7);
	CHECK_STR_EQ(hear(fd, out), "READY=1\nMONOTONIC_USEC=7");
	supervisor_tell(&supervisor, SUPERVISOR_RELOADING, INT64_MAX);
	CHECK_STR_EQ(hear(fd, out), "RELOADING=1\nMONOTONIC_USEC=9223372036854775807");
	supervisor_tell(&supervisor, SUPERVISOR_STOPPING, 8);
	CHECK_STR_EQ(hear(fd, out), "STOPPING=1\nMONOTONIC_USEC=8");
	CHECK_INT_EQ(hear(fd, out).len, 0);
	supervisor_close(&supervisor);
	supervisor_close(&supervisor);
	close(fd);
}

static void test_words_are_heard_at_a_path(void)
{
	char dir[SCRATCH_PATH_MAX];
	char name[SCRATCH_PATH_MAX + 8];

	scratch_dir(dir);
	(void)snprintf(name, sizeof(name), "%s/notify", dir);
	check_words(name);
}

static void test_words_are_heard_at_an_abstract_name(void)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "@guanjia-test-%ld", (long)getpid());
	check_words(name);
}

static void test_nobody_is_told_where_nobody_asks(void)
{
	char longest[200];
	const char *names[] = {NULL, "", "relative", "/nonexistent/socket", "@guanjia-nobody", longest};

	memset(longest, 'a', sizeof(longest));
	longest[0] = '/';
	longest[sizeof(longest) - 1] = '\0';
	for (size_t i = 0; i < COUNT(names); i++) {
		struct supervisor supervisor;

		(void)unsetenv("NOTIFY_SOCKET");
		if (names[i] != NULL) {
			(void)setenv("NOTIFY_SOCKET", names[i], 1);
		}
		supervisor_open(&supervisor);
		CHECK_INT_EQ(supervisor.fd, -1);
		supervisor_tell(&supervisor, SUPERVISOR_READY, 1);
		supervisor_close(&supervisor);
	}
	supervisor_tell(NULL, SUPERVISOR_READY, 1);
	supervisor_close(NULL);
}

/* One that does not listen fills up, and then goes away. */
static void test_a_deaf_one_is_not_waited_for(void)
{
	int fd;
	struct supervisor supervisor;

	fd = listen_at("@guanjia-test-deaf");
	supervisor_open(&supervisor);
	CHECK(supervisor.fd >= 0);
	for (int i = 0; i < 10000; i++) {
		supervisor_tell(&supervisor, SUPERVISOR_READY, i);
	}
	close(fd);
	supervisor_tell(&supervisor, SUPERVISOR_READY, 1);
	supervisor_close(&supervisor);
}

static const struct test tests[] = {
	{"words_are_heard_at_a_path", test_words_are_heard_at_a_path},
	{"words_are_heard_at_an_abstract_name", test_words_are_heard_at_an_abstract_name},
	{"nobody_is_told_where_nobody_asks", test_nobody_is_told_where_nobody_asks},
	{"a_deaf_one_is_not_waited_for", test_a_deaf_one_is_not_waited_for},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
