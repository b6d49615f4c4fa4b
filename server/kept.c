/* SPDX-License-Identifier: Apache-2.0 */
#include "server/kept.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "server/data_file.h"

#define KEY_NAME "keys/server.key"
#define KEY_BYTES 32
#define FILE_BYTES_MAX ((size_t)1024 * 1024)

static const char *const folders[] = {"keys", "tls"};

static enum err read_file(struct kept *kept, const char *dir, const char *name, struct arena *arena,
	struct backup_fault *fault)
{
	char path[PATH_MAX];
	struct stat stat;
	uint8_t *bytes;
	size_t len = 0;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (kept->count == KEPT_FILES_MAX) {
		return backup_fail(
			fault, ERR_INPUT, "'%.400s' has more than %d files", dir, KEPT_FILES_MAX);
	}
	if (lstat(path, &stat) != 0 || !S_ISREG(stat.st_mode) ||
		(uint64_t)stat.st_size > FILE_BYTES_MAX) {
		return backup_fail(fault, ERR_INPUT, "'%.400s' is no file of a data directory", path);
	}
	bytes = arena_alloc(arena, (size_t)stat.st_size + 1);
	if (bytes == NULL || !data_file_read(path, bytes, (size_t)stat.st_size, &len)) {
		return backup_fail(fault, ERR_INPUT, "'%.400s': %s", path, strerror(errno));
	}
	kept->files[kept->count].name = arena_c_string(arena, str_from_c(name));
	kept->files[kept->count].bytes = span_of(bytes, len);
	kept->count++;
	return ERR_OK;
}

static enum err read_folder(struct kept *kept, const char *dir, const char *folder,
	struct arena *arena, struct backup_fault *fault)
{
	char path[PATH_MAX];
	struct dirent *entry;
	enum err err = ERR_OK;
	DIR *list;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, folder);
	list = opendir(path);
	if (list == NULL) {
		return errno == ENOENT
		           ? ERR_OK
		           : backup_fail(fault, ERR_INPUT, "'%.400s': %s", path, strerror(errno));
	}
	while (err == ERR_OK && (entry = readdir(list)) != NULL) {
		char name[512];

		if (entry->d_name[0] == '.') {
			continue;
		}
		(void)snprintf(name, sizeof(name), "%s/%s", folder, entry->d_name);
		err = read_file(kept, dir, name, arena, fault);
	}
	(void)closedir(list);
	return err;
}

enum err kept_read(
	struct kept *kept, const char *dir, struct arena *arena, struct backup_fault *out_fault)
{
	enum err err = ERR_OK;

	*kept = (struct kept){.count = 0};
	for (size_t i = 0; i < COUNT(folders) && err == ERR_OK; i++) {
		err = read_folder(kept, dir, folders[i], arena, out_fault);
	}
	if (err == ERR_OK && kept_find(kept, KEY_NAME).len != KEY_BYTES) {
		err = backup_fail(
			out_fault, ERR_INPUT, "'%.400s' has no '" KEY_NAME "' of %d bytes", dir, KEY_BYTES);
	}
	return err;
}

struct span kept_find(const struct kept *kept, const char *name)
{
	for (size_t i = 0; i < kept->count; i++) {
		if (strcmp(kept->files[i].name, name) == 0) {
			return kept->files[i].bytes;
		}
	}
	return span_of(NULL, 0);
}

bool kept_write(const struct kept *kept, const char *dir)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < COUNT(folders) && kept->count > 0; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, folders[i]);
		if (!data_file_mkdir(path)) {
			return false;
		}
	}
	for (size_t i = 0; i < kept->count; i++) {
		mode_t mode = strcmp(kept->files[i].name, KEY_NAME) == 0 ? 0400 : 0600;

		(void)snprintf(path, sizeof(path), "%s/%s", dir, kept->files[i].name);
		if (!data_file_write(path, mode, kept->files[i].bytes)) {
			return false;
		}
	}
	return true;
}

void kept_fini(struct kept *kept)
{
	for (size_t i = 0; i < kept->count; i++) {
		explicit_bzero((void *)(uintptr_t)kept->files[i].bytes.ptr, kept->files[i].bytes.len);
	}
	kept->count = 0;
}
