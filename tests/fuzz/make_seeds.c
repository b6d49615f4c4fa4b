/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the fuzzers' seeds that follow from the messages: for fuzz_message one of every message, for
 * fuzz_method and fuzz_json one of every request, for fuzz_frame one of every kind of envelope and a
 * conversation, for fuzz_client the answers to one. Names say what is in them. With --check it only looks
 * whether all of them are there: after a new method or message, run it again and commit what it adds.
 *
 *     make_seeds [--check] tests/fuzz/corpus
 */
#include <stdio.h>
#include <stdlib.h>

#include "client/core/json.h"
#include "envelope.pb-c.h"
#include "proto/codec.h"
#include "proto/frame.h"
#include "proto/method.h"
#include "tests/proto/specimen.h"
#include "tests/proto/wire_put.h"

#define BYTES_MAX (64 * 1024)

struct job {
	const char *directory;
	bool is_check;
	size_t missing_count;
};

/* Ends the program where a seed cannot be written. */
static void write_seed(struct job *job, const char *target, const char *name, struct span bytes)
{
	char path[4096];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s/%s", job->directory, target, name);
	file = fopen(path, job->is_check ? "rb" : "wb");
	if (file == NULL) {
		perror(path);
		job->missing_count++;
		return;
	}
	if (!job->is_check && fwrite(bytes.ptr, 1, bytes.len, file) != bytes.len) {
		perror(path);
		job->missing_count++;
	}
	if (fclose(file) != 0) {
		perror(path);
		job->missing_count++;
	}
}

static void message_seed(struct job *job, const ProtobufCMessageDescriptor *message)
{
	struct specimen specimen = {.kind = SPECIMEN_MODEST, .member = 1};
	struct buf out;
	bool added;

	buf_init(&out, BYTES_MAX);
	added = buf_append(&out, span_from_str(str_from_c(message->short_name)));
	assert(added);
	wire_put_byte(&out, '\n');
	specimen_message(&specimen, message, &out);
	write_seed(job, "message", message->short_name, buf_readable(&out));
	buf_fini(&out);
}

/* As fuzz_method takes it: a leader asks, and the complaint is in the second state of the table. */
static void method_seed(struct job *job, const struct method_row *method)
{
	struct specimen specimen = {.kind = SPECIMEN_MODEST};
	struct buf out;
	bool added;

	buf_init(&out, BYTES_MAX);
	added = buf_append(&out, span_from_str(str_from_c(method->name))) &&
	        buf_append(&out, span_from_str(STR(" dB\n")));
	assert(added);
	specimen_message(&specimen, method->request, &out);
	write_seed(job, "method", method->name, buf_readable(&out));
	buf_fini(&out);
}

static void json_seed(struct job *job, const struct method_row *method)
{
	struct specimen specimen = {.kind = SPECIMEN_MODEST};
	struct codec_fault fault;
	struct arena arena;
	struct buf body;
	json_t *json;
	char *text;

	buf_init(&body, BYTES_MAX);
	arena_init(&arena, BYTES_MAX);
	specimen_message(&specimen, method->request, &body);
	json = message_to_json(codec_decode(method->request, buf_readable(&body), &arena, &fault));
	text = json_dumps(json, JSON_COMPACT);
	assert(text != NULL);
	buf_consume(&body, buf_readable(&body).len);
	if (!buf_append(&body, span_from_str(str_from_c(method->request->short_name))) ||
		!buf_append(&body, span_from_str(STR("\n"))) ||
		!buf_append(&body, span_from_str(str_from_c(text)))) {
		abort();
	}
	write_seed(job, "json", method->request->short_name, buf_readable(&body));
	free(text);
	json_decref(json);
	arena_fini(&arena);
	buf_fini(&body);
}

static void put_frame(struct buf *out, struct span envelope)
{
	uint8_t header[FRAME_HEADER_BYTES];
	bool added;

	frame_header(header, envelope.len);
	added = buf_append(out, span_of(header, sizeof(header))) && buf_append(out, envelope);
	assert(added);
}

