// SPDX-License-Identifier: MIT
/* The content of a PIECE_DESCRIPTOR, both ways; format.h describes it. */
#include <string.h>

#include "base/bytes.h"
#include "recording/recording.h"

void told_descriptor_put(const struct told_descriptor *d, struct bytes *out)
{
	bytes_varint(out, d->mode);
	bytes_varint(out, d->device);
	bytes_varint(out, d->inode);
	bytes_varint(out, d->flags);
	bytes_varint(out, d->magic);
	bytes_u8(out, d->deleted);
	bytes_varint(out, d->path_bytes);
	bytes_append(out, d->path, d->path_bytes);
	bytes_u8(out, d->is_socket);
	if (!d->is_socket)
		return;
	bytes_varint(out, d->family);
	bytes_varint(out, d->type);
	bytes_varint(out, d->protocol);
	bytes_varint(out, d->state);
	bytes_varint(out, d->local_port);
	bytes_varint(out, d->peer_port);
	bytes_varint(out, d->port_id);
	bytes_append(out, d->local, sizeof d->local);
	bytes_append(out, d->peer, sizeof d->peer);
	bytes_varint(out, d->peer_inode);
	bytes_varint(out, d->socket_path_bytes);
	bytes_append(out, d->socket_path, d->socket_path_bytes);
}

static const char *text_take(struct cursor *in, uint32_t *out_bytes)
{
	uint64_t size = cursor_varint(in);
	const uint8_t *text = cursor_take(in, size);

	*out_bytes = text ? (uint32_t)size : 0;
	return text ? (const char *)text : "";
}

static void address_take(struct cursor *in, uint8_t out[16])
{
	const uint8_t *address = cursor_take(in, 16);

	if (address)
		memcpy(out, address, 16);
}

bool told_descriptor_take(const struct piece *piece, struct told_descriptor *out)
{
	struct cursor in = cursor_over(piece->bytes, piece->size_bytes);

	*out = (struct told_descriptor){
		.fd = (int32_t)piece->address, .path = "", .socket_path = ""};
	out->mode = (uint32_t)cursor_varint(&in);
	out->device = cursor_varint(&in);
	out->inode = cursor_varint(&in);
	out->flags = (uint32_t)cursor_varint(&in);
	out->magic = (uint32_t)cursor_varint(&in);
	out->deleted = cursor_u8(&in);
	out->path = text_take(&in, &out->path_bytes);
	out->is_socket = cursor_u8(&in);
	if (out->is_socket) {
		out->family = (uint16_t)cursor_varint(&in);
		out->type = (uint16_t)cursor_varint(&in);
		out->protocol = (uint16_t)cursor_varint(&in);
		out->state = (uint8_t)cursor_varint(&in);
		out->local_port = (uint16_t)cursor_varint(&in);
		out->peer_port = (uint16_t)cursor_varint(&in);
		out->port_id = (uint32_t)cursor_varint(&in);
		address_take(&in, out->local);
		address_take(&in, out->peer);
		out->peer_inode = cursor_varint(&in);
		out->socket_path = text_take(&in, &out->socket_path_bytes);
	}
	return cursor_done(&in);
}
