/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An intrusive, circular, doubly linked list. The head is a struct list of its own; an object that
 * embeds a struct list is on at most one list by that member. An unlinked node points at itself, so
 * list_remove may be called twice. Zeroed nodes count as unlinked.
 */
#pragma once

#include "common/base.h"

struct list {
	struct list *next;
	struct list *prev;
};

static inline void list_init(struct list *head)
{
	head->next = head;
	head->prev = head;
}

static inline bool list_empty(const struct list *head)
{
	return head->next == head || head->next == NULL;
}

static inline bool list_linked(const struct list *node)
{
	return node->next != NULL && node->next != node;
}

static inline void list_append(struct list *head, struct list *node)
{
	assert(!list_linked(node));
	node->prev = head->prev;
	node->next = head;
	head->prev->next = node;
	head->prev = node;
}

static inline void list_remove(struct list *node)
{
	if (!list_linked(node)) {
		return;
	}
	node->prev->next = node->next;
	node->next->prev = node->prev;
	list_init(node);
}

/* Unlinks and returns the oldest node; NULL where there is none. */
static inline struct list *list_shift(struct list *head)
{
	struct list *node = head->next;

	if (list_empty(head)) {
		return NULL;
	}
	list_remove(node);
	return node;
}

/* Moves everything from `source` to the end of `target`, in order. */
static inline void list_splice(struct list *target, struct list *source)
{
	struct list *node;

	while ((node = list_shift(source)) != NULL) {
		list_append(target, node);
	}
}

/* The current node may be removed inside the loop; others may not. */
#define list_each(node, after, head) \
	for (struct list *node = (head)->next, *after = node->next; node != (head); \
		 node = after, after = node->next)
