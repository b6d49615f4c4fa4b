/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in a row of an export: which fields of Complaint each column is made of. A field that belongs to no column is
 * never given, whatever a list's row has.
 */
#pragma once

#include "complaint.pb-c.h"

#define EXPORT_COLUMNS_MAX 32

/* Of one export: columns[i] are numbers of Export.Column, each once. */
struct export_columns {
	int columns[EXPORT_COLUMNS_MAX];
	size_t count;
};

/* All there are. */
struct export_columns export_columns_all(void);

/* Takes everything out of it that no column asks for; the number stays. */
void export_columns_keep(const struct export_columns *columns, Pb__Complaint *complaint);
