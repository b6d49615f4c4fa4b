/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/front.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/server/scratch.h"

#define CONFIG_BYTES_MAX 16384

/* Listening already when HAProxy gets it: nothing has to be waited for. */
static int listen_anywhere(uint16_t *out_port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM, 0); /* not closed by exec: HAProxy inherits it */
	bool is_listening = fd >= 0 && bind(fd, (struct sockaddr *)&address, len) == 0 &&
	                    listen(fd, 128) == 0 &&
	                    getsockname(fd, (struct sockaddr *)&address, &len) == 0;

	assert(is_listening);
	(void)is_listening;
	*out_port = ntohs(address.sin_port);
	return fd;
}

/* Puts `by` where `what` stands; it has to stand there, once. */
static void replace(char text[CONFIG_BYTES_MAX], const char *what, const char *by)
{
	static char rest[CONFIG_BYTES_MAX];
	char *at = strstr(text, what);

	assert(at != NULL && strstr(at + 1, what) == NULL);
	(void)snprintf(rest, sizeof rest, "%s", at + strlen(what));
	(void)snprintf(at, CONFIG_BYTES_MAX - (size_t)(at - text), "%s%s", by, rest);
}

static void read_example(char text[CONFIG_BYTES_MAX], int fd)
{
	ssize_t len = pread(fd, text, CONFIG_BYTES_MAX - 1, 0);

	assert(len > 0);
	text[len] = '\0';
}

static void write_config(const struct front *front, const struct live_server *one,
	const struct live_server *two, int fd, int far_fd, int example_fd)
{
	static char text[CONFIG_BYTES_MAX];
	char line[128];

	read_example(text, example_fd);
	(void)snprintf(line, sizeof line, "bind fd@%d", fd);
	replace(text, "bind :7443", line);
	(void)snprintf(line, sizeof line, "server one 127.0.0.1:%u", one->port);
	replace(text, "server one 10.0.0.11:7443", line);
	(void)snprintf(line, sizeof line, "server two 127.0.0.1:%u", two->port);
	replace(text, "server two 10.0.0.12:7443", line);
	(void)snprintf(line, sizeof line,
		"\nfrontend far\n    bind fd@%d\n    tcp-request connection set-src ipv4(%s)\n"
		"    default_backend guanjiad\n",
		far_fd, FRONT_FAR_ADDRESS);
	assert(strlen(text) + strlen(line) < sizeof text);
	strncat(text, line, sizeof text - strlen(text) - 1);
	scratch_write(front->config_path, text);
}

static int example_fd = -1;

bool front_prepare(void)
{
	if (access(HAPROXY, X_OK) != 0) {
		return false;
	}
	example_fd = open(HAPROXY_CFG, O_RDONLY | O_CLOEXEC);
	assert(example_fd >= 0);
	return true;
}

void front_begin(struct front *front, const struct live_server *one, const struct live_server *two)
{
	char place[SCRATCH_PATH_MAX];
	pid_t parent = getpid();
	int log_fd;
	int fd;
	int far_fd;

	*front = (struct front){.pid_fd = -1};
	scratch_dir(place);
	(void)snprintf(front->config_path, sizeof front->config_path, "%s/haproxy.cfg", place);
	(void)snprintf(front->log_path, sizeof front->log_path, "%s/haproxy.log", place);
	fd = listen_anywhere(&front->port);
	far_fd = listen_anywhere(&front->far_port);
	write_config(front, one, two, fd, far_fd, example_fd);
	log_fd = open(front->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	assert(log_fd >= 0);
	(void)fflush(stdout);
	front->pid = fork();
	assert(front->pid >= 0);
	if (front->pid == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent && dup2(log_fd, 1) == 1 &&
			dup2(log_fd, 2) == 2) {
			(void)execl(HAPROXY, HAPROXY, "-db", "-f", front->config_path, (char *)NULL);
		}
		_exit(127);
	}
	front->pid_fd = pidfd_open(front->pid, 0);
	assert(front->pid_fd >= 0);
	(void)close(log_fd);
	(void)close(fd);
	(void)close(far_fd);
}

void front_end(struct front *front)
{
	int status = 0;
	bool has_ended;

	(void)pidfd_send_signal(front->pid_fd, SIGKILL, NULL, 0);
	has_ended = live_wait_child(front->pid_fd, live_until(LIVE_WAIT_MS), &status);
	assert(has_ended);
	(void)has_ended;
	(void)close(front->pid_fd);
}

struct live_server front_view(const struct live_server *server, uint16_t port)
{
	struct live_server view = *server;

	view.port = port;
	return view;
}
