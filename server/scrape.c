/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source: GNU libmicrohttpd manual, "Using libmicrohttpd with external polling"; pitfall 41: the handler is called
 * several times a request, and answers when the request is there as a whole.
 */
#include "server/scrape.h"

#include <string.h>

#include <microhttpd.h>

#include "server/metric_text.h"
#include "server/net/address.h"
#include "server/server.h"

#define CONNECTIONS_MAX 8
#define DEADLINE_S 5
#define CONNECTION_BYTES ((size_t)16 * 1024)
#define TEXT_AGE_US (100 * US_PER_MS) /* so long one text serves all */

static struct MHD_Response *respond(struct buf *body, const char *type)
{
	size_t len;
	uint8_t *bytes = buf_take(body, &len);
	struct MHD_Response *response =
		MHD_create_response_from_buffer(len, bytes, MHD_RESPMEM_MUST_FREE);

	assert(response != NULL);
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	return response;
}

static struct MHD_Response *respond_text(const char *text)
{
	struct buf body;
	bool fits;

	buf_init(&body, 256);
	fits = buf_append(&body, span_of(text, strlen(text)));
	assert(fits);
	return respond(&body, "text/plain; charset=utf-8");
}

static enum MHD_Result send_metrics(struct scrape *scrape, struct MHD_Connection *connection)
{
	struct server *server = scrape->server;
	struct buf body;
	bool fits;

	server->counters.scrapes++;
	if (scrape->text == NULL || server->now.mono_us - scrape->text_mono_us > TEXT_AGE_US) {
		if (scrape->text != NULL) {
			MHD_destroy_response(scrape->text); /* those it is being sent to hold it, too */
		}
		buf_init(&body, METRIC_TEXT_BYTES_MAX);
		fits = metric_text(server, &body);
		assert(fits); /* as many rows as there are, of so many bytes */
		scrape->text = respond(&body, METRIC_TEXT_TYPE);
		scrape->text_mono_us = server->now.mono_us;
	}
	return MHD_queue_response(connection, MHD_HTTP_OK, scrape->text);
}

static enum MHD_Result send_health(struct scrape *scrape, struct MHD_Connection *connection)
{
	struct MHD_Response *response;
	enum MHD_Result result;
	struct buf body;
	bool is_well = false;
	bool fits;

	buf_init(&body, 512);
	fits = metric_health(scrape->server, &body, &is_well);
	assert(fits);
	response = respond(&body, "application/json");
	result = MHD_queue_response(
		connection, is_well ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result refuse(struct MHD_Connection *connection, unsigned status, const char *text)
{
	struct MHD_Response *response = respond_text(text);
	enum MHD_Result result;

	if (status == MHD_HTTP_METHOD_NOT_ALLOWED) {
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	}
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *body, size_t *body_len, void **state)
{
	struct scrape *scrape = context;

	(void)version;
	(void)body;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0) {
		return refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET only\n");
	}
	if (*state == NULL) {
		*state = scrape; /* the head is there; asked again when all of it is */
		return MHD_YES;
	}
	*body_len = 0; /* of a GET nobody reads one */
	if (strcmp(url, "/metrics") == 0) {
		return send_metrics(scrape, connection);
	}
	if (strcmp(url, "/health") == 0) {
		return send_health(scrape, connection);
	}
	return refuse(connection, MHD_HTTP_NOT_FOUND, "/metrics, /health\n");
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct scrape *scrape = container_of(poll, struct scrape, poll);

	(void)status;
	(void)events;
	scrape->is_marked = true;
}

static bool refuse_setting(const struct scrape *scrape, struct config_fault *out, const char *why)
{
	(void)snprintf(out->text, sizeof out->text, "cannot serve metrics on '%s': %s",
		scrape->server->config->metrics, why);
	return false;
}

static void start(struct scrape *scrape, const struct sockaddr_storage *address)
{
	unsigned flags = MHD_USE_EPOLL | (address->ss_family == AF_INET6 ? MHD_USE_IPv6 : 0U);

	scrape->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, scrape,
		MHD_OPTION_SOCK_ADDR, address, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)DEADLINE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, MHD_OPTION_END);
}

bool scrape_open(struct scrape *scrape, struct server *server, struct config_fault *out_fault)
{
	struct sockaddr_storage address = {0};
	const union MHD_DaemonInfo *info;
	int failed;

	*scrape = (struct scrape){.server = server, .due_mono_us = INT64_MAX};
	if (server->config->metrics[0] == '\0') {
		return true;
	}
	if (!address_parse(server->config->metrics, &address)) {
		return refuse_setting(scrape, out_fault, "want address:port");
	}
	if (!address_is_loopback(&address)) {
		return refuse_setting(scrape, out_fault, "not an address of this machine alone");
	}
	start(scrape, &address);
	if (scrape->daemon == NULL) {
		return refuse_setting(scrape, out_fault, strerror(errno));
	}
	info = MHD_get_daemon_info(scrape->daemon, MHD_DAEMON_INFO_BIND_PORT);
	scrape->port = info == NULL ? 0 : info->port;
	info = MHD_get_daemon_info(scrape->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	assert(info != NULL);
	failed = uv_poll_init(&server->loop, &scrape->poll, info->epoll_fd) != 0 ||
	         uv_poll_start(&scrape->poll, UV_READABLE, on_poll) != 0;
	assert(!failed);
	scrape->is_marked = true; /* the library arms its descriptor at the first run */
	return true;
}

void scrape_close(struct scrape *scrape)
{
	if (scrape->daemon == NULL) {
		return;
	}
	uv_close((uv_handle_t *)&scrape->poll, NULL); /* before its descriptor goes */
	if (scrape->text != NULL) {
		MHD_destroy_response(scrape->text);
		scrape->text = NULL;
	}
	MHD_stop_daemon(scrape->daemon);
	scrape->daemon = NULL;
}

static unsigned count_connections(const struct scrape *scrape)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(scrape->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

	return info == NULL ? 0 : info->num_connections;
}

void scrape_run(struct scrape *scrape)
{
	MHD_UNSIGNED_LONG_LONG wait_ms;
	unsigned connection_count;
	int64_t now = scrape->server == NULL ? 0 : scrape->server->now.mono_us;

	if (scrape->daemon == NULL || (!scrape->is_marked && now < scrape->due_mono_us)) {
		return;
	}
	connection_count = count_connections(scrape);
	(void)MHD_run(scrape->daemon);
	/* What was closed makes room for who waits; only another run, behind that, listens again. */
	scrape->is_marked = count_connections(scrape) < connection_count;
	scrape->due_mono_us = MHD_get_timeout(scrape->daemon, &wait_ms) == MHD_YES
	                          ? now + (int64_t)wait_ms * US_PER_MS
	                          : INT64_MAX;
}

int64_t scrape_due(const struct scrape *scrape)
{
	if (scrape->daemon == NULL) {
		return INT64_MAX;
	}
	return scrape->is_marked ? 0 : scrape->due_mono_us;
}
