/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Backups in the record: topic 18, one subject for all of them, the backup's name as the number, and as
 * words who did it on which machine. A restored database does not know of the backup that it was made
 * of, nor of later ones: so doctor asks for a new one.
 */
#pragma once

#include "common/base.h"

#define BACKUP_TOPIC 18
/* Also in stmt.def, backup_last. */
#define BACKUP_SUBJECT "18181818-1818-8818-9818-181818181818"

enum backup_step {
	BACKUP_TAKEN = 1,
	BACKUP_RESTORED = 2,
};

/*
 * Writes the event, as guanjia_app or above.
 *
 *   returns  false where the database does not take it
 */
bool backup_event_record(const char *conninfo, enum backup_step step, const char *name) must_check;
