// SPDX-License-Identifier: MIT
/* From the text of a condition to its tree: one function for each line of its grammar. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/nearest.h"
#include "base/vec.h"
#include "filter/node.h"

#define MAX_DEPTH 64

struct parser {
	const char *text, *at;
	const struct filter_field *fields;
	unsigned int depth;
};

void node_free(struct node *node)
{
	if (!node)
		return;
	node_free(node->left);
	node_free(node->right);
	if (node->kind == NODE_COMPARISON &&
	    (node->operator== OPERATOR_MATCH || node->operator== OPERATOR_NO_MATCH))
		regfree(&node->regex);
	free(node->text);
	free(node);
}

static struct node *node_new(int kind, struct node *left, struct node *right)
{
	struct node *node = xnew(struct node);

	node->kind = kind;
	node->left = left;
	node->right = right;
	return node;
}

/* Says where, and what was wanted there. */
static void *refuse_here(const struct parser *p, const char *wanted)
{
	if (*p->at)
		refuse(-EINVAL, "'%s' is no condition: %s was expected at '%s'", p->text, wanted,
		       p->at);
	else
		refuse(-EINVAL, "'%s' is no condition: %s is missing at its end", p->text, wanted);
	return NULL;
}

static void skip_spaces(struct parser *p)
{
	while (isspace((unsigned char)*p->at))
		p->at++;
}

static bool accept(struct parser *p, const char *token)
{
	size_t size = strlen(token);

	skip_spaces(p);
	if (strncmp(p->at, token, size))
		return false;
	p->at += size;
	return true;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-' || c == '/' ||
	       c == '%' || c == '+' || c == ':' || c == '@' || (unsigned char)c >= 0x80;
}

/* A bare regular expression goes on for as long as it cannot be anything else. */
static bool is_bare(char c, bool is_regex)
{
	return is_regex ? c && !strchr("()&|\"'", c) && !isspace((unsigned char)c) : is_word(c);
}

/* A word, or what stands in quotes, in which a backslash keeps the next character from meaning
 * anything; NULL when there is neither, reported. */
static char *take_value(struct parser *p, bool is_regex)
{
	VEC(char) text = {0};
	char quote;

	skip_spaces(p);
	quote = *p->at == '"' || *p->at == '\'' ? *p->at : '\0';
	if (!quote && !is_bare(*p->at, is_regex))
		return refuse_here(p, "a value");
	p->at += quote != '\0';
	while (*p->at && (quote ? *p->at != quote : is_bare(*p->at, is_regex))) {
		/* Before all but the quote itself it stays, for regular expressions. */
		if (quote && *p->at == '\\' && (p->at[1] == quote || p->at[1] == '\\'))
			p->at++;
		*vec_push(&text) = *p->at++;
	}
	*vec_push(&text) = '\0';
	if (quote && *p->at++ != quote) {
		p->at--;
		free(text.items);
		return refuse_here(p, "a closing quote");
	}
	return text.items;
}

static void *refuse_field(const struct parser *p, const char *name)
{
	VEC(const char *) names = {0};

	refuse(-EINVAL, "there is no field '%s' to ask about", name);
	for (const struct filter_field *field = p->fields; field->name; field++)
		*vec_push(&names) = field->name;
	vec_push(&names);
	hint_nearest(name, names.items,
		     "name, ret, errno, path and duration are some; the help of --filter has all");
	vec_free(&names);
	return NULL;
}

static const struct filter_field *take_field(struct parser *p)
{
	size_t size = 0;
	scoped_free char *name = NULL;

	skip_spaces(p);
	while (isalnum((unsigned char)p->at[size]) || p->at[size] == '_')
		size++;
	if (!size)
		return refuse_here(p, "a field");
	name = xstrndup(p->at, size);
	p->at += size;
	for (const struct filter_field *field = p->fields; field->name; field++) {
		if (!strcmp(field->name, name))
			return field;
	}
	return refuse_field(p, name);
}

static enum filter_operator take_operator(struct parser *p)
{
	static const struct {
		const char *token;
		enum filter_operator operator;
	} operators[] = {
		{"==", OPERATOR_EQUAL},      {"!=", OPERATOR_UNEQUAL},
		{"<=", OPERATOR_LESS_EQUAL}, {">=", OPERATOR_GREATER_EQUAL},
		{"!~", OPERATOR_NO_MATCH},   {"=~", OPERATOR_MATCH},
		{"<", OPERATOR_LESS},        {">", OPERATOR_GREATER},
		{"~", OPERATOR_MATCH},       {"=", OPERATOR_EQUAL},
	};

	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
		if (accept(p, operators[i].token))
			return operators[i].operator;
	}
	return OPERATOR_PRESENT;
}

static double unit_of(const char *unit, enum filter_type type)
{
	static const struct {
		const char *name;
		double factor;
	} times[] = {{"ns", 1}, {"us", 1e3}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}},
	  sizes[] = {{"K", 1 << 10}, {"k", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}};

	if (!*unit)
		return 1;
	for (size_t i = 0; i < sizeof times / sizeof *times && type == FILTER_DURATION; i++) {
		if (!strcmp(unit, times[i].name))
			return times[i].factor;
	}
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes && type == FILTER_NUMBER; i++) {
		if (!strcmp(unit, sizes[i].name))
			return sizes[i].factor;
	}
	return 0;
}

