/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/place.h"

#include "common/utf8.h"

#define KIND_BIT(kind) (1U << (kind))
#define CONTROL_C1_FIRST 0x7F /* DEL and C1 */
#define CONTROL_C1_LAST 0x9F

enum { STANDS_ALONE = KIND_BIT(0) };

static const struct {
	unsigned stands; /* bits by kind of the parent, bit 0: alone */
	bool is_in_patches;
	const char *where;
} rows[] = {
#define ALONE STANDS_ALONE
#define IN(kind) KIND_BIT(PLACE_##kind)
#define PATCH true
#define NONE false
#define KIND(number, name, stands, patch, where) [PLACE_##name] = {stands, patch, where},
#include "server/domain/place.def"
#undef KIND
#undef NONE
#undef PATCH
#undef IN
#undef ALONE
};

/* Of two places in each other one would have the higher number: this is why there are no cycles. */
#define ALONE 0
#define IN(kind) KIND_BIT(PLACE_##kind)
#define KIND(number, name, stands, patch, where) \
	static_assert((stands) < KIND_BIT(number), "it stands in lower numbers only");
#include "server/domain/place.def"
#undef KIND
#undef IN
#undef ALONE

bool place_is_kind(int kind)
{
	return kind > 0 && (size_t)kind < COUNT(rows) && rows[kind].where != NULL;
}

bool place_may_stand(enum place_kind kind, int parent_kind)
{
	assert(place_is_kind((int)kind));
	return parent_kind >= 0 && (size_t)parent_kind < COUNT(rows) &&
	       (rows[kind].stands & KIND_BIT(parent_kind)) != 0;
}

bool place_is_in_patches(enum place_kind kind)
{
	assert(place_is_kind((int)kind));
	return rows[kind].is_in_patches;
}

const char *place_where(enum place_kind kind)
{
	assert(place_is_kind((int)kind));
	return rows[kind].where;
}

static bool holds_control(struct str text)
{
	while (text.len > 0) {
		uint32_t point = utf8_next(&text);

		if (point < ' ' || (point >= CONTROL_C1_FIRST && point <= CONTROL_C1_LAST)) {
			return true;
		}
	}
	return false;
}

/* What a typist cannot see: the usual blanks of Latin and Chinese text. */
static bool is_blank(uint32_t point)
{
	return point == ' ' || point == 0xA0 || point == 0x3000 || point == 0xFEFF ||
	       (point >= 0x2000 && point <= 0x200B);
}

static bool has_blank_end(struct str text)
{
	uint32_t last = 0;

	if (text.len > 0) {
		struct str rest = text;

		if (is_blank(utf8_next(&rest))) {
			return true;
		}
	}
	while (text.len > 0) {
		last = utf8_next(&text);
	}
	return is_blank(last);
}

/* More than so many characters; valid text, which came through the codec. */
static bool is_longer(struct str text, size_t points)
{
	return utf8_prefix(text, points).len < text.len;
}

struct place_fault place_code_fault(struct str code)
{
	if (code.len == 0) {
		return (struct place_fault){ERR_FIELD_MISSING, "1..32 characters"};
	}
	if (is_longer(code, PLACE_CODE_POINTS_MAX)) {
		return (struct place_fault){ERR_FIELD_LENGTH, "1..32 characters"};
	}
	if (holds_control(code) || has_blank_end(code)) {
		return (struct place_fault){ERR_FIELD_INVALID, "no controls, no blanks at its ends"};
	}
	return (struct place_fault){ERR_OK, ""};
}

struct place_fault place_name_fault(struct str name)
{
	if (is_longer(name, PLACE_NAME_POINTS_MAX)) {
		return (struct place_fault){ERR_FIELD_LENGTH, "0..64 characters"};
	}
	if (holds_control(name)) {
		return (struct place_fault){ERR_FIELD_INVALID, "no control characters"};
	}
	return (struct place_fault){ERR_OK, ""};
}

struct place_fault place_parent_fault(enum place_kind kind, int parent_kind)
{
	if (place_may_stand(kind, parent_kind)) {
		return (struct place_fault){ERR_OK, ""};
	}
	return (struct place_fault){
		parent_kind == 0 ? ERR_FIELD_MISSING : ERR_FIELD_INVALID, place_where(kind)};
}

enum place_handover place_assign(const struct place_patch *patches, size_t count,
	struct place_patch wanted, int32_t today, size_t *out_at)
{
	enum place_handover found = PLACE_IS_FREE;

	assert(wanted.from_day < wanted.to_day);
	if (wanted.from_day < today && count > 0) {
		return PLACE_IS_OVER;
	}
	for (size_t i = 0; i < count; i++) {
		const struct place_patch *patch = &patches[i];

		if (patch->to_day <= wanted.from_day || patch->from_day >= wanted.to_day ||
			patch->from_day == patch->to_day) {
			continue;
		}
		if (patch->from_day > wanted.from_day) {
			return PLACE_IS_PLANNED;
		}
		assert(found == PLACE_IS_FREE); /* the database lets no two overlap */
		found = PLACE_HANDS_OVER;
		*out_at = i;
	}
	return found;
}
