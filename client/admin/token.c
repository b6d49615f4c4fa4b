/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/token.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/admin/fault.h"
#include "client/admin/home.h"

#define ENDING "session"

void token_wipe(struct token *token)
{
	explicit_bzero(token, sizeof(*token));
}

void token_format(const struct token *token, char out[TOKEN_TEXT_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < TOKEN_BYTES; i++) {
		len += (size_t)snprintf(out + len, TOKEN_TEXT_MAX - len, "%02x", token->bytes[i]);
	}
	(void)snprintf(out + len, TOKEN_TEXT_MAX - len, " %" PRId64 "\n", token->ends_us);
}

/* The value of a hexadecimal digit; -1 for anything else. */
static int digit_value(char digit)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = digit == '\0' ? NULL : strchr(digits, digit);

	return found == NULL ? -1 : (int)(found - digits);
}

bool token_parse(struct str text, struct token *out)
{
	char end_text[32];
	size_t end_len;
	struct token token;

	if (text.len < 2 * TOKEN_BYTES + 2 || text.len >= 2 * TOKEN_BYTES + sizeof(end_text)) {
		return false;
	}
	for (size_t i = 0; i < TOKEN_BYTES; i++) {
		int high = digit_value(text.ptr[2 * i]);
		int low = digit_value(text.ptr[2 * i + 1]);

		if (high < 0 || low < 0) {
			return false;
		}
		token.bytes[i] = (uint8_t)(high << 4 | low);
	}
	end_len = text.len - 2 * TOKEN_BYTES;
	memcpy(end_text, text.ptr + 2 * TOKEN_BYTES, end_len);
	end_text[end_len] = '\0';
	token.ends_us = strtoll(end_text, NULL, 10);
	*out = token;
	token_wipe(&token);
	return true;
}

bool token_load(const char *profile_name, struct token *out)
{
	struct arena arena;
	struct fault fault = {0};
	struct str text = {0};
	bool is_loaded = false;

	arena_init(&arena, 2 * HOME_FILE_BYTES_MAX);
	if (home_read(profile_name, ENDING, &arena, &text, &fault) == ERR_OK) {
		is_loaded = token_parse(text, out);
		explicit_bzero((char *)text.ptr, text.len); /* the arena's own memory */
	}
	fault_fini(&fault);
	arena_fini(&arena);
	return is_loaded;
}

enum err token_save(const char *profile_name, const struct token *token, struct fault *fault)
{
	char text[TOKEN_TEXT_MAX];
	enum err err;

	token_format(token, text);
	err = home_replace(profile_name, ENDING, str_from_c(text), fault);
	explicit_bzero(text, sizeof(text));
	return err;
}

void token_forget(const char *profile_name)
{
	home_remove(profile_name, ENDING);
}
