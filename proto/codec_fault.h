/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fills a struct codec_fault: the path of the refused field, outermost first, and the sentence that
 * says what is allowed there. Private to the codec; texts that do not fit are cut at their end.
 */
#pragma once

#include "proto/codec.h"

/* Behind a singular field, or a repeated one that is meant as a whole. */
#define FAULT_ELEMENT_NONE UINT32_MAX

/* Both texts empty. */
void fault_init(struct codec_fault *fault, enum err err);

/* Goes one step down the path: ".name", or ".name[element]". */
void fault_step(struct codec_fault *fault, const char *name, uint32_t element);

/* "1..200 characters"; "16 bytes" where both are the same. */
void fault_allow_range(struct codec_fault *fault, int64_t min, int64_t max, const char *unit);

/* "NORMAL, HIGH, URGENT", with "..." behind where not all of them fit. */
void fault_allow_values(struct codec_fault *fault, const ProtobufCEnumDescriptor *values);

/* A sentence of our own. */
void fault_allow(struct codec_fault *fault, const char *text);
