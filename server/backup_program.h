/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PostgreSQL's own programs that copy a cluster and check a copy, run to their end however long that
 * takes. They end when we are killed.
 */
#pragma once

#include "server/backup_mark.h"
#include "server/config.h"

/*
 * Runs a program.
 *
 *   argv     NULL-terminated; argv[0] is its path
 *   what     begins the fault, before the line in which the program says why
 *   failed   returned where it ends with anything but 0; ERR_CONFIG where it cannot be started
 */
enum err backup_program_run(
	const char *const *argv, enum err failed, const char *what, struct backup_fault *out_fault);

/* A copy of the running cluster, with the log that makes it consistent, into a folder that is absent. */
enum err backup_program_copy(const struct config *config, const char *conninfo, const char *target,
	struct backup_fault *out_fault);

/* Each file of such a copy is there, with its size and SHA-256, and the log can be read. */
enum err backup_program_verify(
	const struct config *config, const char *cluster, struct backup_fault *out_fault);

/* The major version of the PostgreSQL in postgres_bin. */
enum err backup_program_version(
	const struct config *config, uint64_t *out, struct backup_fault *out_fault);
