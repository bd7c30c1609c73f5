// SPDX-License-Identifier: MIT
#include "diff/job.h"

#include <ctype.h>
#include <inttypes.h>

#include "cli/number.h"
#include "profile/facts.h"

#define LEAST_BYTES 65536 /* less is said to tell nothing: what run-times read of their host */
#define NOISE_PART  0.02  /* of the bytes; compressors may vary by less */

const char *const job_verdict_names[] = {"same", "assumed", "other"};

static void remark(struct job *job, bool is_difference, char *text)
{
	*vec_push(&job->remarks) = (struct job_remark){is_difference, text};
}

static void blame(struct job *job, const char *text)
{
	job->verdict = JOB_OTHER;
	if (!job->why)
		job->why = xstrdup(text);
}

/* ---- Bytes ---- */

static bool bytes_differ(uint64_t base, uint64_t new)
{
	uint64_t more = base > new ? base : new, apart = base > new ? base - new : new - base;

	return apart > LEAST_BYTES && (double)apart > NOISE_PART * (double)more;
}

/* -1: they differ, 1: they are the same and enough to tell, 0: neither. */
static int compare_bytes(struct job *job, const struct run *base, const struct run *new,
			 enum metric metric, const char *what)
{
	uint64_t a = base->metrics.at[metric].value, b = new->metrics.at[metric].value;
	char a_text[NUMBER_SIZE], b_text[NUMBER_SIZE];
	bool differ = bytes_differ(a, b);

	if (!base->metrics.at[metric].is_known || !new->metrics.at[metric].is_known)
		return 0;
	size_format(a, a_text);
	size_format(b, b_text);
	remark(job, differ,
	       strcmp(a_text, b_text) ? xasprintf("%s %s | %s", what, a_text, b_text)
				      : xasprintf("%s %s both", what, a_text));
	if (differ)
		return -1;
	return (a < b ? a : b) >= LEAST_BYTES;
}

/* ---- Files ---- */

static uint64_t bytes_read(const struct file_scan *files, const char *path)
{
	vec_each (&files->items, use) {
		if (use->read_bytes && !strcmp(names_text(&files->names, use->name), path))
			return use->read_bytes;
	}
	return 0;
}

/* How many files the first has read; *missing: of them, those that the second has not. */
static uint32_t count_inputs(const struct file_scan *files, const struct file_scan *other,
			     uint32_t *missing)
{
	uint32_t nr = 0;

	*missing = 0;
	vec_each (&files->items, use) {
		const char *path = names_text(&files->names, use->name);

		if (!use->read_bytes || file_is_systems(path))
			continue;
		nr++;
		*missing += !bytes_read(other, path);
	}
	return nr;
}

static bool has_mapped(const struct recording *r, const char *path)
{
	vec_each (&r->mappings, mapping) {
		if (mapping->module >= FIRST_FILE_MODULE && mapping->module < r->modules.size &&
		    !strcmp(r->modules.items[mapping->module].path, path))
			return true;
	}
	return false;
}

const struct file_use *job_mapped_file(const struct run *reader, const struct run *mapper)
{
	uint64_t all = reader->metrics.at[METRIC_READ_BYTES].value;

	vec_each (&reader->files.items, use) {
		const char *path = names_text(&reader->files.names, use->name);

		if (use->read_bytes > all / 2 && !file_is_systems(path) &&
		    bytes_read(&mapper->files, path) < use->read_bytes / 10 &&
		    has_mapped(mapper->recording, path))
			return use;
	}
	return NULL;
}

static void compare_files(struct job *job, const struct run *base, const struct run *new)
{
	uint32_t base_only, new_only, nr_base, nr_new;

	if (!base->files.is_known || !new->files.is_known)
		return;
	nr_base = count_inputs(&base->files, &new->files, &base_only);
	nr_new = count_inputs(&new->files, &base->files, &new_only);
	if (!nr_base && !nr_new)
		return;
	if (!base_only && !new_only)
		remark(job, false,
		       xasprintf("of the same %u file%s", nr_base, nr_base == 1 ? "" : "s"));
	else
		remark(job, true,
		       xasprintf("of %u | %u files, of which %u | %u only there", nr_base, nr_new,
				 base_only, new_only));
}

/* ---- Arguments ---- */

static bool is_number(const char *word)
{
	size_t digits = strspn(word, "0123456789");

	return digits && (!word[digits] ||
			  (word[digits] && !word[digits + 1] && strchr("kKmMgG%", word[digits])));
}

static bool is_file_name(const char *word)
{
	const char *dot = strrchr(word, '.');

	return *word != '-' && (strchr(word, '/') || (dot && dot != word && isalnum(dot[1])));
}

/* Threads may have been asked for in the arguments: as many as there are, or beside the main one.
 */
static bool is_thread_count(const struct run *run, const char *word)
{
	uint64_t asked = strtoull(word, NULL, 10);
	uint64_t threads = run->metrics.at[METRIC_THREADS].value;

	return is_number(word) && asked <= threads && threads <= asked + 2;
}

