/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that the rows of the categories agree with each other, that every word of the rules does what
 * its row says, that invented complaints get the category a person would choose, and that no text,
 * however long or broken, gets a number that is none.
 */
#include "server/domain/category.h"

#include "tests/check.h"

#define TEXT_BYTES_MAX 32000 /* 8000 characters of at most four bytes, field.def */

static uint32_t suggest(const char *title, const char *text)
{
	return category_suggest(NULL, str_from_c(title), str_from_c(text));
}

/* --- rows --- */

static void test_rows_ascend_and_begin_with_their_group(void)
{
	uint32_t before = 0;

	for (size_t i = 0; i < category_row_count; i++) {
		uint32_t number = category_rows[i].number;

		CHECK(number > before);
		CHECK(number <= CATEGORY_MAX);
		CHECK(number % 100 == 0 || category_group(before) == category_group(number));
		before = number;
	}
	CHECK_INT_EQ(before, CATEGORY_OTHER);
	CHECK_INT_EQ(category_row_count, 63);
}

static void test_rows_have_texts_of_their_own(void)
{
	for (size_t i = 0; i < category_row_count; i++) {
		const struct category_row *row = &category_rows[i];

		CHECK(strlen(row->name) > 0 && strlen(row->zh) > 0 && strlen(row->en) > 0);
		for (size_t k = 0; k < i; k++) {
			CHECK(strcmp(row->name, category_rows[k].name) != 0);
			CHECK(strcmp(row->zh, category_rows[k].zh) != 0);
			CHECK(strcmp(row->en, category_rows[k].en) != 0);
		}
	}
}

static void test_numbers_that_are_none_have_nothing(void)
{
	size_t known_count = 0;

	for (uint32_t number = 0; number <= UINT16_MAX; number++) {
		bool is_known = category_is_known(number);

		known_count += is_known;
		CHECK_INT_EQ(category_name(number) != NULL, is_known);
		CHECK_INT_EQ(category_zh(number) != NULL, is_known);
		CHECK_INT_EQ(category_en(number) != NULL, is_known);
		CHECK_INT_EQ(category_group(number) != 0, is_known);
		CHECK(!is_known || category_is_known(category_group(number)));
	}
	CHECK_INT_EQ(known_count, category_row_count);
	CHECK(!category_is_known(UINT32_MAX));
}

/* Numbers that are in databases: a row here is never changed. */
static void test_numbers_stay(void)
{
	static const struct {
		uint32_t number;
		const char *name, *zh;
		uint32_t group;
	} rows[] = {
		{100, "ELEVATOR", "电梯", 100},
		{102, "ELEVATOR_TRAPPED", "电梯困人", 100},
		{203, "WATER_LEAK", "漏水", 200},
		{401, "HEATING_LOW_TEMPERATURE", "室温不达标", 400},
		{604, "PARKING_BLOCKING", "车辆堵路", 600},
		{1102, "FIRE_EBIKE_CHARGING", "电动自行车充电", 1100},
		{1304, "FEES_REFUND", "退费", 1300},
		{2002, "MENU_SERVICE_REFUND", "菜单服务退款", 2000},
		{9900, "OTHER", "其他", 9900},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_STR_EQ(category_name(rows[i].number), rows[i].name);
		CHECK_STR_EQ(category_zh(rows[i].number), rows[i].zh);
		CHECK_INT_EQ(category_group(rows[i].number), rows[i].group);
	}
	CHECK_STR_EQ(category_en(102), "Elevator: people trapped");
}

/* --- words of the rules --- */

struct word_row {
	const char *word;
	uint32_t category;
	uint32_t weight;
};

static const struct word_row words[] = {
#define WORD(word, category, weight) {word, CATEGORY_##category, weight},
#include "server/domain/category_word.def"
#undef WORD
};

static const struct word_row details[] = {
#define DETAIL(word, category) {word, CATEGORY_##category, 0},
#include "server/domain/category_detail.def"
#undef DETAIL
};

