/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A receipt: what an owner gets in hand when a complaint is accepted, a visit booked, a job done. It is
 * data, written once as canonical JSON (canon.h) and rendered once as text (slip.h); both are stored and
 * shown ever after. The JSON holds SHA-256 of the text, so its own SHA-256 stands for the two.
 *
 * Pure: everything comes in, nothing is looked up. Times are local texts of the community, "2026-03-05
 * 14:30", as the database makes them; the zone is named beside them. Optional texts are left out where
 * they are empty. The words are receipt.def.
 */
#pragma once

#include "common/arena.h"
#include "common/span.h"

#define RECEIPT_FORMAT 1 /* of the JSON; a reader years from now looks at it first */
#define RECEIPT_HASH_BYTES 32
#define RECEIPT_MATERIAL_MAX 50
#define RECEIPT_QUANTITY_MAX 100000000  /* thousandths: 100,000 of anything */
#define RECEIPT_PRICE_FEN_MAX 100000000 /* a million yuan */
#define RECEIPT_PHOTO_MAX 1000

enum receipt_kind {
#define KIND(number, name, zh, en) RECEIPT_##name = (number),
#include "server/receipt.def"
#undef KIND
};

enum receipt_language {
	RECEIPT_ZH = 1,
	RECEIPT_EN = 2,
};

struct receipt_material {
	struct str name;
	int64_t quantity; /* thousandths of the unit; 0 to RECEIPT_QUANTITY_MAX */
	struct str unit;
	int64_t price_fen; /* of one unit; 0 to RECEIPT_PRICE_FEN_MAX */
};

struct receipt_acknowledgement {
	int complaint_kind;   /* Complaint.Kind of the protocol */
	struct str category;  /* optional; in the receipt's language */
	struct str text;      /* the owner's words */
	struct str submitted; /* time */
	struct str promised;  /* optional; time by which they hear from us */
	struct str contact;   /* optional: "一号楼管家组 0991-1234567" */
};

struct receipt_appointment {
	struct str from;    /* time */
	struct str to;      /* time */
	struct str crew;    /* optional */
	struct str person;  /* optional */
	struct str contact; /* optional */
};

struct receipt_service {
	struct str crew;     /* optional */
	struct str person;   /* optional */
	struct str arrived;  /* time */
	struct str finished; /* time */
	struct str result;
	const struct receipt_material *materials;
	size_t material_count; /* at most RECEIPT_MATERIAL_MAX */
	int64_t photo_count;   /* 0 to RECEIPT_PHOTO_MAX */
};

struct receipt {
	enum receipt_kind kind;
	enum receipt_language language;
	struct str code;      /* optional, receipt_code.h: what is stored goes without */
	struct str number;    /* of the complaint: "20260305-0012" */
	struct str community; /* its name */
	struct str place;     /* optional: "3号楼2单元501室" */
	struct str issued;    /* time */
	struct str zone;      /* "Asia/Shanghai" */
	union {
		struct receipt_acknowledgement acknowledgement;
		struct receipt_appointment appointment;
		struct receipt_service service;
	};
};

struct receipt_bytes {
	struct span json; /* empty where the arena failed, and text with it */
	struct str text;
	uint8_t sha256[RECEIPT_HASH_BYTES]; /* of json */
};

/*
 * Writes a receipt. Texts are UTF-8, numbers within their limits: whoever lets them in has checked that,
 * here they are asserted.
 */
void receipt_make(struct arena *arena, const struct receipt *receipt, struct receipt_bytes *out);

/* What a line of materials costs: price × quantity, half a fen rounded up. */
int64_t receipt_material_fen(const struct receipt_material *material);
/* The sum of the lines as rounded, so that it can be checked on paper. */
int64_t receipt_service_fen(const struct receipt_service *service);

/* The name in the JSON; NULL for a number that is none. */
const char *receipt_kind_name(int kind);
const char *receipt_complaint_name(int complaint_kind);

/* receipt_json.c, receipt_text.c: the two halves of receipt_make. */
struct span receipt_json(struct arena *arena, const struct receipt *receipt, struct str text);
struct str receipt_text(struct arena *arena, const struct receipt *receipt);
