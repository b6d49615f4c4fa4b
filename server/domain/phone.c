/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/phone.h"

#include "common/utf8.h"
#include "server/domain/typed.h"

#define DIGITS_MAX 15       /* E.164 §6.1 */
#define ABROAD_DIGITS_MIN 7 /* country code and number of the smallest countries */
#define TYPED_DIGITS_MAX 18 /* 00 or 86 and 0 before it */
#define MOBILE_DIGITS 11
#define COUNTRY "86"
#define COUNTRY_DIGITS 2
#define MASK_TAIL 3 /* digits of a landline or foreign number that stay visible */
#define MASK_TAIL_MOBILE 4

/* The digits that were typed, without what stands between them. */
struct digits {
	char text[TYPED_DIGITS_MAX];
	size_t count;
	bool has_plus;
};

static bool read_digits(struct str typed, struct digits *out)
{
	size_t points;

	if (utf8_check(span_from_str(typed), &points) != UTF8_OK) {
		return false;
	}
	while (typed.len > 0) {
		char c = typed_char(utf8_next(&typed));

		if (c == '+' && out->count == 0 && !out->has_plus) {
			out->has_plus = true;
		} else if (c >= '0' && c <= '9' && out->count < TYPED_DIGITS_MAX) {
			out->text[out->count++] = c;
		} else if (c != ' ') {
			return false;
		}
	}
	return true;
}

static bool begins_with(struct str digits, struct str prefix)
{
	return digits.len >= prefix.len && memcmp(digits.ptr, prefix.ptr, prefix.len) == 0;
}

static struct str after(struct str digits, size_t count)
{
	return str_of(digits.ptr + count, digits.len - count);
}

static bool is_mobile(struct str national)
{
	return national.len == MOBILE_DIGITS && national.ptr[0] == '1' && national.ptr[1] >= '3';
}

/* How many digits the area code of a national number without its 0 has; 0 where it is no landline. */
static size_t area_digits(struct str national)
{
	if (national.len == 10 &&
		(begins_with(national, STR("10")) || begins_with(national, STR("2")))) {
		return 2;
	}
	if ((national.len == 10 || national.len == 11) && national.ptr[0] >= '3') {
		return 3;
	}
	return 0;
}

/* A number inside China, its 0 in front or not, to the form without. */
static bool read_national(struct str digits, struct str *out)
{
	if (begins_with(digits, STR("0"))) {
		digits = after(digits, 1);
	}
	if (!is_mobile(digits) && area_digits(digits) == 0) {
		return false;
	}
	*out = digits;
	return true;
}

static bool put_china(struct str digits, char out[PHONE_BYTES])
{
	struct str national;

	if (!read_national(digits, &national)) {
		return false;
	}
	memcpy(out, "+" COUNTRY, 1 + COUNTRY_DIGITS);
	memcpy(out + 1 + COUNTRY_DIGITS, national.ptr, national.len);
	out[1 + COUNTRY_DIGITS + national.len] = '\0';
	return true;
}

static bool put_international(struct str digits, char out[PHONE_BYTES])
{
	if (begins_with(digits, STR(COUNTRY))) {
		return put_china(after(digits, COUNTRY_DIGITS), out);
	}
	if (digits.len < ABROAD_DIGITS_MIN || digits.len > DIGITS_MAX || digits.ptr[0] == '0') {
		return false;
	}
	out[0] = '+';
	memcpy(out + 1, digits.ptr, digits.len);
	out[1 + digits.len] = '\0';
	return true;
}

bool phone_normalise(struct str typed, char out[PHONE_BYTES])
{
	struct digits read = {.count = 0};
	struct str digits;

	if (!read_digits(typed, &read)) {
		return false;
	}
	digits = str_of(read.text, read.count);
	if (read.has_plus) {
		return put_international(digits, out);
	}
	if (begins_with(digits, STR("00"))) {
		return put_international(after(digits, 2), out);
	}
	/* With 86 in front it has more digits than any number inside China. */
	if (begins_with(digits, STR(COUNTRY)) && digits.len > MOBILE_DIGITS) {
		return put_international(digits, out);
	}
	/* A landline without its 0 is more likely a mobile number with a digit missing. */
	if (!begins_with(digits, STR("0")) && !is_mobile(digits)) {
		return false;
	}
	return put_china(digits, out);
}

static bool is_e164(struct str text)
{
	if (text.len < 1 + ABROAD_DIGITS_MIN || text.len > 1 + DIGITS_MAX || text.ptr[0] != '+') {
		return false;
	}
	for (size_t i = 1; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9') {
			return false;
		}
	}
	return true;
}

/* `head`, then `digits` with all but its last `tail` as stars. */
static void put_masked(struct str head, struct str digits, size_t tail, char out[PHONE_BYTES])
{
	size_t stars = digits.len - tail;

	assert(tail <= digits.len && head.len + digits.len < PHONE_BYTES);
	memcpy(out, head.ptr, head.len);
	memset(out + head.len, '*', stars);
	memcpy(out + head.len + stars, digits.ptr + stars, tail);
	out[head.len + digits.len] = '\0';
}

/* "0991-****567"; the area code tells a city, not a person. */
static void put_masked_landline(struct str national, size_t area, char out[PHONE_BYTES])
{
	char head[5] = "0";

	memcpy(head + 1, national.ptr, area);
	head[1 + area] = '-';
	put_masked(str_of(head, area + 2), after(national, area), MASK_TAIL, out);
}

void phone_mask(struct str e164, char out[PHONE_BYTES])
{
	struct str national;

	if (!is_e164(e164)) {
		memcpy(out, "****", sizeof("****"));
		return;
	}
	if (!begins_with(e164, STR("+" COUNTRY))) {
		put_masked(STR("+"), after(e164, 1), MASK_TAIL, out);
		return;
	}
	national = after(e164, 1 + COUNTRY_DIGITS);
	if (is_mobile(national)) {
		put_masked(str_of(national.ptr, 3), after(national, 3), MASK_TAIL_MOBILE, out);
	} else if (area_digits(national) > 0) {
		put_masked_landline(national, area_digits(national), out);
	} else {
		put_masked(STR("+"), after(e164, 1), MASK_TAIL, out);
	}
}
