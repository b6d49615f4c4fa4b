/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/method.h"

#include "proto/descriptors.h"
#include "proto/slot.h"
#include "proto/slots_method.h"

/* clang-format off */
const struct method_row method_rows[METHOD_COUNT] = {
#define M(noun, verb, message, right, kind, ms, bytes) \
	[METHOD_##noun##_##verb] = {#noun "." #verb, #right, METHOD_KIND_##kind, (ms), (bytes), \
		&pb_##message, &pb_##message##Reply},
#include "proto/method.def"
#undef M
};

const struct topic_row topic_rows[TOPIC_COUNT] = {
#define P(topic, message, right) [TOPIC_##topic] = {#topic, #right, &pb_##message},
#include "proto/push.def"
#undef P
};
/* clang-format on */

const struct method_row *method_find(struct str name)
{
	const size_t mask = COUNT(method_slots) - 1;
	size_t i = slot_hash(name) & mask;

	/* Ends at an empty slot: three in four are. */
	while (method_slots[i] != 0) {
		const struct method_row *row = &method_rows[method_slots[i] - 1];

		if (str_equal(str_from_c(row->name), name)) {
			return row;
		}
		i = (i + 1) & mask;
	}
	return NULL;
}

const struct topic_row *topic_find(struct str name)
{
	for (size_t i = 0; i < TOPIC_COUNT; i++) {
		if (str_equal(str_from_c(topic_rows[i].name), name)) {
			return &topic_rows[i];
		}
	}
	return NULL;
}
