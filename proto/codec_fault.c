/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/codec_fault.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Adds to the text of a buffer of `size` bytes, as much as fits. */
static void append(char *text, size_t size, const char *format, ...) printf_like(3, 4);

static void append(char *text, size_t size, const char *format, ...)
{
	size_t len = strlen(text);
	va_list arguments;

	assert(len < size);
	va_start(arguments, format);
	(void)vsnprintf(text + len, size - len, format, arguments);
	va_end(arguments);
}

void fault_init(struct codec_fault *fault, enum err err)
{
	assert(err != ERR_OK);
	fault->err = err;
	fault->field[0] = '\0';
	fault->allowed[0] = '\0';
}

void fault_step(struct codec_fault *fault, const char *name, uint32_t element)
{
	const char *dot = fault->field[0] == '\0' ? "" : ".";

	append(fault->field, sizeof(fault->field), "%s%s", dot, name);
	if (element != FAULT_ELEMENT_NONE) {
		append(fault->field, sizeof(fault->field), "[%" PRIu32 "]", element);
	}
}

void fault_allow_range(struct codec_fault *fault, int64_t min, int64_t max, const char *unit)
{
	assert(min <= max);
	append(fault->allowed, sizeof(fault->allowed), "%" PRId64, min);
	if (min < max) {
		append(fault->allowed, sizeof(fault->allowed), "..%" PRId64, max);
	}
	append(fault->allowed, sizeof(fault->allowed), "%s", unit);
}

#define LIST_BYTES_MAX 64 /* of values: a few show what is meant */

void fault_allow_values(struct codec_fault *fault, const ProtobufCEnumDescriptor *values)
{
	const char *end = ", ...";

	for (unsigned i = 0; i < values->n_values; i++) {
		const char *comma = i == 0 ? "" : ", ";
		const char *name = values->values[i].name;
		size_t used = strlen(fault->allowed) + strlen(comma) + strlen(name);

		if (used + strlen(end) >= LIST_BYTES_MAX) {
			append(fault->allowed, sizeof(fault->allowed), "%s", end);
			return;
		}
		append(fault->allowed, sizeof(fault->allowed), "%s%s", comma, name);
	}
}

void fault_allow(struct codec_fault *fault, const char *text)
{
	append(fault->allowed, sizeof(fault->allowed), "%s", text);
}
