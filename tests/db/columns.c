/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/db/columns.h"

#define ACCOUNT "utttsi"
#define GRANT "uussuuuzzi"
#define COMMUNITY "uttit"
#define TEAM "uut"
#define CREW "utS"
#define PLACE "uusttuu"
#define COMPLAINT \
	"uudissssttzuuzzzztzsz" \
	"usttsBssss" \
	"utsszuzzttsszusuizzzs"
#define EVENT "xlzuusssiuuutuutssuuzzzsttstuss"
#define CARD "iiZZZllzzl"
#define RECEIPT "uuussbbtzzstbi"
#define DONE "it" /* of every command: version, minted */

static const char *const columns[STMT_COUNT] = {
	[STMT_epoch_get] = "l",
	[STMT_principal_get] = "uuzzttsilB",
	[STMT_principal_grants] = GRANT,
	[STMT_applied_get] = "bbt",
	[STMT_applied_confirm] = DONE,
	[STMT_standby_health] = "iiB",
	[STMT_standby_waits] = "i",
	[STMT_login_account] = ACCOUNT,
	[STMT_login_delays] = "tBz",
	[STMT_login_known_device] = "B",
	[STMT_login_holds_role] = "B",
	[STMT_session_open] = DONE,
	[STMT_login_failed] = DONE,
	[STMT_session_touch] = DONE,
	[STMT_session_end] = DONE,
	[STMT_sweep_sessions] = "",
	[STMT_sweep_failures] = "",
	[STMT_sweep_applied] = "",
	[STMT_sweep_codes] = "",
	[STMT_sweep_outgoing] = "",
	[STMT_account_get] = ACCOUNT,
	[STMT_account_list] = ACCOUNT,
	[STMT_account_create] = DONE,
	[STMT_account_password] = DONE,
	[STMT_account_leave] = DONE,
	[STMT_grant_get] = GRANT,
	[STMT_grant_list] = GRANT,
	[STMT_grant_overlap] = "u",
	[STMT_grant_add] = DONE,
	[STMT_grant_end] = DONE,
	[STMT_time_zone_get] = "B",
	[STMT_community_get] = COMMUNITY,
	[STMT_community_by_name] = COMMUNITY,
	[STMT_community_list] = COMMUNITY,
	[STMT_community_day] = "d",
	[STMT_community_create] = DONE,
	[STMT_team_get] = TEAM,
	[STMT_team_by_name] = TEAM,
	[STMT_team_list] = TEAM,
	[STMT_team_members] = "uutszz",
	[STMT_crew_members] = "uutszz",
	[STMT_team_create] = DONE,
	[STMT_crew_get] = CREW,
	[STMT_crew_by_name] = CREW,
	[STMT_crew_list] = CREW,
	[STMT_crew_create] = DONE,
	[STMT_crew_change] = DONE,
	[STMT_place_get] = PLACE,
	[STMT_place_by_codes] = "ust",
	[STMT_place_by_ids] = "ust",
	[STMT_place_list] = PLACE,
	[STMT_place_create] = DONE,
	[STMT_place_import] = DONE,
	[STMT_patch_by_places] = "uudd",
	[STMT_patch_list] = "uuuuddt",
	[STMT_patch_assign] = DONE,
	[STMT_complaint_get] = COMPLAINT,
	[STMT_complaint_events] = EVENT,
	[STMT_complaint_list] = COMPLAINT,
	[STMT_complaint_list_waiting] = COMPLAINT,
	[STMT_complaint_list_teams] = COMPLAINT,
	[STMT_complaint_search] = COMPLAINT,
	[STMT_complaint_by_phone] = COMPLAINT,
	[STMT_complaint_by_number] = COMPLAINT,
	[STMT_complaint_list_due] = COMPLAINT,
	[STMT_complaint_contact_get] = "bbb",
	[STMT_complaint_officer] = "B",
	[STMT_complaint_is_master] = "B",
	[STMT_receipts_since] = "l",
	[STMT_complaint_around] = "tittttttttttt",
	[STMT_code_newest] = "ubzzsBl",
	[STMT_code_failed] = DONE,
	[STMT_code_send] = DONE,
	[STMT_complaints_resume] = DONE,
	[STMT_complaints_unmerge] = DONE,
	[STMT_complaints_archive] = DONE,
	[STMT_receipt_locate] = "uuu",
	[STMT_source_delay] = "z",
	[STMT_receipt_get] = RECEIPT,
	[STMT_receipt_list] = RECEIPT,
	[STMT_worker_may] = "B",
	[STMT_busy_others] = "B",
	[STMT_complaint_handled] = "B",
	[STMT_respondent_roles] = "s",
	[STMT_place_around] = "titsttutt",
	[STMT_complaint_submit] = DONE,
	[STMT_complaint_step] = DONE,
	[STMT_complaint_step_full] = DONE,
	[STMT_clock_turn] = "lllxllx",
	[STMT_clock_events] = "xluuzssszzssszz" CARD,
	[STMT_clock_due] = "uuz" CARD,
	[STMT_clock_provisional] = "uuz" CARD,
	[STMT_clock_write] = DONE,
	[STMT_complaint_clock_get] = "ZZZlzzlzs",
	[STMT_almanac_promises] = "iidsssssSL",
	[STMT_almanac_years] = "s",
	[STMT_almanac_days] = "dB",
	[STMT_almanac_communities] = "utss",
	[STMT_almanac_zones] = "tzi",
	[STMT_reminders_due] = "uuiszzsttibb",
	[STMT_reminders_write] = DONE,
	[STMT_merged_due] = "uuisutittustbb",
	[STMT_merged_write] = DONE,
	[STMT_outgoing_claim] = "uussbzit",
	[STMT_outgoing_sent] = "",
	[STMT_outgoing_again] = "",
	[STMT_outgoing_given_up] = "",
	[STMT_outgoing_waiting] = "ll",
	[STMT_feed_start] = "lx",
	[STMT_feed_read] = EVENT "ssuu",
};

const char *columns_of(enum stmt stmt)
{
	assert(stmt < STMT_COUNT);
	assert(columns[stmt] != NULL); /* a new statement: its columns belong above */
	return columns[stmt];
}
