/* SPDX-License-Identifier: Apache-2.0 */
#include "server/receipt.h"

#include "common/sha256.h"

int64_t receipt_material_fen(const struct receipt_material *material)
{
	assert(material->quantity >= 0 && material->quantity <= RECEIPT_QUANTITY_MAX);
	assert(material->price_fen >= 0 && material->price_fen <= RECEIPT_PRICE_FEN_MAX);
	return (material->quantity * material->price_fen + 500) / 1000;
}

int64_t receipt_service_fen(const struct receipt_service *service)
{
	int64_t total_fen = 0;

	assert(service->material_count <= RECEIPT_MATERIAL_MAX);
	for (size_t i = 0; i < service->material_count; i++) {
		total_fen += receipt_material_fen(&service->materials[i]);
	}
	return total_fen;
}

const char *receipt_kind_name(int kind)
{
	switch (kind) {
#define KIND(number, name, zh, en) \
	case number: \
		return #name;
#include "server/receipt.def"
#undef KIND
	}
	return NULL;
}

const char *receipt_complaint_name(int complaint_kind)
{
	switch (complaint_kind) {
#define COMPLAINT(number, name, zh, en) \
	case number: \
		return #name;
#include "server/receipt.def"
#undef COMPLAINT
	}
	return NULL;
}

void receipt_make(struct arena *arena, const struct receipt *receipt, struct receipt_bytes *out)
{
	struct receipt_bytes bytes = {.text = receipt_text(arena, receipt)};

	bytes.json = receipt_json(arena, receipt, bytes.text);
	if (arena->failed) {
		*out = (struct receipt_bytes){.text = {NULL, 0}};
		return;
	}
	sha256(bytes.json, bytes.sha256);
	*out = bytes;
}
