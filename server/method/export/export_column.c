/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/export/export_column.h"

#include <string.h>

#include "common/base.h"
#include "export.pb-c.h"

static const struct {
	int column;
	const char *field;
} rows[] = {
#define X(column, field) {PB__EXPORT__COLUMN__##column, #field},
#include "server/method/export/export_column.def"
#undef X
};

static bool has_column(const struct export_columns *columns, int column)
{
	for (size_t i = 0; i < columns->count; i++) {
		if (columns->columns[i] == column) {
			return true;
		}
	}
	return column == PB__EXPORT__COLUMN__NUMBER;
}

struct export_columns export_columns_all(void)
{
	const ProtobufCEnumDescriptor *type = &pb__export__column__descriptor;
	struct export_columns out = {.count = type->n_values};

	assert(type->n_values <= EXPORT_COLUMNS_MAX);
	for (size_t i = 0; i < out.count; i++) {
		out.columns[i] = type->values[i].value;
	}
	return out;
}

static bool is_kept(const struct export_columns *columns, const char *field)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (strcmp(rows[i].field, field) == 0) {
			return has_column(columns, rows[i].column);
		}
	}
	return false;
}

/* As if it had never been set; what it pointed to is the arena's. */
static void clear(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	void *value = (char *)message + field->offset;
	void *quantifier = (char *)message + field->quantifier_offset;

	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		*(size_t *)quantifier = 0;
	} else if (field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE) {
		*(void **)value = NULL;
	} else {
		*(protobuf_c_boolean *)quantifier = false;
	}
}

void export_columns_keep(const struct export_columns *columns, Pb__Complaint *complaint)
{
	const ProtobufCMessageDescriptor *type = complaint->base.descriptor;

	for (unsigned i = 0; i < type->n_fields; i++) {
		if (!is_kept(columns, type->fields[i].name)) {
			clear(&complaint->base, &type->fields[i]);
		}
	}
}