static void test_words_stand_once(void)
{
	for (size_t i = 0; i < COUNT(words); i++) {
		for (size_t k = 0; k < i; k++) {
			CHECK(strcmp(words[i].word, words[k].word) != 0);
		}
	}
	for (size_t i = 0; i < COUNT(details); i++) {
		for (size_t k = 0; k < i; k++) {
			CHECK(strcmp(details[i].word, details[k].word) != 0 ||
				  category_group(details[i].category) != category_group(details[k].category));
		}
	}
}

/* As a title each gives what its row says: the group, and where the row names one, the subcategory. */
static void test_words_give_what_their_rows_say(void)
{
	for (size_t i = 0; i < COUNT(words); i++) {
		uint32_t number = suggest(words[i].word, "");

		if (words[i].category != number && words[i].category != category_group(number)) {
			printf("# %s: %s\n", words[i].word, category_name(number));
		}
		CHECK(words[i].category == number || words[i].category == category_group(number));
	}
}

/* Weight 0 is for OTHER alone, and for words that hide another one; the rest is never OTHER. */
static void test_words_without_weight_hide_another(void)
{
	for (size_t i = 0; i < COUNT(words); i++) {
		size_t hidden_count = 0;

		CHECK_INT_EQ(words[i].weight == 0, words[i].category == CATEGORY_OTHER);
		for (size_t k = 0; k < COUNT(words); k++) {
			hidden_count += k != i && strstr(words[i].word, words[k].word) != NULL;
		}
		if (words[i].weight == 0 && hidden_count == 0) {
			printf("# %s hides nothing\n", words[i].word);
		}
		CHECK(words[i].weight != 0 || hidden_count > 0);
	}
}

/* --- invented complaints --- */

