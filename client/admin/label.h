/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words for the values of enums: shown in the person's language, understood in both.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "common/base.h"
#include "common/span.h"

struct label_row {
	const char *enum_name; /* "Complaint.State", without the package */
	const char *value;     /* "ON_SITE" */
	const char *words;     /* English; shown through gettext */
};

extern const struct label_row label_rows[];
extern const size_t label_row_count;

/* The words of a value; its number's text, in `out`, where this program does not know it. */
const char *label_of(const ProtobufCEnumDescriptor *type, int value, char out[16]);

/*
 * The words of a value given by its name; the name itself where there are none.
 *
 *   type_name  "Complaint.State"
 */
const char *label_of_name(const char *type_name, const char *value);

/* By name ("on-site", "ON_SITE") or by words in the present language; false for anything else. */
bool label_parse(const ProtobufCEnumDescriptor *type, struct str text, int *out_value) must_check;

/* "complaint, repair, …": what label_parse takes, for messages. */
void label_list(const ProtobufCEnumDescriptor *type, char *out, size_t max);
