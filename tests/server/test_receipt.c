/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves every kind of receipt in both languages to the byte, JSON and text; what is left out where it is
 * empty; how money is rounded; that the words fit the protocol's numbers and the paper; and that memory
 * gives a whole receipt or none.
 */
#include "server/receipt.h"

#include <openssl/sha.h>

#include "complaint.pb-c.h"
#include "tests/check.h"

#define PLENTY (1024 * 1024)
#define HEX_BYTES (2 * RECEIPT_HASH_BYTES + 1)

/* Texts that all rows share, but for those that try something else. */
#define HEAD(kind_name, language_name) \
	.kind = RECEIPT_##kind_name, .language = RECEIPT_##language_name, \
	.code = STR("12-B8WY-62GN-F962-GZRZ"), .number = STR("20260305-0012"), \
	.issued = STR("2026-03-05 14:30"), .zone = STR("Asia/Shanghai")

static const struct receipt_material valves[] = {
	{STR("不锈钢角阀"), 2000, STR("个"), 1500},
	{STR("生料带"), 500, STR("卷"), 333},
};
static const struct receipt_material tape[] = {{STR("sealing tape"), 1250, STR("m"), 80}};

/* In the JSON, @ stands for SHA-256 of the text. */
static const struct receipt_case {
	struct receipt receipt;
	const char *json;
	const char *text;
} cases[] = {
	{{HEAD(ACKNOWLEDGEMENT, ZH), .community = STR("天山花园"), .place = STR("3号楼2单元501室"),
		 .acknowledgement = {2, STR("给排水"),
			 STR("厨房洗菜盆下水管漏水，已经漏到楼下，请尽快派人处理。"), STR("2026-03-05 14:28"),
			 STR("2026-03-05 16:28"), STR("一号楼管家组 0991-1234567")}},
		"{\"category\":\"给排水\",\"code\":\"12-B8WY-62GN-F962-GZRZ\",\"community\":\"天山花园\","
		"\"complaint_kind\":\"REPAIR\",\"complaint_text\":\"厨房洗菜盆下水管漏水，已经漏到楼下，"
		"请尽快派人处理。\",\"contact\":\"一号楼管家组 0991-1234567\",\"format\":1,"
		"\"issued\":\"2026-03-05 14:30\",\"kind\":\"ACKNOWLEDGEMENT\",\"language\":\"zh\","
		"\"number\":\"20260305-0012\",\"place\":\"3号楼2单元501室\","
		"\"promised\":\"2026-03-05 16:28\",\"submitted\":\"2026-03-05 14:28\","
		"\"text_sha256\":\"@\",\"zone\":\"Asia/Shanghai\"}",
		"天山花园\n"
		"受理回执\n"
		"受理编号：20260305-0012\n"
		"回执码：12-B8WY-62GN-F962-GZRZ\n"
		"地点：3号楼2单元501室\n"
		"类别：报修，给排水\n"
		"内容：厨房洗菜盆下水管漏水，已经漏到楼下，请尽快\n"
		"  派人处理。\n"
		"提交时间：2026-03-05 14:28\n"
		"答复时限：2026-03-05 16:28\n"
		"联系方式：一号楼管家组 0991-1234567\n"
		"出具时间：2026-03-05 14:30\n"
		"请妥善保管本回执及回执码。\n"},
	{{HEAD(ACKNOWLEDGEMENT, EN), .community = STR("Garden of the Springs"),
		 .acknowledgement = {1, STR(""), STR("Noise at night \"again\":\n\tblock 3\\4."),
			 STR("2026-03-05 14:28"), STR(""), STR("Team 1, 0991-1234567")}},
		"{\"code\":\"12-B8WY-62GN-F962-GZRZ\",\"community\":\"Garden of the Springs\","
		"\"complaint_kind\":\"COMPLAINT\","
		"\"complaint_text\":\"Noise at night \\\"again\\\":\\n\\tblock 3\\\\4.\","
		"\"contact\":\"Team 1, 0991-1234567\",\"format\":1,\"issued\":\"2026-03-05 14:30\","
		"\"kind\":\"ACKNOWLEDGEMENT\",\"language\":\"en\",\"number\":\"20260305-0012\","
		"\"submitted\":\"2026-03-05 14:28\",\"text_sha256\":\"@\",\"zone\":\"Asia/Shanghai\"}",
		"Garden of the Springs\n"
		"ACKNOWLEDGEMENT RECEIPT\n"
		"Number: 20260305-0012\n"
		"Receipt code: 12-B8WY-62GN-F962-GZRZ\n"
		"Kind: complaint\n"
		"Details: Noise at night \"again\": block 3\\4.\n"
		"Submitted: 2026-03-05 14:28\n"
		"Contact: Team 1, 0991-1234567\n"
		"Issued: 2026-03-05 14:30\n"
		"Please keep this receipt with its code.\n"},
	{{HEAD(APPOINTMENT, ZH), .community = STR("天山花园"), .place = STR("3号楼2单元501室"),
		 .appointment = {STR("2026-03-06 09:00"), STR("2026-03-06 11:00"), STR("水电班"),
			 STR("阿卜杜拉·阿卜杜热依木"), STR("一号楼管家组 0991-1234567")}},
		"{\"code\":\"12-B8WY-62GN-F962-GZRZ\",\"community\":\"天山花园\","
		"\"contact\":\"一号楼管家组 0991-1234567\",\"crew\":\"水电班\",\"format\":1,"
		"\"issued\":\"2026-03-05 14:30\",\"kind\":\"APPOINTMENT\",\"language\":\"zh\","
		"\"number\":\"20260305-0012\",\"person\":\"阿卜杜拉·阿卜杜热依木\","
		"\"place\":\"3号楼2单元501室\",\"text_sha256\":\"@\","
		"\"window_from\":\"2026-03-06 09:00\",\"window_to\":\"2026-03-06 11:00\","
		"\"zone\":\"Asia/Shanghai\"}",
		"天山花园\n"
		"预约回执\n"
		"受理编号：20260305-0012\n"
		"回执码：12-B8WY-62GN-F962-GZRZ\n"
		"地点：3号楼2单元501室\n"
		"上门时间：2026-03-06 09:00 至 11:00\n"
		"上门班组：水电班\n"
		"上门人员：阿卜杜拉·阿卜杜热依木\n"
		"联系方式：一号楼管家组 0991-1234567\n"
		"出具时间：2026-03-05 14:30\n"
		"如需改期，请及时与我们联系。\n"},
	{{HEAD(APPOINTMENT, EN), .community = STR("Garden of the Springs"),
		 .place = STR("Underground garage"),
		 .appointment = {STR("2026-03-06 22:00"), STR("2026-03-07 02:00"), STR("Lift crew"),
			 STR(""), STR("")}},
		"{\"code\":\"12-B8WY-62GN-F962-GZRZ\",\"community\":\"Garden of the Springs\","
		"\"crew\":\"Lift crew\",\"format\":1,\"issued\":\"2026-03-05 14:30\","
		"\"kind\":\"APPOINTMENT\",\"language\":\"en\",\"number\":\"20260305-0012\","
		"\"place\":\"Underground garage\",\"text_sha256\":\"@\","
		"\"window_from\":\"2026-03-06 22:00\",\"window_to\":\"2026-03-07 02:00\","
		"\"zone\":\"Asia/Shanghai\"}",
		"Garden of the Springs\n"
		"APPOINTMENT RECEIPT\n"
		"Number: 20260305-0012\n"
		"Receipt code: 12-B8WY-62GN-F962-GZRZ\n"
		"Place: Underground garage\n"
		"We come: 2026-03-06 22:00 to 2026-03-07 02:00\n"
		"Crew: Lift crew\n"
		"Issued: 2026-03-05 14:30\n"
		"To change the time, please contact us.\n"},
	{{HEAD(SERVICE, ZH), .community = STR("天山花园"), .place = STR("3号楼2单元501室"),
		 .service = {STR("水电班"), STR("阿卜杜拉·阿卜杜热依木"), STR("2026-03-06 09:12"),
			 STR("2026-03-06 10:05"), STR("更换角阀两个，试水不漏。"), valves, 2, 3}},
		"{\"arrived\":\"2026-03-06 09:12\",\"code\":\"12-B8WY-62GN-F962-GZRZ\","
		"\"community\":\"天山花园\",\"crew\":\"水电班\",\"finished\":\"2026-03-06 10:05\","
		"\"format\":1,\"issued\":\"2026-03-05 14:30\",\"kind\":\"SERVICE\",\"language\":\"zh\","
		"\"materials\":[{\"amount_fen\":3000,\"name\":\"不锈钢角阀\",\"price_fen\":1500,"
		"\"quantity_thousandths\":2000,\"unit\":\"个\"},{\"amount_fen\":167,"
		"\"name\":\"生料带\",\"price_fen\":333,\"quantity_thousandths\":500,\"unit\":\"卷\"}],"
		"\"number\":\"20260305-0012\",\"person\":\"阿卜杜拉·阿卜杜热依木\",\"photo_count\":3,"
		"\"place\":\"3号楼2单元501室\",\"result\":\"更换角阀两个，试水不漏。\","
		"\"text_sha256\":\"@\",\"total_fen\":3167,\"zone\":\"Asia/Shanghai\"}",
		"天山花园\n"
		"服务回执（签收单）\n"
		"受理编号：20260305-0012\n"
		"回执码：12-B8WY-62GN-F962-GZRZ\n"
		"地点：3号楼2单元501室\n"
		"服务班组：水电班\n"
		"服务人员：阿卜杜拉·阿卜杜热依木\n"
		"到场时间：2026-03-06 09:12\n"
		"完成时间：2026-03-06 10:05\n"
		"处理结果：更换角阀两个，试水不漏。\n"
		"使用材料：\n"
		"- 不锈钢角阀：2个，单价15.00元，小计30.00元\n"
		"- 生料带：0.5卷，单价3.33元，小计1.67元\n"
		"材料费合计：31.67元\n"
		"现场照片：3张\n"
		"出具时间：2026-03-05 14:30\n"
		"请核对以上内容后签收。\n"},
	{{HEAD(SERVICE, EN), .community = STR("Garden of the Springs"), .place = STR("3-2-501"),
		 .service = {STR("Plumbers"), STR("Li Wen"), STR("2026-03-06 09:12"),
			 STR("2026-03-06 10:05"), STR("Joint sealed anew."), tape, 1, 0}},
		"{\"arrived\":\"2026-03-06 09:12\",\"code\":\"12-B8WY-62GN-F962-GZRZ\","
		"\"community\":\"Garden of the Springs\",\"crew\":\"Plumbers\","
		"\"finished\":\"2026-03-06 10:05\",\"format\":1,\"issued\":\"2026-03-05 14:30\","
		"\"kind\":\"SERVICE\",\"language\":\"en\",\"materials\":[{\"amount_fen\":100,"
		"\"name\":\"sealing tape\",\"price_fen\":80,\"quantity_thousandths\":1250,"
		"\"unit\":\"m\"}],\"number\":\"20260305-0012\",\"person\":\"Li Wen\","
		"\"photo_count\":0,\"place\":\"3-2-501\",\"result\":\"Joint sealed anew.\","
		"\"text_sha256\":\"@\",\"total_fen\":100,\"zone\":\"Asia/Shanghai\"}",
		"Garden of the Springs\n"
		"SERVICE RECEIPT\n"
		"Number: 20260305-0012\n"
		"Receipt code: 12-B8WY-62GN-F962-GZRZ\n"
		"Place: 3-2-501\n"
		"Crew: Plumbers\n"
		"Done by: Li Wen\n"
		"Arrived: 2026-03-06 09:12\n"
		"Finished: 2026-03-06 10:05\n"
		"Result: Joint sealed anew.\n"
		"Materials:\n"
		"- sealing tape: 1.25 m, each CNY 0.80, amount\n"
		"  CNY 1.00\n"
		"Total for materials: CNY 1.00\n"
		"Photographs: 0\n"
		"Issued: 2026-03-05 14:30\n"
		"Please check the above before you sign.\n"},
	{{HEAD(SERVICE, ZH), .community = STR("天山花园"),
		 .service = {STR("绿化班"), STR(""), STR("2026-03-06 09:12"), STR("2026-03-06 10:05"),
			 STR("清理断枝。"), NULL, 0, 1}},
		"{\"arrived\":\"2026-03-06 09:12\",\"code\":\"12-B8WY-62GN-F962-GZRZ\","
		"\"community\":\"天山花园\",\"crew\":\"绿化班\",\"finished\":\"2026-03-06 10:05\","
		"\"format\":1,\"issued\":\"2026-03-05 14:30\",\"kind\":\"SERVICE\",\"language\":\"zh\","
		"\"materials\":[],\"number\":\"20260305-0012\",\"photo_count\":1,"
		"\"result\":\"清理断枝。\",\"text_sha256\":\"@\",\"total_fen\":0,"
		"\"zone\":\"Asia/Shanghai\"}",
		"天山花园\n"
		"服务回执（签收单）\n"
		"受理编号：20260305-0012\n"
		"回执码：12-B8WY-62GN-F962-GZRZ\n"
		"服务班组：绿化班\n"
		"到场时间：2026-03-06 09:12\n"
		"完成时间：2026-03-06 10:05\n"
		"处理结果：清理断枝。\n"
		"使用材料：无\n"
		"现场照片：1张\n"
		"出具时间：2026-03-05 14:30\n"
		"请核对以上内容后签收。\n"},
};