/* Digits, exactly where there is no unit. */
static bool digits_parse(const char *text, enum filter_type type, __int128 *out)
{
	bool negative = *text == '-';
	const char *digits = text + negative;
	unsigned long long whole;
	double value, unit;
	char *end;

	if (!isdigit((unsigned char)*digits))
		return false;
	errno = 0;
	whole = strtoull(digits, &end, 0);
	if (!*end && !errno) {
		*out = negative ? -(__int128)whole : (__int128)whole;
		return true;
	}
	value = strtod(text, &end);
	unit = unit_of(end, type);
	if (!unit || !(fabs(value * unit) < 1e19))
		return false;
	*out = (__int128)(value * unit);
	return true;
}

static bool number_parse(const struct filter_field *field, const char *text, __int128 *out)
{
	int64_t meant;

	if (digits_parse(text, field->type, out))
		return true;
	if (field->number_of && field->number_of(text, &meant)) {
		*out = meant;
		return true;
	}
	refuse(-EINVAL, "'%s' is no value of the field '%s'", text, field->name);
	if (field->type == FILTER_DURATION)
		hint("durations are like 1.5ms, 20us or 1s");
	else
		hint("it is a number, like 3, -1, 0x7f or 64K%s",
		     field->number_of ? ", or a name" : "");
	return false;
}

static bool regex_parse(struct node *node)
{
	char words[128];
	int err = regcomp(&node->regex, node->text, REG_EXTENDED | REG_NOSUB);

	if (!err)
		return true;
	regerror(err, &node->regex, words, sizeof words);
	node->operator= OPERATOR_EQUAL; /* there is nothing to be freed */
	refuse(-EINVAL, "'%s' is no regular expression: %s", node->text, words);
	return false;
}

/* The value, in the type of the field. */
static bool take_operand(struct parser *p, const struct filter_field *field, struct node *node)
{
	bool is_match = node->operator== OPERATOR_MATCH || node->operator== OPERATOR_NO_MATCH;

	node->text = take_value(p, is_match);
	if (!node->text)
		return false;
	if (field->type == FILTER_TEXT)
		return !is_match || regex_parse(node);
	if (is_match) {
		node->operator= OPERATOR_EQUAL;
		refuse(-EINVAL, "the field '%s' is a number, which no expression matches",
		       field->name);
		return false;
	}
	return number_parse(field, node->text, &node->number);
}

static struct node *parse_comparison(struct parser *p)
{
	const struct filter_field *field = take_field(p);
	struct node *node;

	if (!field)
		return NULL;
	node = node_new(NODE_COMPARISON, NULL, NULL);
	node->field = (size_t)(field - p->fields);
	node->type = field->type;
	node->operator= take_operator(p);
	if (node->operator== OPERATOR_PRESENT || take_operand(p, field, node))
		return node;
	if (node->operator== OPERATOR_MATCH || node->operator== OPERATOR_NO_MATCH)
		node->operator= OPERATOR_EQUAL;
	node_free(node);
	return NULL;
}

static struct node *parse_condition(struct parser *p);

static struct node *parse_one(struct parser *p);

static struct node *parse_inner(struct parser *p)
{
	struct node *node;

	if (accept(p, "!")) {
		node = parse_one(p);
		return node ? node_new(NODE_NOT, node, NULL) : NULL;
	}
	if (!accept(p, "("))
		return parse_comparison(p);
	node = parse_condition(p);
	if (!node || accept(p, ")"))
		return node;
	node_free(node);
	return refuse_here(p, "')'");
}

static struct node *parse_one(struct parser *p)
{
	struct node *node;

	if (++p->depth > MAX_DEPTH) {
		refuse(-EINVAL, "a condition is at most %d deep", MAX_DEPTH);
		return NULL;
	}
	node = parse_inner(p);
	p->depth--;
	return node;
}

static struct node *parse_joined(struct parser *p, const char *token, int kind,
				 struct node *(*part)(struct parser *p))
{
	struct node *left = part(p), *right;

	while (left && accept(p, token)) {
		right = part(p);
		if (!right) {
			node_free(left);
			return NULL;
		}
		left = node_new(kind, left, right);
	}
	return left;
}

static struct node *parse_all(struct parser *p)
{
	return parse_joined(p, "&&", NODE_AND, parse_one);
}

static struct node *parse_condition(struct parser *p)
{
	return parse_joined(p, "||", NODE_OR, parse_all);
}

struct node *node_parse(const char *text, const struct filter_field *fields)
{
	struct parser p = {.text = text, .at = text, .fields = fields};
	struct node *node = parse_condition(&p);

	skip_spaces(&p);
	if (!node || !*p.at)
		return node;
	node_free(node);
	return refuse_here(&p, "&&, || or the end");
}