static const struct {
	const char *title, *text;
	uint32_t category;
} cases[] = {
	{"3号楼电梯困人", "昨天晚上老人被关在里面半个小时才出来。", CATEGORY_ELEVATOR_TRAPPED},
	{"2单元电梯又坏了", "三天两头停运，一直没人修。", CATEGORY_ELEVATOR_FAULT},
	{"电梯晚上很响", "运行的时候嗡嗡的声音，卧室里都听得到。", CATEGORY_ELEVATOR_NOISE},
	{"电梯用了二十年，该更换了", "部件老化，年久失修。", CATEGORY_ELEVATOR_AGEING},
	{"希望加装电梯", "六楼的老人上下楼不方便。", CATEGORY_ELEVATOR},
	{"家里停水两天了", "没有通知，什么时候恢复供水？", CATEGORY_WATER_NO_SUPPLY},
	{"高层水压不够", "早上热水器打不着火。", CATEGORY_WATER_LOW_PRESSURE},
	{"卫生间天花板漏水", "楼上的防水坏了，墙都发霉了。", CATEGORY_WATER_LEAK},
	{"二次供水水质差", "水龙头放出来的水发黄，有杂质。", CATEGORY_WATER_SUPPLY_QUALITY},
	{"厨房下水道堵了", "污水倒灌，请派人疏通。", CATEGORY_WATER_BLOCKAGE},
	{"楼道灯不亮", "晚上上楼什么都看不见。", CATEGORY_POWER},
	{"5号楼突然停电", "", CATEGORY_POWER},
	{"暖气不热", "室温只有十五度，家里孩子冷得不行。", CATEGORY_HEATING_LOW_TEMPERATURE},
	{"客厅暖气片漏水", "地板已经泡了。", CATEGORY_HEATING_LEAK},
	{"暖气费怎么算", "房子空着，费用能不能减半？", CATEGORY_HEATING_FEE},
	{"楼道里有燃气味", "怀疑天然气管道漏气。", CATEGORY_GAS},
	{"地下车位只卖不租", "价格太高，业主租不到车位。", CATEGORY_PARKING_SPACE},
	{"小区里车辆乱停", "外来车辆占了业主的车位。", CATEGORY_PARKING_ORDER},
	{"申请安装充电桩", "买了电动汽车，想在自己的车位装充电桩。", CATEGORY_PARKING_CHARGER},
	{"有车堵住车库出口", "打电话挪车没人接，出不去。", CATEGORY_PARKING_BLOCKING},
	{"楼上半夜跺脚", "吵得睡不着，请和邻居说一下。", CATEGORY_NOISE_NEIGHBOUR},
	{"楼下KTV扰民", "营业到凌晨两点。", CATEGORY_NOISE_BUSINESS},
	{"隔壁工地夜间施工", "打桩的噪音一直到天亮。", CATEGORY_NOISE_CONSTRUCTION},
	{"广场舞音响太大", "每天晚上八点开始，孩子没法写作业。", CATEGORY_NOISE_SQUARE_DANCE},
	{"垃圾桶三天没清运", "堆积如山。", CATEGORY_SANITATION_WASTE},
	{"楼道有恶臭", "不知道哪里来的味道，很难闻。", CATEGORY_SANITATION_ODOUR},
	{"一楼餐馆油烟直排", "烟道就在我家窗户下面。", CATEGORY_SANITATION_FUMES},
	{"楼里老鼠蟑螂太多", "请安排消杀。", CATEGORY_SANITATION_PESTS},
	{"草坪没人修剪", "树枝都伸到阳台上了。", CATEGORY_GREENING},
	{"单元门禁坏了", "大门一直开着，刷卡没反应。", CATEGORY_SECURITY_ACCESS},
	{"自行车被偷", "昨晚停在楼下，想查监控。", CATEGORY_SECURITY_THEFT},
	{"推销的人随便进楼", "总有陌生人敲门。", CATEGORY_SECURITY_STRANGERS},
	{"有人高空抛物", "差点砸到人。", CATEGORY_SECURITY_FALLING_OBJECTS},
	{"消防通道停满了车", "救护车都开不进来。", CATEGORY_FIRE_LANE_BLOCKED},
	{"有人电瓶车推进楼道充电", "飞线从三楼拉下来，太危险。", CATEGORY_FIRE_EBIKE_CHARGING},
	{"灭火器过期", "消火栓里也没水。", CATEGORY_FIRE_EQUIPMENT},
	{"邻居中午装修", "电钻吵得孩子没法午休。", CATEGORY_RENOVATION_HOURS},
	{"楼下砸承重墙", "", CATEGORY_RENOVATION_STRUCTURE},
	{"顶楼违章搭建", "露台上盖了阳光房。", CATEGORY_RENOVATION_ILLEGAL_BUILDING},
	{"隔壁是群租房", "一套房隔成八间出租。", CATEGORY_RENOVATION_GROUP_RENT},
	{"物业费涨价不合理", "没有征求业主意见。", CATEGORY_FEES_MANAGEMENT},
	{"公摊电费太高", "请公布明细。", CATEGORY_FEES_SHARED_COST},
	{"物业代收水费加价", "每吨多收一块钱。", CATEGORY_FEES_AGENCY},
	{"装修押金一直不退", "装修完半年了，请退还。", CATEGORY_FEES_REFUND},
	{"想申请用维修资金修屋顶", "", CATEGORY_FUND},
	{"什么时候成立业委会", "很多业主希望开业主大会。", CATEGORY_COMMITTEE},
	{"新房墙面开裂", "刚收房就空鼓，质量太差。", CATEGORY_QUALITY},
	{"窗户还在保修期内", "开发商不肯返修。", CATEGORY_QUALITY_WARRANTY},
	{"遛狗不牵绳", "狗屎也不捡。", CATEGORY_PET},
	{"前台服务态度差", "问了两次都爱答不理。", CATEGORY_STAFF_CONDUCT},
	{"业主群里泄露个人信息", "我的电话和房号都被发出去了。", CATEGORY_PRIVACY},
	{"预约的保洁没洗干净", "窗户还是脏的，迟到一个小时。", CATEGORY_MENU_SERVICE_QUALITY},
	{"空调清洗要求退款", "下了单没人来，想取消。", CATEGORY_MENU_SERVICE_REFUND},
	{"", "电梯停在五楼不动了", CATEGORY_ELEVATOR},
	{"电梯", "", CATEGORY_ELEVATOR},
	/* The title says it, though the text goes on about something else. */
	{"楼上漏水", "找了物业，物业管理混乱，没人管。", CATEGORY_WATER_LEAK},
	{"物业不作为", "楼上漏水也没人来。", CATEGORY_STAFF_CONDUCT},
	/* Hidden words. */
	{"快递柜放在电梯口旁边可以吗", "", CATEGORY_OTHER},
	{"想买热狗", "", CATEGORY_OTHER},
	/* Nothing fits, or only a passing hint. */
	{"您好", "请问明天几点上班？", CATEGORY_OTHER},
	{"咨询", "物业在哪里办公？", CATEGORY_OTHER},
	{"", "", CATEGORY_OTHER},
	{"Hello", "no words of ours", CATEGORY_OTHER},
	{"ktv", "", CATEGORY_NOISE_BUSINESS},
	{"Ktv", "", CATEGORY_NOISE_BUSINESS},
};

