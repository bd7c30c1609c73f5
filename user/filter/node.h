/* SPDX-License-Identifier: MIT */
/* A condition as a tree, and the way there from its text. */
#ifndef PROF_FILTER_NODE_H
#define PROF_FILTER_NODE_H

#include <regex.h>

#include "filter/filter.h"

enum filter_operator {
	OPERATOR_PRESENT, /* none: the field alone */
	OPERATOR_EQUAL,
	OPERATOR_UNEQUAL,
	OPERATOR_LESS,
	OPERATOR_LESS_EQUAL,
	OPERATOR_GREATER,
	OPERATOR_GREATER_EQUAL,
	OPERATOR_MATCH,
	OPERATOR_NO_MATCH,
};

struct node {
	enum { NODE_OR, NODE_AND, NODE_NOT, NODE_COMPARISON } kind;
	struct node *left, *right; /* NOT: left alone */
	size_t field;
	enum filter_type type;
	enum filter_operator operator;
	__int128 number;
	char *text;
	regex_t regex; /* of MATCH and NO_MATCH */
};

/* NULL when it is malformed, reported. */
struct node *node_parse(const char *text, const struct filter_field *fields);
void node_free(struct node *node); /* NULL is fine */

#endif
