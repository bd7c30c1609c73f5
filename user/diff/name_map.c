// SPDX-License-Identifier: MIT
#include "diff/name_map.h"

#include <errno.h>
#include <stdbool.h>

#include "base/alloc.h"
#include "base/error.h"

#define ARROW "->"

static char *trimmed(const char *from, size_t size)
{
	while (size && strchr(" \t\r\n", *from)) {
		from++;
		size--;
	}
	while (size && strchr(" \t\r\n", from[size - 1]))
		size--;
	return xstrndup(from, size);
}

static int compile(regex_t *regex, const char *text, const char *path, unsigned int nr)
{
	scoped_free char *whole = xasprintf("^(%s)$", text);
	char why[128];
	int err;

	if (!*text)
		return refuse(-EINVAL, "%s:%u: a name is missing", path, nr);
	err = regcomp(regex, whole, REG_EXTENDED);
	if (!err)
		return 0;
	regerror(err, regex, why, sizeof why);
	return refuse(-EINVAL, "%s:%u: '%s' is no regular expression: %s", path, nr, text, why);
}

int name_map_add_line(struct name_map *map, const char *line, const char *path, unsigned int nr)
{
	scoped_free char *text = trimmed(line, strlen(line));
	const char *arrow = strstr(text, ARROW);
	scoped_free char *base = NULL, *new = NULL;
	struct name_rule rule;
	int err;

	if (!*text || *text == '#')
		return 0;
	if (!arrow) {
		refuse(-EINVAL, "%s:%u: there is no '->' in '%s'", path, nr, text);
		hint("a line is a name of BASE, -> and a name of NEW; both may be regular "
		     "expressions");
		return -EINVAL;
	}
	base = trimmed(text, (size_t)(arrow - text));
	new = trimmed(arrow + strlen(ARROW), strlen(arrow + strlen(ARROW)));
	err = compile(&rule.of[BASE], base, path, nr);
	if (err)
		return err;
	err = compile(&rule.of[NEW], new, path, nr);
	if (err) {
		regfree(&rule.of[BASE]);
		return err;
	}
	*vec_push(&map->rules) = rule;
	return 0;
}

void name_map_fini(struct name_map *map)
{
	vec_each (&map->rules, rule) {
		regfree(&rule->of[BASE]);
		regfree(&rule->of[NEW]);
	}
	vec_free(&map->rules);
}

char *name_rule_key(const struct name_rule *rule, enum side side, const char *plain)
{
	regmatch_t at[3] = {0}; /* all, the name in its own brackets, the first group */
	bool both = rule->of[BASE].re_nsub > 1 && rule->of[NEW].re_nsub > 1;

	if (regexec(&rule->of[side], plain, 3, at, 0))
		return NULL;
	if (!both || at[2].rm_so < 0)
		return xstrdup("");
	return xstrndup(plain + at[2].rm_so, (size_t)(at[2].rm_eo - at[2].rm_so));
}