static void test_complaints_get_what_a_person_would_say(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint32_t number = suggest(cases[i].title, cases[i].text);

		if (number != cases[i].category) {
			printf("# %s: %s\n", cases[i].title, category_name(number));
		}
		CHECK_INT_EQ(number, cases[i].category);
	}
}

/* A group by a case of its own or of one of its subcategories: none is out of the rules' reach. */
static void test_every_category_has_a_case(void)
{
	for (size_t i = 0; i < category_row_count; i++) {
		size_t case_count = 0;

		for (size_t k = 0; k < COUNT(cases); k++) {
			case_count += cases[k].category == category_rows[i].number ||
			              category_group(cases[k].category) == category_rows[i].number;
		}
		CHECK(case_count > 0);
	}
}

/* --- any text --- */

/* Repeats `piece` as often as it fits into a text. */
static uint32_t suggest_of_repeated(const char *piece)
{
	static char text[TEXT_BYTES_MAX];
	size_t len = strlen(piece);
	size_t used = 0;

	assert(len > 0);
	for (; used + len <= sizeof(text); used += len) {
		memcpy(text + used, piece, len);
	}
	return category_suggest(NULL, str_of(text, used), str_of(text, used));
}

static void test_long_texts(void)
{
	CHECK_INT_EQ(suggest_of_repeated("电"), CATEGORY_OTHER); /* begins many words, is none */
	CHECK_INT_EQ(suggest_of_repeated("消防"), CATEGORY_FIRE);
	CHECK_INT_EQ(suggest_of_repeated("物业管理混"), CATEGORY_STAFF_CONDUCT);
	CHECK_INT_EQ(suggest_of_repeated("电梯困人，"), CATEGORY_ELEVATOR_TRAPPED);
	CHECK_INT_EQ(suggest_of_repeated("a"), CATEGORY_OTHER);
	CHECK_INT_EQ(suggest_of_repeated("👍"), CATEGORY_OTHER);
	CHECK_INT_EQ(suggest_of_repeated("ئاسانسۆر "), CATEGORY_OTHER);
}

/* A word that is repeated for ever does not outweigh what the title says. */
static void test_repeating_a_word_is_no_argument(void)
{
	static char text[TEXT_BYTES_MAX];
	size_t used = 0;

	for (; used + strlen("物业") <= sizeof(text); used += strlen("物业")) {
		memcpy(text + used, "物业", strlen("物业"));
	}
	CHECK_INT_EQ(category_suggest(NULL, STR("暖气不热"), str_of(text, used)),
		CATEGORY_HEATING_LOW_TEMPERATURE);
}

/* Each beginning and end of a text, cut inside characters, too; and bytes that are no text at all. */
static void test_broken_texts_get_a_known_number(void)
{
	static const char whole[] = "Ｌ1栋电梯坏了👍，KTV扰民，物业不管\n\t消防通道堵塞ئا";
	uint8_t bytes[256];

	for (size_t i = 0; i < sizeof(whole); i++) {
		struct str head = str_of(whole, i);
		struct str tail = str_of(whole + i, sizeof(whole) - 1 - i);

		CHECK(category_is_known(category_suggest(NULL, head, tail)));
		CHECK(category_is_known(category_suggest(NULL, tail, head)));
		CHECK_INT_EQ(category_suggest(NULL, head, tail), category_suggest(NULL, head, tail));
	}
	for (uint32_t seed = 1; seed <= 1000; seed++) {
		uint32_t state = seed;

		for (size_t i = 0; i < sizeof(bytes); i++) {
			state = state * 1664525U + 1013904223U;
			bytes[i] = (uint8_t)(state >> 24);
		}
		CHECK(category_is_known(category_suggest(NULL, str_of((const char *)bytes, seed % 5),
			str_of((const char *)bytes, sizeof(bytes)))));
	}
	CHECK_INT_EQ(
		category_suggest(NULL, (struct str){NULL, 0}, (struct str){NULL, 0}), CATEGORY_OTHER);
}