static void hex_sha256(struct str bytes, char out[HEX_BYTES])
{
	uint8_t hash[RECEIPT_HASH_BYTES];

	(void)SHA256((const uint8_t *)bytes.ptr, bytes.len, hash);
	for (size_t i = 0; i < sizeof(hash); i++) {
		(void)snprintf(out + 2 * i, 3, "%02x", hash[i]);
	}
}

/* The row's JSON with the hash in it. */
static struct str expected_json(struct arena *arena, const struct receipt_case *one)
{
	const char *at = strchr(one->json, '@');
	char hex[HEX_BYTES];

	assert(at != NULL);
	hex_sha256(str_from_c(one->text), hex);
	return arena_printf(arena, "%.*s%s%s", (int)(at - one->json), one->json, hex, at + 1);
}

static void test_every_kind_in_both_languages(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t hash[RECEIPT_HASH_BYTES];
		struct receipt_bytes made;
		struct arena arena;

		arena_init(&arena, PLENTY);
		receipt_make(&arena, &cases[i].receipt, &made);
		CHECK_STR_EQ(made.text, cases[i].text);
		CHECK_STR_EQ(
			str_of((const char *)made.json.ptr, made.json.len), expected_json(&arena, &cases[i]));
		(void)SHA256(made.json.ptr, made.json.len, hash);
		CHECK(memcmp(made.sha256, hash, sizeof(hash)) == 0);
		arena_fini(&arena);
	}
}

