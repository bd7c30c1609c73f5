// SPDX-License-Identifier: MIT
/*
 * The settings of terminals. Some of the flags are numbers of a few bits each; all of them are
 * shown, also those that are zero.
 */
#include "decode/types_ioctl.h"

#include <asm/termbits.h>
#include <string.h>

#include "decode/constants.h"

/* The layout that both structs are shown from. */
struct settings {
	uint32_t input, output, control, local;
	uint8_t line, characters[19];
	unsigned int nr_characters;
};

static void field_word(struct emit *e, const struct constant_set *set, uint32_t value)
{
	const char *name = constant_name(set, value);

	if (name)
		emit_word(e, name);
	else
		emit_hex(e, value);
}

/* Names of bits, and nothing for none. */
static void bits_words(struct emit *e, const struct constant_set *set, uint32_t value)
{
	if (value)
		emit_flag_names(e, set, value);
}

static void output_print(struct emit *e, uint32_t output)
{
	static const struct {
		uint32_t mask;
		const struct constant_set *set;
	} delays[] = {
		{NLDLY, &terminal_newlines},  {CRDLY, &terminal_returns},
		{TABDLY, &terminal_tabs},     {BSDLY, &terminal_backspaces},
		{VTDLY, &terminal_verticals}, {FFDLY, &terminal_feeds},
	};

	emit_name(e, "c_oflag");
	emit_open(e, EMIT_FLAGS);
	for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
		field_word(e, delays[i].set, output & delays[i].mask);
		output &= ~delays[i].mask;
	}
	if (!output)
		emit_raw(e, "|");
	bits_words(e, &terminal_outputs, output);
	emit_close(e);
}

static void speed_print(struct emit *e, uint32_t speed, bool is_input)
{
	const char *name = constant_name(&terminal_speeds, speed);

	if (!name)
		emit_wordf(e, is_input ? "%#x<<IBSHIFT" : "%#x", speed);
	else
		emit_wordf(e, is_input ? "%s<<IBSHIFT" : "%s", name);
}

static void control_print(struct emit *e, uint32_t control)
{
	uint32_t input_speed = control >> IBSHIFT & CBAUD;
	uint32_t rest = control & ~(uint32_t)(CBAUD | CSIZE | CBAUD << IBSHIFT);

	emit_name(e, "c_cflag");
	emit_open(e, EMIT_FLAGS);
	speed_print(e, control & CBAUD, false);
	if (input_speed)
		speed_print(e, input_speed, true);
	field_word(e, &terminal_sizes, control & CSIZE);
	if (!rest)
		emit_raw(e, "|");
	bits_words(e, &terminal_controls, rest);
	emit_close(e);
}

static void bits_member(struct emit *e, const char *name, const struct constant_set *set,
			uint32_t value)
{
	emit_name(e, name);
	emit_open(e, EMIT_FLAGS);
	bits_words(e, set, value);
	emit_close(e);
}

static void characters_print(struct emit *e, const struct settings *settings)
{
	emit_name(e, "c_cc");
	emit_open(e, EMIT_ARRAY);
	for (unsigned int i = 0; i < settings->nr_characters; i++) {
		const char *name = constant_name(&terminal_characters, i);

		if (name)
			emit_wordf(e, "[%s]=%s%x", name, settings->characters[i] ? "0x" : "",
				   settings->characters[i]);
		else
			emit_wordf(e, "[%u]=%s%x", i, settings->characters[i] ? "0x" : "",
				   settings->characters[i]);
	}
	emit_close(e);
}

static void settings_print(struct decoder *d, const struct settings *settings)
{
	struct emit *e = d->e;

	emit_open(e, EMIT_STRUCT);
	bits_member(e, "c_iflag", &terminal_inputs, settings->input);
	output_print(e, settings->output);
	control_print(e, settings->control);
	bits_member(e, "c_lflag", &terminal_locals, settings->local);
	if (d->options->verbose) {
		emit_member_choice(e, "c_line", &line_disciplines, settings->line);
		characters_print(e, settings);
	} else {
		emit_more(e);
	}
	emit_close(e);
}

void termios_print_at(struct decoder *d, uint64_t address)
{
	struct termios state;
	struct settings settings;

	if (!fetch_or_pointer(d, address, &state, sizeof state))
		return;
	settings = (struct settings){.input = state.c_iflag,
				     .output = state.c_oflag,
				     .control = state.c_cflag,
				     .local = state.c_lflag,
				     .line = state.c_line,
				     .nr_characters = NCCS};
	memcpy(settings.characters, state.c_cc, sizeof state.c_cc);
	settings_print(d, &settings);
}

/* <asm/termios.h> has it, and clashes with <asm/termbits.h> of other systems. */
struct old_state {
	uint16_t input, output, control, local;
	uint8_t line, characters[8];
};

void termio_print_at(struct decoder *d, uint64_t address)
{
	struct old_state state;
	struct settings settings;

	if (!fetch_or_pointer(d, address, &state, sizeof state))
		return;
	settings = (struct settings){.input = state.input,
				     .output = state.output,
				     .control = state.control,
				     .local = state.local,
				     .line = state.line,
				     .nr_characters = sizeof state.characters};
	memcpy(settings.characters, state.characters, sizeof state.characters);
	settings_print(d, &settings);
}
