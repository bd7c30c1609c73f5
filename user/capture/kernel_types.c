// SPDX-License-Identifier: MIT
#include "capture/kernel_types.h"

#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/vec.h"

#define MAX_DEPTH 32 /* of structures in structures */

struct kernel_types {
	uint8_t *data; /* the whole file, mapped */
	size_t bytes;
	const uint8_t *section;
	const char *strings;
	uint32_t strings_bytes;
	VEC(uint32_t) offsets; /* into the section, by id */
	VEC(uint32_t) hooks;   /* ids of what programs attach to */
};

static const struct btf_type *type_at(const struct kernel_types *types, uint32_t id)
{
	return (const void *)(types->section + types->offsets.items[id]);
}

static const char *name_at(const struct kernel_types *types, uint32_t offset)
{
	return offset < types->strings_bytes ? types->strings + offset : "";
}

/* ---- Reading ---- */

/* How many bytes follow a type's head; -1: not known here, nor is what comes after it. */
static long tail_bytes(const struct btf_type *type)
{
	long vlen = btf_vlen(type);

	switch (btf_kind(type)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return vlen * (long)sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return vlen * (long)sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return vlen * (long)sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:
		return vlen * (long)sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return vlen * (long)sizeof(struct btf_var_secinfo);
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return 0;
	default:
		return -1;
	}
}

static bool is_hook(const struct kernel_types *types, const struct btf_type *type)
{
	const char *name = name_at(types, type->name_off);

	return (btf_is_typedef(type) && !strncmp(name, "btf_trace_", 10)) ||
	       (btf_is_func(type) && !strncmp(name, "bpf_iter_", 9));
}

static bool types_index(struct kernel_types *types, uint32_t section_bytes)
{
	uint32_t at = 0;

	*vec_push(&types->offsets) = 0; /* there is no type 0 */
	while (at < section_bytes) {
		const struct btf_type *type = (const void *)(types->section + at);
		uint32_t rest = section_bytes - at;
		long tail = rest < sizeof *type ? -1 : tail_bytes(type);

		if (tail < 0 || (size_t)tail > rest - sizeof *type)
			return false;
		if (is_hook(types, type))
			*vec_push(&types->hooks) = types->offsets.size;
		*vec_push(&types->offsets) = at;
		at += sizeof *type + (uint32_t)tail;
	}
	return true;
}

static bool types_parse(struct kernel_types *types)
{
	const struct btf_header *head = (const void *)types->data;
	uint64_t room;

	if (types->bytes < sizeof *head || head->magic != BTF_MAGIC || head->hdr_len % 4 ||
	    head->type_off % 4 || head->hdr_len > types->bytes)
		return false;
	room = types->bytes - head->hdr_len;
	if ((uint64_t)head->type_off + head->type_len > room ||
	    (uint64_t)head->str_off + head->str_len > room || !head->str_len)
		return false;
	types->section = types->data + head->hdr_len + head->type_off;
	types->strings = (const char *)types->data + head->hdr_len + head->str_off;
	types->strings_bytes = head->str_len;
	return !types->strings[head->str_len - 1] && types_index(types, head->type_len);
}

struct kernel_types *kernel_types_new(const char *path)
{
	struct kernel_types *types = xnew(struct kernel_types);
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;

	if (fd >= 0 && !fstat(fd, &stat) && stat.st_size > 0) {
		types->bytes = (size_t)stat.st_size;
		types->data = mmap(NULL, types->bytes, PROT_READ, MAP_PRIVATE, fd, 0);
		if (types->data == MAP_FAILED)
			types->data = NULL;
	}
	if (types->data && types_parse(types))
		return types;
	kernel_types_free(types);
	return NULL;
}

void kernel_types_free(struct kernel_types *types)
{
	if (!types)
		return;
	if (types->data)
		munmap(types->data, types->bytes);
	vec_free(&types->offsets);
	vec_free(&types->hooks);
	free(types);
}