/* By another program (Python's json, keys sorted) over the first row: what was given out once must never come out otherwise. */
static void test_the_hash_is_the_same_for_ever(void)
{
	struct receipt_bytes made;
	char hex[HEX_BYTES];
	struct arena arena;

	arena_init(&arena, PLENTY);
	receipt_make(&arena, &cases[0].receipt, &made);
	hex_sha256(str_of((const char *)made.json.ptr, made.json.len), hex);
	CHECK_STR_EQ(hex, "fc819e150bfec3df15557adc6145ef43ecc404fe2a0d033afa7b2242bb54856e");
	arena_fini(&arena);
}

static void test_every_budget_gives_all_or_nothing(void)
{
	static const uint8_t no_hash[RECEIPT_HASH_BYTES] = {0};
	const struct receipt_case *one = &cases[4];
	size_t failed_count = 0;

	for (size_t bytes = 0; bytes < 16384; bytes += 64) {
		struct receipt_bytes made;
		struct arena arena;

		arena_init(&arena, bytes);
		receipt_make(&arena, &one->receipt, &made);
		failed_count += arena.failed;
		CHECK_STR_EQ(made.text, arena.failed ? "" : one->text);
		CHECK_INT_EQ(made.json.len > 0, !arena.failed);
		CHECK_INT_EQ(memcmp(made.sha256, no_hash, sizeof(no_hash)) == 0, arena.failed);
		arena_fini(&arena);
	}
	CHECK(failed_count > 0 && failed_count < 256);
}

