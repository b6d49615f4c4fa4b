/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A receipt as people read it, on paper or in a message: one line a fact, each with its label, so that it
 * can be read out on the telephone.
 */
#include "server/receipt.h"

#include "server/slip.h"

#define DAY_CHARS 10 /* "2026-03-05" */

enum word {
#define WORD(name, zh, en) WORD_##name,
#include "server/receipt.def"
#undef WORD
	WORD_COUNT
};

struct words {
	struct str zh, en;
};

static const struct words words[] = {
#define WORD(name, zh, en) {{zh, sizeof(zh) - 1}, {en, sizeof(en) - 1}},
#include "server/receipt.def"
#undef WORD
};
static_assert(COUNT(words) == WORD_COUNT, "a row per word");

/* What is being rendered. */
struct rendering {
	struct slip slip;
	enum receipt_language language;
};

static struct str choose(const struct rendering *to, struct words both)
{
	assert(to->language == RECEIPT_ZH || to->language == RECEIPT_EN);
	return to->language == RECEIPT_ZH ? both.zh : both.en;
}

static struct str word(const struct rendering *to, enum word name)
{
	return choose(to, words[name]);
}

static struct words title_of(enum receipt_kind kind)
{
	switch (kind) {
#define KIND(number, name, zh, en) \
	case RECEIPT_##name: \
		return (struct words){STR(zh), STR(en)};
#include "server/receipt.def"
#undef KIND
	}
	unreachable();
}

static struct words matter_of(int complaint_kind)
{
	switch (complaint_kind) {
#define COMPLAINT(number, name, zh, en) \
	case number: \
		return (struct words){STR(zh), STR(en)};
#include "server/receipt.def"
#undef COMPLAINT
	}
	unreachable();
}

/* --- lines --- */

static void put_word(struct rendering *to, enum word name)
{
	slip_line(&to->slip, word(to, name));
}

/* A label and what follows it; no line at all for an optional text that is empty. */
static void put_fact(struct rendering *to, enum word label, struct str fact)
{
	struct str name = word(to, label);

	if (fact.len > 0) {
		slip_line(&to->slip, arena_join(to->slip.arena, (struct str[]){name, fact}, 2));
	}
}

/* 报修，给排水 */
static void put_matter(struct rendering *to, int complaint_kind, struct str category)
{
	struct str matter = choose(to, matter_of(complaint_kind));
	struct str comma = word(to, WORD_MATTER_MORE);

	if (category.len > 0) {
		matter = arena_join(to->slip.arena, (struct str[]){matter, comma, category}, 3);
	}
	put_fact(to, WORD_MATTER, matter);
}

/* The day once, where both ends are on it: 2026-03-06 09:00 至 11:00 */
static void put_window(struct rendering *to, struct str from, struct str end)
{
	struct str until = word(to, WORD_UNTIL);
	bool is_one_day = from.len > DAY_CHARS + 1 && end.len > DAY_CHARS + 1 &&
	                  memcmp(from.ptr, end.ptr, DAY_CHARS + 1) == 0;

	if (is_one_day) {
		end = str_of(end.ptr + DAY_CHARS + 1, end.len - DAY_CHARS - 1);
	}
	put_fact(to, WORD_WINDOW, arena_join(to->slip.arena, (struct str[]){from, until, end}, 3));
}

/* --- materials --- */

static struct str money(struct rendering *to, int64_t fen)
{
	struct str front = word(to, WORD_MONEY_FRONT);
	struct str end = word(to, WORD_MONEY_END);

	return arena_printf(to->slip.arena, "%.*s%lld.%02lld%.*s", STR_ARG(front),
		(long long)(fen / 100), (long long)(fen % 100), STR_ARG(end));
}

/* 2000 → 2, 1500 → 1.5, 1 → 0.001 */
static struct str quantity(struct rendering *to, int64_t thousandths)
{
	struct str text = arena_printf(to->slip.arena, "%lld.%03lld", (long long)(thousandths / 1000),
		(long long)(thousandths % 1000));

	while (text.len > 0 && text.ptr[text.len - 1] == '0') {
		text.len--;
	}
	if (text.len > 0 && text.ptr[text.len - 1] == '.') {
		text.len--;
	}
	return text;
}