/* Whose first argument is the program, as another binary would be. */
static bool is_interpreter(const char *command)
{
	static const char *const names[] = {"sh",      "bash",  "dash",  "zsh",  "ksh", "python",
					    "pypy",    "perl",  "ruby",  "node", "lua", "php",
					    "Rscript", "julia", "tclsh", NULL};
	const char *slash = strrchr(command, '/');

	command = slash ? slash + 1 : command;
	for (const char *const *name = names; *name; name++) {
		size_t size = strlen(*name);

		if (!strncmp(command, *name, size) &&
		    !command[size + strspn(command + size, "0123456789.js")])
			return true;
	}
	return false;
}

/* The first word that may tell of work. */
static uint32_t first_argument(const struct run *run)
{
	uint32_t i = 1, nr = run_nr_words(run);

	if (!nr || !is_interpreter(run_word(run, 0)))
		return 1;
	while (i < nr && *run_word(run, i) == '-' && strcmp(run_word(run, i), "-c") != 0 &&
	       strcmp(run_word(run, i), "-e") != 0)
		i++;
	if (i < nr && *run_word(run, i) == '-')
		i++;
	return i < nr ? i + 1 : nr;
}

struct argument_changes {
	uint32_t nr, threads;
	const char *of_work[NR_SIDES]; /* a word that tells of other work */
	char *first;                   /* in words */
};

static void note_words(const struct run *base, const struct run *new, const char *a, const char *b,
		       struct argument_changes *out)
{
	bool tells_work = (is_number(a) && is_number(b)) || is_file_name(a) || is_file_name(b);

	if (!strcmp(a, b))
		return;
	if (!out->nr++)
		out->first = xasprintf("%s | %s", a, b);
	if (is_thread_count(base, a) && is_thread_count(new, b)) {
		out->threads++;
	} else if (tells_work && !out->of_work[BASE]) {
		out->of_work[BASE] = a;
		out->of_work[NEW] = b;
	}
}

static const char *argument(const struct run *run, uint32_t i)
{
	return i < run_nr_words(run) ? run_word(run, i) : "";
}

static void compare_arguments(const struct run *base, const struct run *new, bool bytes_agree,
			      struct job *job)
{
	uint32_t base_at = first_argument(base), new_at = first_argument(new);
	bool has_arguments = base_at < run_nr_words(base);
	struct argument_changes changes = {0};

	for (; base_at < run_nr_words(base) || new_at < run_nr_words(new); base_at++, new_at++)
		note_words(base, new, argument(base, base_at), argument(new, new_at), &changes);
	if (!changes.nr) {
		remark(job, false,
		       xstrdup(has_arguments ? "same arguments" : "no arguments on either side"));
		return;
	}
	remark(job, true,
	       xasprintf("arguments differ: %s%s", changes.first, changes.nr > 1 ? ", ..." : ""));
	if (changes.of_work[BASE] && !bytes_agree) {
		scoped_free char *why = xasprintf("the arguments differ: %s | %s",
						  changes.of_work[BASE], changes.of_work[NEW]);
		double from = strtod(changes.of_work[BASE], NULL);
		double to = strtod(changes.of_work[NEW], NULL);

		if (from > 0 && to > 0 && is_number(changes.of_work[BASE]) &&
		    is_number(changes.of_work[NEW]))
			job->work_ratio = to / from;
		blame(job, why);
	}
	free(changes.first);
}

/* ---- The end ---- */

static void compare_exits(const struct run *base, const struct run *new, struct job *job)
{
	struct known a = recording_known(base->recording, "exit_status");
	struct known b = recording_known(new->recording, "exit_status");
	scoped_free char *text = NULL;

	if (!a.is_known || !b.is_known) {
		remark(job, true, xstrdup("how it ended is not known on both sides"));
		return;
	}
	if (a.value == b.value) {
		remark(job, false, xasprintf("exit %d both", shell_status((int)a.value)));
		return;
	}
	text = xasprintf("exit %d | %d", shell_status((int)a.value), shell_status((int)b.value));
	remark(job, true, xstrdup(text));
	blame(job, text);
}

void job_compare(const struct run *base, const struct run *new, bool same_calls, struct job *out)
{
	uint64_t read_base = base->metrics.at[METRIC_READ_BYTES].value;
	uint64_t read_new = new->metrics.at[METRIC_READ_BYTES].value;
	int read = 0, written = 0;

	*out = (struct job){.verdict = JOB_ASSUMED, .work_ratio = 1};
	if (same_calls) {
		read = compare_bytes(out, base, new, METRIC_READ_BYTES, "read");
		compare_files(out, base, new);
	}
	if (read < 0 && (job_mapped_file(base, new) || job_mapped_file(new, base))) {
		remark(out, true, xstrdup("which one side maps where the other one reads it"));
		read = 0;
	}
	if (same_calls)
		written = compare_bytes(out, base, new, METRIC_WRITE_BYTES, "wrote");
	if (read < 0)
		blame(out, "they read different amounts");
	else if (written < 0)
		blame(out, "they wrote different amounts");
	compare_arguments(base, new, read >= 0 && written >= 0 && read + written > 0, out);
	compare_exits(base, new, out);
	if (out->verdict == JOB_ASSUMED && read + written > 0)
		out->verdict = JOB_SAME;
	if (read < 0 && read_base && read_new)
		out->work_ratio = (double)read_new / (double)read_base;
}

void job_fini(struct job *job)
{
	vec_each (&job->remarks, r)
		free(r->text);
	vec_free(&job->remarks);
	free(job->why);
}
