// SPDX-License-Identifier: MIT
#include "profile/line_target.h"

#include <errno.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/nearest.h"
#include "profile/names.h"

#define MAX_CANDIDATES 5 /* that are told when a word fits several */

struct catalogue {
	struct names functions, files;
};

static void catalogue_init(struct catalogue *c, const struct recording *r)
{
	*c = (struct catalogue){0};
	vec_each (&r->locations, location) {
		for (uint32_t i = 0; i < location->nr_lines; i++) {
			const struct function_line *at = &location->lines[i];

			if (at->function && *at->function)
				names_intern(&c->functions, at->function);
			if (at->file && *at->file)
				names_intern(&c->files, at->file);
		}
	}
}

static void catalogue_fini(struct catalogue *c)
{
	names_fini(&c->functions);
	names_fini(&c->files);
}

/* ---- Ways in which a word fits a name ---- */

typedef bool name_fits(const char *name, const char *word);

static bool fits_whole(const char *name, const char *word)
{
	return !strcmp(name, word);
}

/* Whether the name ends in the word, right behind a separator. */
static bool fits_behind(const char *name, const char *word, const char *separator)
{
	size_t name_size = strlen(name), size = strlen(word), before = strlen(separator);
	const char *at = name + name_size - size;

	return name_size >= size + before && !strcmp(at, word) &&
	       !strncmp(at - before, separator, before);
}

static bool fits_end_of_path(const char *name, const char *word)
{
	return fits_behind(name, word, "/");
}

static bool fits_last_of_scopes(const char *name, const char *word)
{
	return fits_behind(name, word, "::");
}

static bool fits_part(const char *name, const char *word)
{
	return strstr(name, word);
}

static const struct way {
	bool of_files;
	name_fits *fits;
} ways[] = {
	{false, fits_whole},          {true, fits_whole}, {true, fits_end_of_path},
	{false, fits_last_of_scopes}, {false, fits_part}, {true, fits_part},
};

/* ---- The choice ---- */

static int refuse_ambiguous(const char *word, const struct names *names, name_fits *fits)
{
	struct bytes list = {0};
	size_t nr = 0;

	vec_each (&names->texts, name) {
		if (!**name || !fits(*name, word) || ++nr > MAX_CANDIDATES)
			continue;
		bytes_append(&list, nr > 1 ? ", " : "", nr > 1 ? 2 : 0);
		bytes_append(&list, *name, strlen(*name));
	}
	bytes_u8(&list, 0);
	refuse(-EINVAL, "'%s' may be any of %zu names in the recording", word, nr);
	hint("say more of it: %s%s", (const char *)list.data, nr > MAX_CANDIDATES ? ", ..." : "");
	bytes_fini(&list);
	return -EINVAL;
}

/* Names as people type them: without directories and namespaces. */
static const char *short_name(const char *name, bool of_files)
{
	const char *last = of_files ? strrchr(name, '/') : NULL;

	if (of_files)
		return last ? last + 1 : name;
	for (const char *at = name; (at = strstr(at, "::")); last = at)
		at += 2;
	return last ? last : name;
}

static int refuse_unknown(const char *word, const struct catalogue *c)
{
	VEC(const char *) words = {0};

	vec_each (&c->functions.texts, name)
		*vec_push(&words) = short_name(*name, false);
	vec_each (&c->files.texts, name)
		*vec_push(&words) = short_name(*name, true);
	*vec_push(&words) = NULL;
	refuse(-ENOENT, "no function or file '%s' is on any stack of the recording", word);
	hint_nearest(word, words.items, "'prof report' shows the functions that are");
	vec_free(&words);
	return -ENOENT;
}

static int choose(const struct catalogue *c, const char *word, struct line_target *out)
{
	for (size_t i = 0; i < sizeof ways / sizeof *ways && *word; i++) {
		const struct names *names = ways[i].of_files ? &c->files : &c->functions;
		const char *found = NULL;

		vec_each (&names->texts, name) {
			if (!**name || !ways[i].fits(*name, word))
				continue;
			if (found)
				return refuse_ambiguous(word, names, ways[i].fits);
			found = *name;
		}
		if (found) {
			*out = (struct line_target){xstrdup(found), ways[i].of_files};
			return 0;
		}
	}
	return refuse_unknown(word, c);
}

int line_target_find(const struct recording *r, const char *word, struct line_target *out)
{
	struct catalogue catalogue;
	int err;

	*out = (struct line_target){0};
	catalogue_init(&catalogue, r);
	err = choose(&catalogue, word, out);
	catalogue_fini(&catalogue);
	return err;
}

void line_target_fini(struct line_target *target)
{
	free(target->name);
	*target = (struct line_target){0};
}

bool line_target_has(const struct line_target *target, const struct function_line *at)
{
	const char *name = target->is_file ? at->file : at->function;

	return name && !strcmp(name, target->name);
}
