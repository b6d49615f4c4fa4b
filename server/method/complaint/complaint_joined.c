/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/complaint_joined.h"

#include "server/method/complaint/complaint_column.h"

void complaint_joined_set(Pb__Complaint *out, const struct row_source *from)
{
	row_set_uuid(from, COLUMN_REPEAT_OF, &out->has_repeat_of_id, &out->repeat_of_id);
	row_set_uuid(from, COLUMN_COLLECTIVE_ID, &out->has_collective_id, &out->collective_id);
	row_set_uuid(from, COLUMN_SPLIT_FROM, &out->has_split_from_id, &out->split_from_id);
	out->chased_count = (uint32_t)row_int2(from->query, from->row, COLUMN_CHASED_COUNT);
	out->has_chased_count = out->chased_count > 0;
	row_set_time(from, COLUMN_CHASED, &out->has_chased_us, &out->chased_us);
}
