/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/pick.h"

/* A link's share of the run's numbers. */
#define LINK_NUMBERS UINT64_C(1000000000)
/* A prime that no supply of a community is a multiple of: k × it runs through all of them. */
#define JUMP UINT64_C(7919)

void pick_init(struct pick *pick, const struct pick_town *town, unsigned link)
{
	*pick = (struct pick){
		.town = town,
		.person = link % town->group,
		.random = (town->base + link + 1) * UINT64_C(0x9e3779b97f4a7c15),
		.key_next = town->base + link * LINK_NUMBERS,
	};
	assert(town->communities >= town->group);
	assert(town->rows % town->communities == 0);
	assert(town->hot % town->communities == 0 && town->hot > 0 && town->hot <= town->rows);
	assert(town->supply % town->communities == 0 && town->supply <= town->rows);
}

/* xorshift64*, below `max`. */
static uint64_t random_below(struct pick *pick, uint64_t max)
{
	pick->random ^= pick->random >> 12;
	pick->random ^= pick->random << 25;
	pick->random ^= pick->random >> 27;
	return (pick->random * UINT64_C(0x2545f4914f6cdd1d) >> 33) % max;
}

/* Communities of this person. */
static uint64_t own_count(const struct pick *pick)
{
	return (pick->town->communities - pick->person + pick->town->group - 1) / pick->town->group;
}

static struct pick_target target_of(struct pick *pick, uint64_t community, uint64_t row)
{
	uint64_t team = row % NUMBER_TEAMS;
	uint64_t dwelling = row / NUMBER_TEAMS % NUMBER_DWELLINGS;

	return (struct pick_target){
		.community = community,
		.team = community * NUMBER_TEAMS + team,
		.place = community * NUMBER_COMMUNITY_PLACES + team * NUMBER_TEAM_PLACES + 10 + dwelling,
		.complaint = community + pick->town->communities * row,
		.key = pick->key_next++,
	};
}

struct pick_target pick_any(struct pick *pick)
{
	const struct pick_town *town = pick->town;
	uint64_t community = pick->person + random_below(pick, own_count(pick)) * town->group;

	uint64_t oldest = (town->rows - town->hot) / town->communities;

	return target_of(pick, community, oldest + random_below(pick, town->hot / town->communities));
}

bool pick_supply(struct pick *pick, struct pick_target *out)
{
	const struct pick_town *town = pick->town;
	uint64_t each = town->supply / town->communities;
	uint64_t community = pick->person + pick->asked % own_count(pick) * town->group;
	uint64_t turn = pick->asked / own_count(pick);

	if (turn >= each) {
		return false;
	}
	pick->asked++;
	*out = target_of(
		pick, community, (town->rows - town->supply) / town->communities + turn * JUMP % each);
	return true;
}
