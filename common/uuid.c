/* SPDX-License-Identifier: Apache-2.0 */
#include "common/uuid.h"

#include "common/random.h"
#include "common/sha256.h"

static_assert(sizeof(struct uuid) == UUID_BYTES, "a uuid is its bytes");

const struct uuid uuid_nil;

/* RFC 9562 §4.1 and §4.2: the six bits that are not free. */
static void set_version(struct uuid *id, uint8_t version)
{
	id->bytes[6] = (uint8_t)((id->bytes[6] & 0x0F) | version << 4);
	id->bytes[8] = (uint8_t)((id->bytes[8] & 0x3F) | 0x80);
}

struct uuid uuid_v7(int64_t utc_us)
{
	struct uuid id;
	uint64_t utc_ms = (uint64_t)utc_us / 1000;

	assert(utc_us >= 0);
	assert(utc_ms < UINT64_C(1) << 48);
	for (int i = 0; i < 6; i++) {
		id.bytes[i] = (uint8_t)(utc_ms >> (40 - 8 * i));
	}
	random_bytes(id.bytes + 6, UUID_BYTES - 6);
	set_version(&id, 7);
	return id;
}

/* The six bits that are not free are overwritten, as in RFC 9562 appendix B.2. */
struct uuid uuid_v8(struct str source, struct str name)
{
	/* The NUL keeps ("ab", "c") and ("a", "bc") apart. */
	const struct span parts[] = {span_from_str(source), span_of("", 1), span_from_str(name)};
	uint8_t digest[SHA256_BYTES];
	struct uuid id;

	sha256_parts(parts, COUNT(parts), digest);
	memcpy(id.bytes, digest, UUID_BYTES);
	set_version(&id, 8);
	return id;
}

bool uuid_equal(struct uuid a, struct uuid b)
{
	return memcmp(a.bytes, b.bytes, UUID_BYTES) == 0;
}

bool uuid_is_nil(struct uuid id)
{
	return uuid_equal(id, uuid_nil);
}

int uuid_compare(struct uuid a, struct uuid b)
{
	return memcmp(a.bytes, b.bytes, UUID_BYTES);
}

struct uuid uuid_from_span(struct span bytes)
{
	struct uuid id;

	assert(bytes.len == UUID_BYTES);
	memcpy(id.bytes, bytes.ptr, UUID_BYTES);
	return id;
}

/* -1 for what is no hexadecimal digit; without the locale that isxdigit() asks. */
static int digit_value(char digit)
{
	if (digit >= '0' && digit <= '9') {
		return digit - '0';
	}
	if (digit >= 'a' && digit <= 'f') {
		return digit - 'a' + 10;
	}
	if (digit >= 'A' && digit <= 'F') {
		return digit - 'A' + 10;
	}
	return -1;
}

static bool hyphen_before_byte(size_t index)
{
	return index == 4 || index == 6 || index == 8 || index == 10;
}

bool uuid_parse(struct str text, struct uuid *out)
{
	const char *at = text.ptr;
	struct uuid id;

	assert(out != NULL);
	if (text.len != UUID_TEXT_LEN) {
		return false;
	}
	for (size_t i = 0; i < UUID_BYTES; i++) {
		int high;
		int low;

		if (hyphen_before_byte(i) && *at++ != '-') {
			return false;
		}
		high = digit_value(*at++);
		low = digit_value(*at++);
		if (high < 0 || low < 0) {
			return false;
		}
		id.bytes[i] = (uint8_t)(high << 4 | low);
	}
	assert(at == text.ptr + UUID_TEXT_LEN);
	*out = id;
	return true;
}

void uuid_format(struct uuid id, char out[UUID_TEXT_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";
	char *at = out;

	for (size_t i = 0; i < UUID_BYTES; i++) {
		if (hyphen_before_byte(i)) {
			*at++ = '-';
		}
		*at++ = digits[id.bytes[i] >> 4];
		*at++ = digits[id.bytes[i] & 0x0F];
	}
	*at = '\0';
	assert(at == out + UUID_TEXT_LEN);
}
