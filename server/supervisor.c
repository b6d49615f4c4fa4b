/* SPDX-License-Identifier: Apache-2.0 */
#include "server/supervisor.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A path, or behind '@' a name that is in no file system; both fill what is left of the address exactly. */
static bool address_of(const char *name, struct sockaddr_un *out, socklen_t *out_len)
{
	size_t len = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || len >= sizeof(out->sun_path)) {
		return false;
	}
	*out = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(out->sun_path, name, len);
	if (name[0] == '@') {
		out->sun_path[0] = '\0';
	}
	*out_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	return true;
}

void supervisor_open(struct supervisor *supervisor)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address;
	socklen_t len;

	*supervisor = (struct supervisor){.fd = -1};
	if (name == NULL || !address_of(name, &address, &len)) {
		return;
	}
	supervisor->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (supervisor->fd >= 0 &&
		connect(supervisor->fd, (const struct sockaddr *)&address, len) != 0) {
		supervisor_close(supervisor);
	}
}

void supervisor_tell(
	const struct supervisor *supervisor, enum supervisor_word word, int64_t mono_us)
{
	static const char *const words[] = {
		[SUPERVISOR_READY] = "READY=1",
		[SUPERVISOR_RELOADING] = "RELOADING=1",
		[SUPERVISOR_STOPPING] = "STOPPING=1",
	};
	char text[64];
	int len;

	if (supervisor == NULL || supervisor->fd < 0) {
		return;
	}
	assert((size_t)word < COUNT(words));
	/* The time is for Type=notify-reload of systemd 253 and later; with the others it is passed over. */
	len = snprintf(text, sizeof(text), "%s\nMONOTONIC_USEC=%lld", words[word], (long long)mono_us);
	assert(len > 0 && (size_t)len < sizeof(text));
	(void)send(supervisor->fd, text, (size_t)len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void supervisor_close(struct supervisor *supervisor)
{
	if (supervisor == NULL || supervisor->fd < 0) {
		return;
	}
	(void)close(supervisor->fd);
	supervisor->fd = -1;
}
