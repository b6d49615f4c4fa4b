/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PostgreSQL's binary formats, as query.c writes and query_row.c reads them.
 */
#pragma once

#include "common/base.h"

/* PostgreSQL counts microseconds from 2000-01-01. */
#define EPOCH_2000_US INT64_C(946684800000000)
/* And days from there too. */
#define EPOCH_2000_DAY 10957

#define ARRAY_HEAD_BYTES 20 /* of an array of one dimension; an empty one from PostgreSQL has 12 */
#define ARRAY_NULL UINT32_MAX /* in place of an element's length */
