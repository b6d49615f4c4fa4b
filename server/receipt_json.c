/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A receipt as canonical JSON. Every kind writes all of its keys itself, in their order: canon.h asserts
 * it. Names and codes, no words: words are the text's.
 */
#include "server/receipt.h"

#include "common/sha256.h"
#include "server/canon.h"

static void put_text(struct canon *canon, const char *key, struct str text)
{
	canon_key(canon, key);
	canon_text(canon, text);
}

static void put_optional(struct canon *canon, const char *key, struct str text)
{
	if (text.len > 0) {
		put_text(canon, key, text);
	}
}

static void put_integer(struct canon *canon, const char *key, int64_t value)
{
	canon_key(canon, key);
	canon_integer(canon, value);
}

/* A name of a table's row; that there is one was checked where the number came in. */
static void put_name(struct canon *canon, const char *key, const char *name)
{
	assert(name != NULL);
	put_text(canon, key, str_from_c(name));
}

static void put_sha256(struct canon *canon, const char *key, struct str text)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t hash[SHA256_BYTES];
	char hex[2 * SHA256_BYTES];

	sha256(span_from_str(text), hash);
	for (size_t i = 0; i < sizeof(hash); i++) {
		hex[2 * i] = digits[hash[i] >> 4];
		hex[2 * i + 1] = digits[hash[i] & 0xF];
	}
	put_text(canon, key, str_of(hex, sizeof(hex)));
}

/* Keys that every kind has between "format" and "place". */
static void put_head(struct canon *canon, const struct receipt *receipt)
{
	put_integer(canon, "format", RECEIPT_FORMAT);
	put_text(canon, "issued", receipt->issued);
	put_name(canon, "kind", receipt_kind_name((int)receipt->kind));
	put_text(canon, "language", receipt->language == RECEIPT_ZH ? STR("zh") : STR("en"));
}

static void put_acknowledgement(struct canon *canon, const struct receipt *receipt, struct str text)
{
	const struct receipt_acknowledgement *body = &receipt->acknowledgement;

	put_optional(canon, "category", body->category);
	put_optional(canon, "code", receipt->code);
	put_text(canon, "community", receipt->community);
	put_name(canon, "complaint_kind", receipt_complaint_name(body->complaint_kind));
	put_text(canon, "complaint_text", body->text);
	put_optional(canon, "contact", body->contact);
	put_head(canon, receipt);
	put_text(canon, "number", receipt->number);
	put_optional(canon, "place", receipt->place);
	put_optional(canon, "promised", body->promised);
	put_text(canon, "submitted", body->submitted);
	put_sha256(canon, "text_sha256", text);
}

static void put_appointment(struct canon *canon, const struct receipt *receipt, struct str text)
{
	const struct receipt_appointment *body = &receipt->appointment;

	put_optional(canon, "code", receipt->code);
	put_text(canon, "community", receipt->community);
	put_optional(canon, "contact", body->contact);
	put_optional(canon, "crew", body->crew);
	put_head(canon, receipt);
	put_text(canon, "number", receipt->number);
	put_optional(canon, "person", body->person);
	put_optional(canon, "place", receipt->place);
	put_sha256(canon, "text_sha256", text);
	put_text(canon, "window_from", body->from);
	put_text(canon, "window_to", body->to);
}

static void put_materials(struct canon *canon, const struct receipt_service *body)
{
	canon_key(canon, "materials");
	canon_array_begin(canon);
	for (size_t i = 0; i < body->material_count; i++) {
		const struct receipt_material *material = &body->materials[i];

		canon_object_begin(canon);
		put_integer(canon, "amount_fen", receipt_material_fen(material));
		put_text(canon, "name", material->name);
		put_integer(canon, "price_fen", material->price_fen);
		put_integer(canon, "quantity_thousandths", material->quantity);
		put_text(canon, "unit", material->unit);
		canon_object_end(canon);
	}
	canon_array_end(canon);
}

static void put_service(struct canon *canon, const struct receipt *receipt, struct str text)
{
	const struct receipt_service *body = &receipt->service;

	assert(body->photo_count >= 0 && body->photo_count <= RECEIPT_PHOTO_MAX);
	put_text(canon, "arrived", body->arrived);
	put_optional(canon, "code", receipt->code);
	put_text(canon, "community", receipt->community);
	put_optional(canon, "crew", body->crew);
	put_text(canon, "finished", body->finished);
	put_head(canon, receipt);
	put_materials(canon, body);
	put_text(canon, "number", receipt->number);
	put_optional(canon, "person", body->person);
	put_integer(canon, "photo_count", body->photo_count);
	put_optional(canon, "place", receipt->place);
	put_text(canon, "result", body->result);
	put_sha256(canon, "text_sha256", text);
	put_integer(canon, "total_fen", receipt_service_fen(body));
}

struct span receipt_json(struct arena *arena, const struct receipt *receipt, struct str text)
{
	struct canon canon;

	canon_init(&canon, arena);
	canon_object_begin(&canon);
	switch (receipt->kind) {
	case RECEIPT_ACKNOWLEDGEMENT:
		put_acknowledgement(&canon, receipt, text);
		break;
	case RECEIPT_APPOINTMENT:
		put_appointment(&canon, receipt, text);
		break;
	case RECEIPT_SERVICE:
		put_service(&canon, receipt, text);
		break;
	}
	put_text(&canon, "zone", receipt->zone);
	canon_object_end(&canon);
	return canon_finish(&canon);
}
