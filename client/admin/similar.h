/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may be the same matter as one that is being taken: asked of the server, shown as a table.
 */
#pragma once

#include <stdio.h>

#include "complaint.pb-c.h"

struct app;

/* Rows as complaint list has them, with how alike they are; they can be called by the beginnings of their ids. */
void similar_print(struct app *app, const Pb__ComplaintSimilarReply *reply, FILE *out);

/*
 * Before a complaint is submitted: shows on standard error what may be the same, with what to do about it;
 * nothing where nothing is. Whatever this fails with, the complaint is taken.
 */
void similar_warn(struct app *app, const Pb__ComplaintSubmit *submit);