uint32_t kernel_types_hook(const struct kernel_types *types, const char *prefix, const char *name)
{
	size_t prefix_bytes = strlen(prefix);

	vec_each (&types->hooks, hook) {
		const char *is = name_at(types, type_at(types, *hook)->name_off);

		if (!strncmp(is, prefix, prefix_bytes) && !strcmp(is + prefix_bytes, name))
			return *hook;
	}
	return 0;
}

/* ---- Selecting ---- */

/* Names, without what CO-RE leaves out: "mm_struct___int" is a way to see "mm_struct". */
struct name_set {
	struct name {
		const char *text;
		size_t bytes;
	} * names;
	size_t size, nr_places; /* a power of two, at most half full */
};

static struct name name_of(const char *text)
{
	const char *flavour = strstr(text, "___");

	return (struct name){text, flavour ? (size_t)(flavour - text) : strlen(text)};
}

/* Where the name is, or belongs. */
static struct name *name_place(const struct name_set *set, struct name name)
{
	uint32_t hash = 2166136261U;
	struct name *place;

	for (size_t i = 0; i < name.bytes; i++)
		hash = (hash ^ (uint8_t)name.text[i]) * 16777619U;
	for (;; hash++) {
		place = &set->names[hash & (set->nr_places - 1)];
		if (!place->text ||
		    (place->bytes == name.bytes && !memcmp(place->text, name.text, name.bytes)))
			return place;
	}
}

static void name_set_init(struct name_set *set, size_t max_names)
{
	*set = (struct name_set){.nr_places = 16};
	while (set->nr_places < 2 * max_names)
		set->nr_places *= 2;
	set->names = xcalloc(set->nr_places, sizeof *set->names);
}

static void name_set_add(struct name_set *set, const char *text)
{
	if (*text)
		*name_place(set, name_of(text)) = name_of(text);
}

static bool name_set_has(const struct name_set *set, const char *text)
{
	return name_place(set, name_of(text))->text;
}

struct selection {
	const struct kernel_types *from;
	struct name_set roots, members;
	uint32_t *copies; /* by id: the copy's id, 0 where there is none */
	struct btf *to;
};

static bool is_rooted(const struct btf_type *type)
{
	return btf_is_composite(type) || btf_is_any_enum(type) || btf_is_typedef(type);
}

static void wanted_add(struct selection *s, const struct btf *local)
{
	uint32_t nr_types = btf__type_cnt(local), nr_members = 0;

	for (uint32_t id = 1; id < nr_types; id++)
		if (btf_is_composite(btf__type_by_id(local, id)))
			nr_members += btf_vlen(btf__type_by_id(local, id));
	name_set_init(&s->roots, nr_types);
	name_set_init(&s->members, nr_members);
	for (uint32_t id = 1; id < nr_types; id++) {
		const struct btf_type *type = btf__type_by_id(local, id);

		if (is_rooted(type))
			name_set_add(&s->roots, btf__name_by_offset(local, type->name_off));
		for (int i = 0; btf_is_composite(type) && i < btf_vlen(type); i++)
			name_set_add(&s->members,
				     btf__name_by_offset(local, btf_members(type)[i].name_off));
	}
}

static int copy_type(struct selection *s, uint32_t id, int depth);

static int copy_enum(struct selection *s, const struct btf_type *type, const char *name)
{
	int copy = btf__add_enum(s->to, name, type->size);

	for (int i = 0; copy >= 0 && i < btf_vlen(type); i++)
		btf__add_enum_value(s->to, name_at(s->from, btf_enum(type)[i].name_off),
				    btf_enum(type)[i].val);
	return copy;
}

static int copy_enum64(struct selection *s, const struct btf_type *type, const char *name)
{
	int copy = btf__add_enum64(s->to, name, type->size, btf_kflag(type));

	for (int i = 0; copy >= 0 && i < btf_vlen(type); i++)
		btf__add_enum64_value(s->to, name_at(s->from, btf_enum64(type)[i].name_off),
				      btf_enum64_value(&btf_enum64(type)[i]));
	return copy;
}

