/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ctrl-C, for what can be cut: the first one is noted and looked for between two portions, the second one ends the
 * program as always.
 */
#pragma once

#include "common/base.h"

void interrupt_watch(void);
bool interrupt_came(void);
