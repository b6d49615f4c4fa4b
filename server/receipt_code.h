/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The code on a receipt. Whoever holds it may look at that receipt without logging in, so nobody may
 * guess it; and it is read off paper and over the telephone, so it forgives what people misread.
 *
 *     12-B8WY-62GN-F962-GZRZ
 *     │  └ 80 bits of an HMAC over community and receipt (seal.h), in base32 without I, L, O and U
 *     └ the community's short number: a lookup finds its community by the code alone
 *
 * The same receipt has the same code for ever, so it is not stored: the database holds its SHA-256.
 */
#pragma once

#include "common/span.h"
#include "common/uuid.h"
#include "server/seal.h"

/* Ten digits, four groups behind a hyphen each, and a NUL. */
#define RECEIPT_CODE_BYTES 31
#define RECEIPT_CODE_HASH_BYTES 32

struct receipt_code {
	uint32_t community_no;                 /* at least 1 */
	char text[RECEIPT_CODE_BYTES];         /* as receipt_code_make writes it */
	uint8_t hash[RECEIPT_CODE_HASH_BYTES]; /* SHA-256 of text without its NUL */
};

/* community_no is at least 1. */
void receipt_code_make(const struct seal *seal, uint32_t community_no, struct uuid community_id,
	struct uuid receipt_id, struct receipt_code *out);

/*
 * Reads what somebody typed: either case, full width, any spaces and hyphens or none, o for 0, i and l
 * for 1.
 *
 *   returns   false, and out untouched, where it cannot be a code; true says nothing of whether there
 *             is such a receipt
 */
bool receipt_code_parse(struct str text, struct receipt_code *out) must_check;