/* Members are types that have to be there before the one they are in. */
static int copy_composite(struct selection *s, const struct btf_type *type, const char *name,
			  int depth)
{
	const struct btf_member *members = btf_members(type);
	scoped_free int *inner = xcalloc(btf_vlen(type) + 1, sizeof *inner);
	int copy;

	for (int i = 0; i < btf_vlen(type); i++) {
		const char *member = name_at(s->from, members[i].name_off);

		inner[i] = -1;
		if (*member && !name_set_has(&s->members, member))
			continue;
		inner[i] = copy_type(s, members[i].type, depth + 1);
		if (inner[i] < 0)
			return inner[i];
	}
	copy = btf_is_struct(type) ? btf__add_struct(s->to, name, type->size)
				   : btf__add_union(s->to, name, type->size);
	for (int i = 0; copy >= 0 && i < btf_vlen(type); i++)
		if (inner[i] >= 0)
			btf__add_field(s->to, name_at(s->from, members[i].name_off), inner[i],
				       btf_member_bit_offset(type, (uint32_t)i),
				       btf_member_bitfield_size(type, (uint32_t)i));
	return copy;
}

static int copy_array(struct selection *s, const struct btf_array *array, int depth)
{
	int index = copy_type(s, array->index_type, depth + 1);
	int element = copy_type(s, array->type, depth + 1);

	if (index < 0 || element < 0)
		return -EINVAL;
	return btf__add_array(s->to, index, element, (int)array->nelems);
}

static int copy_new(struct selection *s, const struct btf_type *type, int depth)
{
	const char *name = name_at(s->from, type->name_off);
	int inner;

	switch (btf_kind(type)) {
	case BTF_KIND_INT:
		return btf__add_int(s->to, name, type->size, btf_int_encoding(type));
	case BTF_KIND_FLOAT:
		return btf__add_float(s->to, name, type->size);
	case BTF_KIND_PTR:
		return btf__add_ptr(s->to, 0);
	case BTF_KIND_ARRAY:
		return copy_array(s, btf_array(type), depth);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return copy_composite(s, type, name, depth);
	case BTF_KIND_ENUM:
		return copy_enum(s, type, name);
	case BTF_KIND_ENUM64:
		return copy_enum64(s, type, name);
	case BTF_KIND_TYPEDEF:
		inner = copy_type(s, type->type, depth + 1);
		return inner < 0 ? inner : btf__add_typedef(s->to, name, inner);
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG: /* they change no layout */
		return copy_type(s, type->type, depth + 1);
	default:
		return 0; /* functions, and what is declared only: as good as void */
	}
}

/* The id of the copy, or -errno. */
static int copy_type(struct selection *s, uint32_t id, int depth)
{
	int copy;

	if (id >= s->from->offsets.size || depth > MAX_DEPTH)
		return -EINVAL;
	if (id == 0 || s->copies[id])
		return (int)s->copies[id];
	copy = copy_new(s, type_at(s->from, id), depth);
	if (copy > 0)
		s->copies[id] = (uint32_t)copy;
	return copy;
}

static int copy_roots(struct selection *s)
{
	for (uint32_t id = 1; id < s->from->offsets.size; id++) {
		const struct btf_type *type = type_at(s->from, id);
		int copy;

		if (!is_rooted(type) || !name_set_has(&s->roots, name_at(s->from, type->name_off)))
			continue;
		copy = copy_type(s, id, 0);
		if (copy < 0)
			return copy;
	}
	return 0;
}

struct btf *kernel_types_select(const struct kernel_types *types, const struct btf *local)
{
	struct selection s = {
		.from = types,
		.copies = xcalloc(types->offsets.size, sizeof *s.copies),
		.to = btf__new_empty(),
	};

	wanted_add(&s, local);
	if (s.to && copy_roots(&s) < 0) {
		btf__free(s.to);
		s.to = NULL;
	}
	free(s.copies);
	free(s.roots.names);
	free(s.members.names);
	return s.to;
}
