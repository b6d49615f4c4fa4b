/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the contacts of complaints, sealed as the server seals them, for COPY into
 * complaint_contact: only whoever has the server's key can make rows that it opens.
 *
 *     bench-contacts DIR COMMUNITIES FIRST LAST     complaints FIRST ≤ n < LAST
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/seal.h"
#include "tests/bench/number.h"

#define ARENA_BYTES_MAX 4096

static void put_bytes(struct span bytes)
{
	fputs("\t\\\\x", stdout);
	for (size_t i = 0; i < bytes.len; i++) {
		static const char digits[] = "0123456789abcdef";

		(void)putchar(digits[bytes.ptr[i] >> 4]);
		(void)putchar(digits[bytes.ptr[i] & 15]);
	}
}

static void put_row(const struct seal *seal, struct uuid community_id, uint64_t number)
{
	struct uuid id = number_uuid(NUMBER_COMPLAINT, NUMBER_FIRST + number);
	struct seal_place name = {community_id, id, "complaint_contact.name"};
	struct seal_place phone = {community_id, id, "complaint_contact.phone"};
	char text[2][UUID_TEXT_LEN + 1];
	uint8_t key[SEAL_KEY_BYTES];
	uint8_t index[SEAL_HASH_BYTES];
	struct arena arena;
	struct str e164;

	arena_init(&arena, ARENA_BYTES_MAX);
	e164 = arena_printf(&arena, "+86139%08u", (unsigned)(number % 100000000));
	uuid_format(community_id, text[0]);
	uuid_format(id, text[1]);
	printf("%s\t%s", text[0], text[1]);
	put_bytes(seal_subject_new(seal, &arena, id, key));
	put_bytes(seal_text(&arena, key, &name, STR("古丽娜尔·买买提")));
	put_bytes(seal_text(&arena, key, &phone, e164));
	seal_phone_index(seal, e164, index);
	put_bytes(span_of(index, sizeof(index)));
	(void)putchar('\n');
	assert(!arena.failed);
	arena_fini(&arena);
}

int main(int argc, char **argv)
{
	struct keys_fault fault;
	struct keys keys = {0};
	struct seal seal;
	uint64_t communities;

	if (argc != 5) {
		fputs("usage: bench-contacts DIR COMMUNITIES FIRST LAST\n", stderr);
		return 64;
	}
	if (keys_open(&keys, argv[1], &fault) != ERR_OK) {
		fprintf(stderr, "bench-contacts: %s\n", fault.text);
		return 1;
	}
	seal_init(&seal, &keys);
	communities = strtoull(argv[2], NULL, 10);
	assert(communities > 0);
	for (uint64_t n = strtoull(argv[3], NULL, 10); n < strtoull(argv[4], NULL, 10); n++) {
		put_row(&seal, number_uuid(NUMBER_COMMUNITY, NUMBER_FIRST + n % communities), n);
	}
	seal_fini(&seal);
	keys_close(&keys);
	return 0;
}
