// SPDX-License-Identifier: MIT
#include "cmd/sides.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "profile/facts.h"

/* ---- Paths ---- */

static void add_path(struct side_paths *paths, enum side side, const char *path)
{
	unsigned int nr = 0;

	while (access(path, F_OK)) {
		char *numbered = xasprintf("%s.%u", path, nr + 1);

		if (access(numbered, F_OK)) {
			free(numbered);
			break;
		}
		*vec_push(&paths->of[side]) = numbered;
		nr++;
	}
	if (!nr)
		*vec_push(&paths->of[side]) = xstrdup(path);
}

int side_paths_add(struct side_paths *paths, enum side side, const char *list)
{
	scoped_free char *words = xstrdup(list);
	char *rest = words, *word;

	while ((word = strsep(&rest, ","))) {
		if (!*word)
			return refuse(-EINVAL, "'%s' lacks the name of a file", list);
		add_path(paths, side, word);
	}
	return 0;
}

void side_paths_fini(struct side_paths *paths)
{
	for (int side = 0; side < NR_SIDES; side++) {
		vec_each (&paths->of[side], path)
			free(*path);
		vec_free(&paths->of[side]);
	}
}

/* ---- Reading ---- */

/* What a thread reads. */
struct reading {
	char *const *paths;
	struct recording **recordings;
	struct run **runs;
	uint32_t nr;
};

static void *read_side(void *arg)
{
	const struct reading *reading = arg;

	for (uint32_t i = 0; i < reading->nr; i++)
		reading->runs[i] = run_new(reading->recordings[i], reading->paths[i]);
	return NULL;
}

static void read_sides(struct reading readings[NR_SIDES])
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, read_side, &readings[NEW])) {
		read_side(&readings[BASE]);
		read_side(&readings[NEW]);
		return;
	}
	read_side(&readings[BASE]);
	pthread_join(thread, NULL);
}

static int open_side(struct sides *sides, enum side side, const struct side_paths *paths)
{
	uint32_t nr = (uint32_t)paths->of[side].size;

	sides->recordings[side] = xcalloc(nr, sizeof(struct recording *));
	sides->runs[side] = xcalloc(nr, sizeof(struct run *));
	sides->aligned.of[side] = sides->runs[side];
	sides->aligned.nr[side] = nr;
	for (uint32_t i = 0; i < nr; i++) {
		int err = recording_open(paths->of[side].items[i], &sides->recordings[side][i]);

		if (err)
			return err;
		recording_teach_syscalls(sides->recordings[side][i]);
	}
	return 0;
}

int sides_open(struct sides *sides, const struct side_paths *paths)
{
	struct reading readings[NR_SIDES];

	*sides = (struct sides){0};
	for (int side = 0; side < NR_SIDES; side++) {
		int err = open_side(sides, (enum side)side, paths);

		if (err)
			return err;
		readings[side] = (struct reading){paths->of[side].items, sides->recordings[side],
						  sides->runs[side], sides->aligned.nr[side]};
	}
	read_sides(readings);
	return 0;
}

void sides_close(struct sides *sides)
{
	for (int side = 0; side < NR_SIDES; side++) {
		for (uint32_t i = 0; i < sides->aligned.nr[side]; i++) {
			run_free(sides->runs[side][i]);
			recording_close(sides->recordings[side][i]);
		}
		free(sides->recordings[side]);
		free(sides->runs[side]);
	}
}

static bool side_has(const struct aligned_runs *runs, enum side side, const char *events)
{
	for (uint32_t i = 0; i < runs->nr[side]; i++) {
		if (!recording_has(runs->of[side][i]->recording, events))
			return false;
	}
	return true;
}

int sides_check_paths(const struct aligned_runs *runs, enum event_kind_of_path events)
{
	const char *what = events == PATH_FAULTS ? "faults" : "syscalls";
	struct caveats caveats;

	for (int side = 0; side < NR_SIDES; side++) {
		if (side_has(runs, (enum side)side, what))
			continue;
		refuse(-ENODATA, "%s has no %s to compare: they were not recorded",
		       side_name((enum side)side),
		       events == PATH_FAULTS ? "page faults" : "system calls");
		hint("record both sides with -e faults,syscalls, or compare paths of the other "
		     "kind");
		return -ENODATA;
	}
	caveats_find(runs->of[BASE], runs->nr[BASE], runs->of[NEW], runs->nr[NEW], &caveats);
	vec_each (&caveats.texts, text)
		note("%s", *text);
	caveats_fini(&caveats);
	return 0;
}

int name_map_read(const char *path, struct name_map *out)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t capacity = 0;
	unsigned int nr = 0;
	int err = 0;

	if (!file)
		return fail(-errno, "cannot read '%s'", path);
	while (!err && getline(&line, &capacity, file) >= 0)
		err = name_map_add_line(out, line, path, ++nr);
	free(line);
	fclose(file);
	return err;
}
