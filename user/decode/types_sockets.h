/* SPDX-License-Identifier: MIT */
/*
 * What the decoders of sockets share.
 */
#ifndef PROF_DECODE_TYPES_SOCKETS_H
#define PROF_DECODE_TYPES_SOCKETS_H

#include "decode/types.h"

/* An address of `size` bytes; at least the family is there. */
void sockaddr_print(struct decoder *d, const uint8_t *bytes, size_t size);
/* As of d->when, though the call may have failed. */
void sockaddr_print_at(struct decoder *d, uint64_t address, uint64_t size);

void interface_print_value(struct decoder *d, uint32_t index);
void ethernet_type_print(struct decoder *d, uint16_t network_order);

/* types_sockets.c */
extern const struct arg_type type_address_family, type_socket_type, type_protocol,
	type_socket_flags, type_message_flags, type_shutdown_how, type_in_sockaddr,
	type_out_sockaddr, type_sockaddr_size, type_sent_data, type_received_data;

/* types_messages.c */
extern const struct arg_type type_out_message, type_in_message, type_out_messages, type_in_messages;

/* types_sockopts.c */
extern const struct arg_type type_socket_level, type_option_to_get, type_option_to_set,
	type_value_to_get, type_value_to_set;

void result_messages(struct decoder *d);

#endif