static void test_half_a_fen_is_rounded_up(void)
{
	static const struct {
		int64_t quantity, price_fen, expected;
	} rows[] = {
		{0, 1500, 0},
		{1000, 0, 0},
		{1000, 1, 1},
		{499, 1, 0},
		{500, 1, 1},
		{501, 1, 1},
		{1499, 1, 1},
		{1500, 1, 2},
		{333, 1000, 333},
		{2000, 1500, 3000},
		{1, 499, 0},
		{1, 500, 1},
		{RECEIPT_QUANTITY_MAX, RECEIPT_PRICE_FEN_MAX, INT64_C(10000000000000)},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct receipt_material material = {
			STR("角阀"), rows[i].quantity, STR("个"), rows[i].price_fen};

		CHECK_INT_EQ(receipt_material_fen(&material), rows[i].expected);
	}
}

static void test_the_largest_receipt_can_be_made(void)
{
	struct receipt_material materials[RECEIPT_MATERIAL_MAX];
	struct receipt receipt = cases[4].receipt;
	struct receipt_bytes made;
	struct arena arena;

	for (size_t i = 0; i < RECEIPT_MATERIAL_MAX; i++) {
		materials[i] = (struct receipt_material){
			STR("不锈钢角阀"), RECEIPT_QUANTITY_MAX, STR("个"), RECEIPT_PRICE_FEN_MAX};
	}
	receipt.service.materials = materials;
	receipt.service.material_count = RECEIPT_MATERIAL_MAX;
	receipt.service.photo_count = RECEIPT_PHOTO_MAX;
	arena_init(&arena, PLENTY);
	receipt_make(&arena, &receipt, &made);
	CHECK(memmem(made.text.ptr, made.text.len, "合计：5000000000000.00元",
			  strlen("合计：5000000000000.00元")) != NULL);
	CHECK(memmem(made.json.ptr, made.json.len, "\"total_fen\":500000000000000,",
			  strlen("\"total_fen\":500000000000000,")) != NULL);
	arena_fini(&arena);
}