/* A company's words beside ours: new ones, ours weighed anew, ours hidden; letters of any case. */
static void test_own_words_count_too(void)
{
	static const struct category_word mine[] = {
		{STR("快递柜"), CATEGORY_SECURITY_ACCESS, 6},
		{STR("WiFi"), CATEGORY_SECURITY_ACCESS, 5},
		{STR("电梯困人"), CATEGORY_OTHER, 0},
		{STR("轿厢"), CATEGORY_GREENING, 9},
	};
	const struct category_words *own;
	struct arena arena;

	arena_init(&arena, (size_t)1024 * 1024);
	own = category_words_new(&arena, mine, COUNT(mine));
	CHECK(own != NULL);
	CHECK_INT_EQ(category_suggest(own, STR("快递柜打不开"), STR("")), CATEGORY_SECURITY_ACCESS);
	CHECK_INT_EQ(category_suggest(NULL, STR("快递柜打不开"), STR("")), CATEGORY_OTHER);
	CHECK_INT_EQ(category_suggest(own, STR("wIFI没有"), STR("")), CATEGORY_SECURITY_ACCESS);
	CHECK_INT_EQ(category_suggest(own, STR("电梯困人"), STR("")), CATEGORY_OTHER);
	CHECK_INT_EQ(category_suggest(own, STR("轿厢"), STR("")), CATEGORY_GREENING);
	CHECK_INT_EQ(category_suggest(own, STR("轿厢漏水"), STR("")), CATEGORY_GREENING);
	CHECK_INT_EQ(category_suggest(own, STR("电梯坏"), STR("")), CATEGORY_ELEVATOR_FAULT);
	own = category_words_new(&arena, NULL, 0);
	CHECK_INT_EQ(
		category_suggest(own, STR("轿厢"), STR("")), category_suggest(NULL, STR("轿厢"), STR("")));
	arena_fini(&arena);
}

static void test_names_are_found(void)
{
	for (size_t i = 0; i < category_row_count; i++) {
		uint32_t number = 0;

		CHECK(category_find(str_from_c(category_rows[i].name), &number));
		CHECK_INT_EQ(number, category_rows[i].number);
		CHECK(category_find(str_from_c(category_rows[i].zh), &number));
		CHECK_INT_EQ(number, category_rows[i].number);
	}
	CHECK(!category_find(STR("LOCKERS"), &(uint32_t){0}));
	CHECK(!category_find(STR(""), &(uint32_t){0}));
}

static const struct test tests[] = {
	{"rows_ascend_and_begin_with_their_group", test_rows_ascend_and_begin_with_their_group},
	{"rows_have_texts_of_their_own", test_rows_have_texts_of_their_own},
	{"numbers_that_are_none_have_nothing", test_numbers_that_are_none_have_nothing},
	{"numbers_stay", test_numbers_stay},
	{"words_stand_once", test_words_stand_once},
	{"words_give_what_their_rows_say", test_words_give_what_their_rows_say},
	{"words_without_weight_hide_another", test_words_without_weight_hide_another},
	{"complaints_get_what_a_person_would_say", test_complaints_get_what_a_person_would_say},
	{"every_category_has_a_case", test_every_category_has_a_case},
	{"long_texts", test_long_texts},
	{"repeating_a_word_is_no_argument", test_repeating_a_word_is_no_argument},
	{"broken_texts_get_a_known_number", test_broken_texts_get_a_known_number},
	{"own_words_count_too", test_own_words_count_too},
	{"names_are_found", test_names_are_found},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
