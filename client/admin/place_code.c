/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/place_code.h"

#include <string.h>

#include "place.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"

enum err place_code_find(
	struct app *app, const struct uuid *community_id, const char *text, struct uuid *out)
{
	Pb__PlaceGet request = PB__PLACE_GET__INIT;
	struct client_result *result;
	const Pb__PlaceGetReply *reply;

	if (uuid_parse(str_from_c(text), out)) { /* the server decides whether it exists */
		return ERR_OK;
	}
	request.has_community_id = true;
	request.community_id = codec_bytes(span_of(community_id->bytes, UUID_BYTES));
	request.code = (char *)(uintptr_t)text;
	result = link_call(app, METHOD_place_get, &request.base);
	if (result == NULL) {
		return app->fault.err == ERR_NOT_FOUND
		           ? fault_set(&app->fault, ERR_NOT_FOUND, _("place '%s'"), text)
		           : app->fault.err;
	}
	reply = (const void *)result->message;
	if (reply->place == NULL || reply->place->place_id.len != UUID_BYTES) {
		client_result_free(result);
		return fault_set_plain(&app->fault, ERR_REPLY_MALFORMED);
	}
	*out = uuid_from_span(codec_span(true, reply->place->place_id));
	client_result_free(result);
	return ERR_OK;
}

enum err place_codes_find(struct app *app, const struct uuid *community_id, const char *text,
	struct uuid *out, size_t *out_count)
{
	size_t count = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, ",");
		const char *code = arena_c_string(&app->arena, str_of(text, len));
		enum err err;

		if (count == PLACE_CODES_MAX) {
			return fault_set(
				&app->fault, ERR_USAGE, _("more than %d places at once"), PLACE_CODES_MAX);
		}
		err = place_code_find(app, community_id, code, &out[count]);
		if (err != ERR_OK) {
			return err;
		}
		count++;
		text += len + (text[len] == ',' ? 1 : 0);
	}
	*out_count = count;
	return ERR_OK;
}
