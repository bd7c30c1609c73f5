// SPDX-License-Identifier: MIT
#include "filter/filter.h"

#include <errno.h>
#include <regex.h>
#include <string.h>

#include "base/error.h"
#include "base/vec.h"
#include "filter/node.h"

struct filter {
	struct node *root;
};

void filter_free(struct filter *f)
{
	if (!f)
		return;
	node_free(f->root);
	free(f);
}

int filter_parse(const char *text, const struct filter_field *fields, struct filter **out)
{
	struct node *root = node_parse(text, fields);

	if (!root)
		return -EINVAL;
	*out = xnew(struct filter);
	(*out)->root = root;
	return 0;
}

/* ---- Asking ---- */

static bool order_fits(enum filter_operator operator, int order)
{
	switch (operator) {
	case OPERATOR_EQUAL:
		return order == 0;
	case OPERATOR_UNEQUAL:
		return order != 0;
	case OPERATOR_LESS:
		return order < 0;
	case OPERATOR_LESS_EQUAL:
		return order <= 0;
	case OPERATOR_GREATER:
		return order > 0;
	case OPERATOR_GREATER_EQUAL:
		return order >= 0;
	default:
		return false;
	}
}

static bool text_fits(const struct node *node, const char *text)
{
	if (node->operator== OPERATOR_PRESENT)
		return *text;
	if (node->operator== OPERATOR_MATCH || node->operator== OPERATOR_NO_MATCH)
		return regexec(&node->regex, text, 0, NULL, 0) == 0;
	return order_fits(node->operator== OPERATOR_UNEQUAL ? OPERATOR_EQUAL : node->operator,
			  strcmp(text, node->text));
}

/* What says no, != and !~, holds if none of the texts says yes. */
static bool texts_fit(const struct node *node, const struct filter_texts *texts)
{
	bool wanted = node->operator!= OPERATOR_UNEQUAL && node->operator!= OPERATOR_NO_MATCH;

	for (size_t i = 0; i < texts->nr; i++) {
		if (text_fits(node, texts->items[i]))
			return wanted;
	}
	return !wanted && texts->nr;
}

static bool comparison_holds(const struct node *node, filter_get *get, void *context)
{
	struct filter_value value = get(context, node->field);

	if (!value.is_known)
		return false;
	if (node->type == FILTER_TEXT)
		return texts_fit(node, &value.texts);
	if (node->operator== OPERATOR_PRESENT)
		return value.number != 0;
	return order_fits(node->operator,(value.number > node->number) -
						 (value.number < node->number));
}

static bool node_holds(const struct node *node, filter_get *get, void *context)
{
	switch (node->kind) {
	case NODE_OR:
		return node_holds(node->left, get, context) ||
		       node_holds(node->right, get, context);
	case NODE_AND:
		return node_holds(node->left, get, context) &&
		       node_holds(node->right, get, context);
	case NODE_NOT:
		return !node_holds(node->left, get, context);
	default:
		return comparison_holds(node, get, context);
	}
}

bool filter_holds(const struct filter *f, filter_get *get, void *context)
{
	return node_holds(f->root, get, context);
}