/* - 角阀：2个，单价15.00元，小计30.00元 */
static void put_material(struct rendering *to, const struct receipt_material *material)
{
	struct str name_end = word(to, WORD_NAME_END);
	struct str count = quantity(to, material->quantity);
	struct str gap = to->language == RECEIPT_ZH ? STR("") : STR(" ");
	struct str price_label = word(to, WORD_UNIT_PRICE);
	struct str price = money(to, material->price_fen);
	struct str amount_label = word(to, WORD_AMOUNT);
	struct str amount = money(to, receipt_material_fen(material));

	slip_line(&to->slip, arena_printf(to->slip.arena, "- %.*s%.*s%.*s%.*s%.*s%.*s%.*s%.*s%.*s",
							 STR_ARG(material->name), STR_ARG(name_end), STR_ARG(count),
							 STR_ARG(gap), STR_ARG(material->unit), STR_ARG(price_label),
							 STR_ARG(price), STR_ARG(amount_label), STR_ARG(amount)));
}

static void put_materials(struct rendering *to, const struct receipt_service *body)
{
	if (body->material_count == 0) {
		put_fact(to, WORD_MATERIALS, word(to, WORD_NONE));
		return;
	}
	put_word(to, WORD_MATERIALS);
	for (size_t i = 0; i < body->material_count; i++) {
		put_material(to, &body->materials[i]);
	}
	put_fact(to, WORD_TOTAL, money(to, receipt_service_fen(body)));
}

static void put_photos(struct rendering *to, int64_t count)
{
	struct str end = word(to, WORD_PHOTOS_END);

	put_fact(
		to, WORD_PHOTOS, arena_printf(to->slip.arena, "%lld%.*s", (long long)count, STR_ARG(end)));
}

/* --- kinds --- */

static void put_acknowledgement(struct rendering *to, const struct receipt_acknowledgement *body)
{
	put_matter(to, body->complaint_kind, body->category);
	put_fact(to, WORD_TEXT, body->text);
	put_fact(to, WORD_SUBMITTED, body->submitted);
	put_fact(to, WORD_PROMISED, body->promised);
	put_fact(to, WORD_CONTACT, body->contact);
}

static void put_appointment(struct rendering *to, const struct receipt_appointment *body)
{
	put_window(to, body->from, body->to);
	put_fact(to, WORD_CREW, body->crew);
	put_fact(to, WORD_PERSON, body->person);
	put_fact(to, WORD_CONTACT, body->contact);
}

static void put_service(struct rendering *to, const struct receipt_service *body)
{
	put_fact(to, WORD_SERVED_CREW, body->crew);
	put_fact(to, WORD_SERVED_BY, body->person);
	put_fact(to, WORD_ARRIVED, body->arrived);
	put_fact(to, WORD_FINISHED, body->finished);
	put_fact(to, WORD_RESULT, body->result);
	put_materials(to, body);
	put_photos(to, body->photo_count);
}

/* Between the head that all kinds have and their end: what is said at it, by kind. */
static enum word put_body(struct rendering *to, const struct receipt *receipt)
{
	switch (receipt->kind) {
	case RECEIPT_ACKNOWLEDGEMENT:
		put_acknowledgement(to, &receipt->acknowledgement);
		return WORD_KEEP;
	case RECEIPT_APPOINTMENT:
		put_appointment(to, &receipt->appointment);
		return WORD_CHANGE;
	case RECEIPT_SERVICE:
		put_service(to, &receipt->service);
		return WORD_SIGN;
	}
	unreachable();
}

struct str receipt_text(struct arena *arena, const struct receipt *receipt)
{
	struct rendering to = {.language = receipt->language};
	enum word ending;

	slip_init(&to.slip, arena);
	slip_line(&to.slip, receipt->community);
	slip_line(&to.slip, choose(&to, title_of(receipt->kind)));
	put_fact(&to, WORD_NUMBER, receipt->number);
	put_fact(&to, WORD_CODE, receipt->code);
	put_fact(&to, WORD_PLACE, receipt->place);
	ending = put_body(&to, receipt);
	put_fact(&to, WORD_ISSUED, receipt->issued);
	put_word(&to, ending);
	return slip_text(&to.slip);
}
