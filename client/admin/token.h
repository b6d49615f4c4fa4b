/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a session is resumed with: a secret of 32 bytes. It is kept in NAME.session (mode 0600)
 * between two runs of the program, and wiped from memory as soon as it was used.
 */
#pragma once

#include "common/err.h"
#include "common/span.h"

struct fault;

#define TOKEN_BYTES 32

struct token {
	uint8_t bytes[TOKEN_BYTES];
	int64_t ends_us; /* UTC; the session may end earlier */
};

/* As text and back: 64 hexadecimal digits, a blank, ends_us, a line feed. */
#define TOKEN_TEXT_MAX 96
void token_format(const struct token *token, char out[TOKEN_TEXT_MAX]);
bool token_parse(struct str text, struct token *out) must_check;

/* False where nobody is logged in, or the file is not one of ours. */
bool token_load(const char *profile_name, struct token *out) must_check;
enum err token_save(
	const char *profile_name, const struct token *token, struct fault *fault) must_check;
void token_forget(const char *profile_name);

void token_wipe(struct token *token);
