// SPDX-License-Identifier: MIT
#include "advice/contexts.h"

#include <stddef.h>
#include <string.h>

/*
 * zstd gets the memory of a context when it is first used, so any function of its may be the one
 * that makes it; a context that is used again keeps what it has.
 */
static const struct context_kind kinds[] = {
	{"deflateInit", "zlib compression stream",
	 "keep one z_stream per thread and call deflateReset() between items, not deflateEnd() and "
	 "deflateInit()"},
	{"inflateInit", "zlib decompression stream",
	 "keep one z_stream per thread and call inflateReset() between items, not inflateEnd() and "
	 "inflateInit()"},
	{"ZSTD_", "zstd context",
	 "keep one ZSTD_CCtx or ZSTD_DCtx per thread and reset it (ZSTD_CCtx_reset) between items; "
	 "ZSTD_compress() makes a new one at each call, ZSTD_compressCCtx() does not"},
	{"BZ2_bzCompressInit", "bzip2 stream", "compress more in one stream"},
	{"BZ2_bzDecompressInit", "bzip2 stream", "decompress more in one stream"},
	{"lzma_", "xz coder",
	 "keep the lzma_stream and initialise it again without lzma_end() between items"},
	{"LZ4_createStream", "LZ4 stream", "keep the stream and call LZ4_resetStream_fast()"},
	{"LZ4F_createCompressionContext", "LZ4 frame context", "keep the context for all frames"},
	{"BrotliEncoderCreateInstance", "brotli encoder", "compress more with one encoder"},
	{"BrotliDecoderCreateInstance", "brotli decoder", "decompress more with one decoder"},
	{"XML_ParserCreate", "expat parser", "keep the parser and call XML_ParserReset()"},
	{"EVP_CIPHER_CTX_new", "OpenSSL cipher context", "keep it, with EVP_CIPHER_CTX_reset()"},
	{"EVP_MD_CTX_new", "OpenSSL digest context", "keep it, with EVP_MD_CTX_reset()"},
	{"curl_easy_init", "curl handle", "keep it, with curl_easy_reset()"},
	{"avcodec_open", "codec context", "keep the codec open, with avcodec_flush_buffers()"},
	{"cairo_image_surface_create", "cairo surface", "keep one surface and draw it anew"},
	{"fftw_plan", "FFTW plan", "make the plan once and execute it for all items"},
	{0},
};

const struct context_kind *context_kind_of(const char *function)
{
	for (const struct context_kind *kind = kinds; kind->prefix; kind++) {
		if (!strncmp(function, kind->prefix, strlen(kind->prefix)))
			return kind;
	}
	return NULL;
}
