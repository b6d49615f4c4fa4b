/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language of messages, and a locale whose characters are UTF-8 whatever the machine is set to.
 */
#pragma once

#include "common/base.h"

/*
 * Chinese always prints: where the locale is missing on this machine or not UTF-8, C.UTF-8 stands
 * in for it and the wanted language is kept.
 *
 *   wanted   "zh_CN", "en"; NULL: as the environment says. May be called again with another.
 */
void language_init(const char *wanted);

/* Whether messages are shown in Chinese; else they are English. */
bool language_is_chinese(void);
