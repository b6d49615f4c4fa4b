/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ids of the benchmark's town: a kind and a number, so that the loader's SQL, pgbench's scripts
 * and this client name the same record without asking. A number has 19 decimal digits, which are
 * the last 19 hexadecimal digits of the uuid: in SQL ('e000000000000' || n)::uuid, whatever the
 * parameter's type.
 */
#pragma once

#include "common/uuid.h"

/* What is loaded counts from here. */
#define NUMBER_FIRST UINT64_C(1000000000000000000)

#define NUMBER_COMMUNITY 0xc
#define NUMBER_TEAM 0x7
#define NUMBER_PLACE 0xb
#define NUMBER_ACCOUNT 0xa
#define NUMBER_COMPLAINT 0xe
#define NUMBER_KEY 0xf

/* The size of a town; tests/bench/town.sql makes it. */
#define NUMBER_TEAMS 5               /* of a community */
#define NUMBER_DWELLINGS 20          /* of a team */
#define NUMBER_COMMUNITY_PLACES 1000 /* numbers that a community's places take */
#define NUMBER_TEAM_PLACES 100       /* and a team's of those; its dwellings follow its first ten */

struct uuid number_uuid(unsigned kind, uint64_t number);

/*
 * Account `person` of the group of so many that share the communities; its token is its id twice.
 */
struct uuid number_person(unsigned group, unsigned person);
