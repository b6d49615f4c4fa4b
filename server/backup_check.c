/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "server/backup.h"
#include "server/backup_program.h"
#include "server/keys.h"

void backup_key_mark(const uint8_t root[32], char out[33])
{
	uint8_t derived[KEYS_DERIVED_BYTES];
	struct keys keys;

	static_assert(KEYS_ROOT_BYTES == 32, "as backup.h says");
	memcpy(keys.root, root, KEYS_ROOT_BYTES);
	keys_derive(&keys, "backup mark", derived);
	keys_close(&keys);
	for (size_t i = 0; i < 16; i++) {
		(void)snprintf(out + 2 * i, 3, "%02x", derived[i]);
	}
	explicit_bzero(derived, sizeof(derived));
}

/* A file of the backup against the mark's word; "-" says that there was none. */
static enum err check_file(
	const char *dir, const char *name, const char *expected, struct backup_fault *fault)
{
	char path[PATH_MAX];
	char found[BACKUP_SHA256_HEX];

	if (strcmp(expected, "-") == 0) {
		return ERR_OK;
	}
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (!backup_sha256_file(path, found)) {
		return backup_fail(
			fault, errno == EACCES ? ERR_INPUT : ERR_BACKUP, "'%.500s': %s", path, strerror(errno));
	}
	if (strcmp(found, expected) != 0) {
		return backup_fail(fault, ERR_BACKUP, "'%.500s' is not as it was taken", path);
	}
	return ERR_OK;
}

enum err backup_check(const struct config *config, const char *path, struct backup_mark *out,
	struct backup_fault *out_fault)
{
	struct backup_mark mark;
	char cluster[PATH_MAX];
	size_t len = strlen(path);
	enum err err;

	if (len > 5 && strcmp(path + len - 5, ".part") == 0) {
		return backup_fail(out_fault, ERR_BACKUP, "'%.500s' was never finished", path);
	}
	err = backup_mark_read(&mark, path, out_fault);
	if (err == ERR_OK) {
		err = check_file(path, "pg/backup_manifest", mark.manifest, out_fault);
	}
	if (err == ERR_OK) {
		err = check_file(path, "guanjia.conf", mark.settings, out_fault);
	}
	if (err == ERR_OK) {
		err = check_file(path, "category_words.csv", mark.words, out_fault);
	}
	if (err == ERR_OK) {
		(void)snprintf(cluster, sizeof(cluster), "%s/pg", path);
		err = backup_program_verify(config, cluster, out_fault);
	}
	if (err == ERR_OK) {
		*out = mark;
	}
	return err;
}