static void put_envelope(struct buf *out, size_t member)
{
	struct specimen specimen = {.kind = SPECIMEN_MODEST, .member = member};
	struct buf envelope;

	buf_init(&envelope, BYTES_MAX);
	specimen_message(&specimen, &pb__envelope__descriptor, &envelope);
	put_frame(out, buf_readable(&envelope));
	buf_fini(&envelope);
}

static void put_request(struct buf *out, const struct method_row *method, uint64_t id)
{
	struct specimen specimen = {.kind = SPECIMEN_LEAST};
	struct buf body;
	struct buf request;
	struct buf envelope;

	buf_init(&body, BYTES_MAX);
	buf_init(&request, BYTES_MAX);
	buf_init(&envelope, BYTES_MAX);
	specimen_message(&specimen, method->request, &body);
	wire_put_number(&request, 1, id);
	wire_put_bytes(&request, 2, span_from_str(str_from_c(method->name)));
	wire_put_bytes(&request, 3, buf_readable(&body));
	wire_put_bytes(&request, 4, span_from_str(STR("0123456789abcdef")));
	wire_put_bytes(&envelope, 2, buf_readable(&request));
	put_frame(out, buf_readable(&envelope));
	buf_fini(&body);
	buf_fini(&request);
	buf_fini(&envelope);
}

static void frame_seeds(struct job *job)
{
	struct buf out;

	buf_init(&out, BYTES_MAX);
	for (size_t i = 0; i < pb__envelope__descriptor.n_fields; i++) {
		put_envelope(&out, i);
		write_seed(job, "frame", pb__envelope__descriptor.fields[i].name, buf_readable(&out));
		buf_consume(&out, buf_readable(&out).len);
	}
	put_envelope(&out, 0);
	for (size_t i = 0; i < METHOD_COUNT; i++) {
		put_request(&out, &method_rows[i], i + 1);
	}
	write_seed(job, "frame", "conversation", buf_readable(&out));
	buf_fini(&out);
}

/* Every method's reply, in the order in which fuzz_client asks. */
static void client_seed(struct job *job)
{
	struct buf out;

	buf_init(&out, BYTES_MAX);
	for (size_t i = 0; i < METHOD_COUNT; i++) {
		struct specimen specimen = {.kind = SPECIMEN_LEAST};
		struct buf body;
		struct buf reply;
		struct buf envelope;

		buf_init(&body, BYTES_MAX);
		buf_init(&reply, BYTES_MAX);
		buf_init(&envelope, BYTES_MAX);
		specimen_message(&specimen, method_rows[i].reply, &body);
		wire_put_number(&reply, 1, i + 1);
		wire_put_bytes(&reply, 2, buf_readable(&body));
		wire_put_bytes(&envelope, 3, buf_readable(&reply));
		put_frame(&out, buf_readable(&envelope));
		buf_fini(&body);
		buf_fini(&reply);
		buf_fini(&envelope);
	}
	write_seed(job, "client", "conversation", buf_readable(&out));
	buf_fini(&out);
}

int main(int argc, char **argv)
{
	struct job job = {.is_check = argc == 3 && strcmp(argv[1], "--check") == 0};

	if (argc != 2 && !job.is_check) {
		fprintf(stderr, "usage: %s [--check] DIRECTORY\n", argv[0]);
		return 64;
	}
	job.directory = argv[argc - 1];
	for (size_t i = 0; i < METHOD_COUNT; i++) {
		message_seed(&job, method_rows[i].request);
		message_seed(&job, method_rows[i].reply);
		method_seed(&job, &method_rows[i]);
		json_seed(&job, &method_rows[i]);
	}
	for (size_t i = 0; i < TOPIC_COUNT; i++) {
		message_seed(&job, topic_rows[i].message);
	}
	message_seed(&job, &pb__envelope__descriptor);
	frame_seeds(&job);
	client_seed(&job);
	if (job.missing_count > 0) {
		fprintf(stderr, "%zu seeds are missing\n", job.missing_count);
	}
	return job.missing_count > 0 ? 1 : 0;
}