static void test_complaint_kinds_are_those_of_the_protocol(void)
{
	const ProtobufCEnumDescriptor *kinds = &pb__complaint__kind__descriptor;

	CHECK(kinds->n_values > 0);
	for (unsigned i = 0; i < kinds->n_values; i++) {
		const char *name = receipt_complaint_name(kinds->values[i].value);

		CHECK(name != NULL);
		CHECK_STR_EQ(name, kinds->values[i].name);
	}
	CHECK(receipt_complaint_name(0) == NULL);
	CHECK(receipt_complaint_name((int)kinds->n_values + 1) == NULL);
	CHECK(receipt_kind_name(0) == NULL);
	CHECK_STR_EQ(receipt_kind_name(RECEIPT_SERVICE), "SERVICE");
}

/* Each in both languages, on a line of its own. */
static void test_every_kind_of_complaint_has_words(void)
{
	static const char *const lines[][2] = {
#define COMPLAINT(number, name, zh, en) {"\n类别：" zh "\n", "\nKind: " en "\n"},
#include "server/receipt.def"
#undef COMPLAINT
	};

	for (int kind = 1; kind <= (int)COUNT(lines); kind++) {
		for (enum receipt_language language = RECEIPT_ZH; language <= RECEIPT_EN; language++) {
			struct receipt receipt = cases[1].receipt;
			const char *line = lines[kind - 1][language - RECEIPT_ZH];
			struct receipt_bytes made;
			struct arena arena;

			arena_init(&arena, PLENTY);
			receipt.language = language;
			receipt.acknowledgement.complaint_kind = kind;
			receipt_make(&arena, &receipt, &made);
			CHECK(memmem(made.text.ptr, made.text.len, line, strlen(line)) != NULL);
			arena_fini(&arena);
		}
	}
}

static const struct test tests[] = {
	{"every_kind_in_both_languages", test_every_kind_in_both_languages},
	{"the_hash_is_the_same_for_ever", test_the_hash_is_the_same_for_ever},
	{"every_budget_gives_all_or_nothing", test_every_budget_gives_all_or_nothing},
	{"half_a_fen_is_rounded_up", test_half_a_fen_is_rounded_up},
	{"the_largest_receipt_can_be_made", test_the_largest_receipt_can_be_made},
	{"complaint_kinds_are_those_of_the_protocol", test_complaint_kinds_are_those_of_the_protocol},
	{"every_kind_of_complaint_has_words", test_every_kind_of_complaint_has_words},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
