/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text as what lies on this machine or is typed at it: guanjia.conf and --set, profiles, the files
 * beside them, times, days, amounts, materials. The first byte of an input chooses. What must hold: each is
 * refused with words where there are any, or understood; and what was understood, written and read again,
 * is the same.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client/admin/amount.h"
#include "client/admin/category.h"
#include "client/admin/day.h"
#include "client/admin/fault.h"
#include "client/admin/material.h"
#include "client/admin/profile.h"
#include "client/admin/recent.h"
#include "client/admin/token.h"
#include "client/admin/when.h"
#include "server/config.h"
#include "tests/fuzz/fuzz.h"

#define BUDGET_BYTES ((size_t)4 * 1024 * 1024)
#define TEXT_BYTES_MAX ((size_t)64 * 1024)

/* A folder whose guanjia.conf is the file of `config_fd`. */
static char folder[] = "/tmp/guanjia-fuzz-XXXXXX";
static char config_link[sizeof(folder) + 16];
static int config_fd = -1;

static void remove_folder(void)
{
	(void)unlink(config_link);
	(void)rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char target[64];

	(void)argc;
	(void)argv;
	config_fd = memfd_create("guanjia.conf", 0);
	must(config_fd >= 0 && mkdtemp(folder) != NULL);
	(void)snprintf(target, sizeof(target), "/proc/self/fd/%d", config_fd);
	(void)snprintf(config_link, sizeof(config_link), "%s/guanjia.conf", folder);
	must(symlink(target, config_link) == 0);
	(void)atexit(remove_folder);
	return 0;
}

static bool is_within(int64_t value, int64_t low, int64_t high)
{
	return low <= value && value <= high;
}

/* The texts of a config that was let in end, and its numbers are within their rows. */
static void check_config(const struct config *config)
{
#define CHECK_TEXT(name, low, high) must(is_within((int64_t)strlen(config->name), low, high));
#define CHECK_WHOLE(name, low, high) must(is_within(config->name, low, high));
#define C(name, type, unit, value, min, max, when, text) CHECK_##type(name, min, max)
#include "server/config.def"
#undef C
#undef CHECK_WHOLE
#undef CHECK_TEXT
}

static void try_config(struct arena *arena, const char *text)
{
	const char *set = text[0] == '\0' || strchr(text, '\n') != NULL ? NULL : text;
	struct config config;
	struct config_fault fault = {.text = ""};
	size_t len = strlen(text);

	must(ftruncate(config_fd, 0) == 0);
	must(pwrite(config_fd, text, len, 0) == (ssize_t)len);
	config_init(&config, folder);
	if (config_load(&config, arena, &set, set != NULL ? 1 : 0, &fault) == ERR_OK) {
		check_config(&config);
	} else {
		must(fault.text[0] != '\0' && memchr(fault.text, 0, sizeof(fault.text)) != NULL);
	}
}

static void try_profile(struct arena *arena, const char *text)
{
	struct profile once;
	struct profile again;
	struct fault fault = {.err = ERR_OK};
	struct str written;

	if (profile_parse("fuzz", text, &once, &fault) == ERR_OK) {
		if (profile_write(&once, arena, &written, &fault) == ERR_OK && !arena->failed) {
			char *copy = arena_alloc(arena, written.len + 1);

			must(copy != NULL);
			memcpy(copy, written.ptr, written.len);
			must(profile_parse("fuzz", copy, &again, &fault) == ERR_OK);
			must(strcmp(once.host, again.host) == 0 && once.port == again.port);
			must(strcmp(once.login, again.login) == 0);
			must(strcmp(once.ca_path, again.ca_path) == 0);
			must(strcmp(once.community, again.community) == 0);
			must(uuid_equal(once.device_id, again.device_id));
		}
	} else {
		must(fault.err == ERR_CONFIG);
	}
	fault_fini(&fault);
}

static void try_recent(struct arena *arena, const char *text)
{
	struct recent once = {.count = 0};
	struct recent again = {.count = 0};
	const struct recent_row *found = NULL;

	recent_parse(&once, str_from_c(text));
	must(once.count <= COUNT(once.rows));
	recent_parse(&again, recent_format(&once, arena));
	must(arena->failed || again.count == once.count);
	(void)recent_find(&once, text, NULL, &found);
}

static void try_token(struct arena *arena, const char *text)
{
	char written[TOKEN_TEXT_MAX];
	struct token once;
	struct token again;

	(void)arena;
	if (token_parse(str_from_c(text), &once)) {
		token_format(&once, written);
		must(token_parse(str_from_c(written), &again) && again.ends_us == once.ends_us);
		must(memcmp(once.bytes, again.bytes, sizeof(once.bytes)) == 0);
	}
}

static void try_when(struct arena *arena, const char *text)
{
	char written[WHEN_TEXT_MAX];
	int64_t once = INT64_MIN;
	int64_t again = 0;
	uint32_t day = 0;
	uint32_t day_again = 0;

	(void)arena;
	if (when_parse(str_from_c(text), "UTC", &once)) {
		when_format_seconds(once, "UTC", written);
		must(when_parse(str_from_c(written), "UTC", &again) && again == once);
	} else {
		must(once == INT64_MIN);
	}
	must(!when_parse(str_from_c(text), "Asia/Shanghai", &again) || again > INT64_MIN);
	if (day_parse(str_from_c(text), &day)) {
		char day_text[DAY_TEXT_MAX];

		must(day_parse(str_from_c(day_format(day, day_text)), &day_again) && day_again == day);
	}
}

static void try_amount(struct arena *arena, const char *text)
{
	Pb__Material material = PB__MATERIAL__INIT;
	uint64_t amount = UINT64_MAX;
	uint32_t number = 0;

	for (unsigned decimals = 0; decimals <= AMOUNT_DECIMALS_MAX; decimals++) {
		must(!amount_parse(str_from_c(text), decimals, 1000000, &amount) || amount <= 1000000);
	}
	if (material_parse(str_from_c(text), arena, &material) == MATERIAL_OK) {
		bool is_named = material.name != NULL && material.unit != NULL;

		must(is_named != (material.code != NULL)); /* written out, or of the list */
		must(!is_named || (material.name[0] != '\0' && material.unit[0] != '\0'));
	}
	must(!category_parse(str_from_c(text), &number) || number > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const tries[])(struct arena *, const char *) = {
		try_config, try_profile, try_recent, try_token, try_when, try_amount};
	struct arena arena;
	char *text;

	if (size == 0 || size > TEXT_BYTES_MAX) {
		return 0;
	}
	text = malloc(size); /* exactly: a read too far is seen */
	must(text != NULL);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	arena_init(&arena, BUDGET_BYTES);
	tries[data[0] % COUNT(tries)](&arena, text);
	arena_fini(&arena);
	free(text);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
	if (size == 0 || seed % 32 == 0) {
		return LLVMFuzzerMutate(data, size, size_max);
	}
	return 1 + LLVMFuzzerMutate(data + 1, size - 1, size_max - 1); /* the same kind of text */
}
