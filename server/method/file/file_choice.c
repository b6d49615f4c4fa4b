/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/file/file_choice.h"

#include "server/principal.h"

static struct uuid id_at(const struct file_choice *choice, size_t i)
{
	return uuid_from_span(codec_span(true, choice->ids[i]));
}

enum err file_choice_check(struct request *r, const struct file_choice *choice, const char *field)
{
	for (size_t i = 0; i < choice->count; i++) {
		if (choice->ids[i].len != UUID_BYTES) {
			return request_refuse(r, ERR_FIELD_LENGTH, field, "16 bytes each");
		}
		for (size_t k = 0; k < i; k++) {
			if (uuid_equal(id_at(choice, i), id_at(choice, k))) {
				return request_refuse(r, ERR_FIELD_INVALID, field, "each once");
			}
		}
	}
	return ERR_OK;
}

void file_choice_load(struct request *r, const struct file_choice *choice)
{
	struct uuid ids[FILES_MAX];
	struct query *query;

	assert(choice->count <= FILES_MAX);
	if (choice->count == 0) {
		return;
	}
	for (size_t i = 0; i < choice->count; i++) {
		ids[i] = id_at(choice, i);
	}
	query = request_query(r, STMT_file_some);
	query_uuid(query, r->community_id);
	query_uuids(query, ids, choice->count);
}

bool file_choice_is_good(const struct request *r, const struct query *files,
	const struct file_choice *choice, struct uuid complaint_id, unsigned purposes)
{
	if (choice->count == 0) {
		return true;
	}
	assert(files->stmt == STMT_file_some);
	if (query_rows(files) != choice->count) {
		return false;
	}
	for (size_t i = 0; i < choice->count; i++) {
		struct file_record record = file_row_record(files, i);

		if (record.state != FILE_READY || !uuid_equal(record.complaint_id, complaint_id) ||
			(purposes >> record.purpose & 1) == 0 ||
			(uuid_is_nil(complaint_id) &&
				!uuid_equal(record.account_id, r->principal->account_id))) {
			return false;
		}
	}
	return true;
}
