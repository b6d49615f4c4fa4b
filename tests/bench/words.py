# SPDX-License-Identifier: Apache-2.0
"""What the town's people say: invented, the same at every run, about as long as what a desk writes down."""
import random
import unicodedata

COUNT = 199  # prime: it goes round in step with nothing

WHEN = ('昨晚十点多', '今天早上', '从上周开始', '这两天', '每天中午', '周末', '停电以后', '下雨之后')
WHERE = ('三单元楼道', '地下车库B2层', '电梯口', '厨房下水管', '小区南门', '儿童活动区', '顶楼天台', '垃圾分类点', '十二层走廊',
         '卫生间天花板')
WHAT = ('一直在漏水', '灯不亮了', '有很重的异味', '门禁刷不开', '噪音特别大', '堆满了杂物', '瓷砖脱落了', '水压太低', '有车长期占道',
        '监控坏了')
EFFECT = ('积水已经流到邻居家', '老人小孩进出都怕滑倒', '晚上根本睡不着', '已经打过两次电话没人来', '影响大家正常出行', '担心有安全隐患')
WISH = ('麻烦尽快派师傅来看一下', '希望物业给个明确答复', '请安排人员处理并回电', '请核实后告诉我们处理时间')
MORE = ('，家里有人，随时可以上门', '，维修费用怎么算也请说明', '，谢谢', '。楼下邻居也反映过同样的问题', '')


def pairs_of(found):
    """As server/domain/search.c: each two neighbouring characters as one number."""
    points = [ord(c) for c in found if c >= ' ']
    return sorted({a << 21 | b for a, b in zip(points, points[1:]) if a != 32 and b != 32})


def rows():
    rng = random.Random(7)
    for number in range(COUNT):
        where, what = rng.choice(WHERE), rng.choice(WHAT)
        body = (f'{rng.choice(WHEN)}{where}{what}，{rng.choice(EFFECT)}，{rng.choice(EFFECT)}，'
                f'{rng.choice(WISH)}{rng.choice(MORE)}。')
        title = where + what
        found = unicodedata.normalize('NFKC', f'{title} {body}').casefold()
        yield number, title, body, found, pairs_of(found)


def copy_text():
    """For COPY into bench_words."""
    lines = []
    for number, title, body, found, pairs in rows():
        numbers = '{' + ','.join(map(str, pairs)) + '}'
        lines.append(f'{number}\t{title}\t{body}\t{found}\t{numbers}\n')
    return ''.join(lines)
