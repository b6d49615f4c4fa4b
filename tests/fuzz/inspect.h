/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks at a decoded message, not at its bytes: does it hold what field.def and its types allow?
 * The codec's checks, done a second time by other means, so that a target notices what the walk let
 * in. U+0000 it cannot see: protobuf-c's texts end there.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "common/base.h"

/* True where everything in the message, and in all messages inside it, is allowed. */
bool inspect_message(const ProtobufCMessage *message) must_check;
