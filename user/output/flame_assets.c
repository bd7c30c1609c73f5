// SPDX-License-Identifier: MIT
#include "output/flame_assets.h"

/* The assembler reads the file, below the directory that the compiler runs in. */
#define EMBED(symbol, file)                                                                        \
	asm(".pushsection .rodata\n"                                                               \
	    ".global " #symbol "\n" #symbol ":\n"                                                  \
	    ".incbin \"" file "\"\n"                                                               \
	    ".byte 0\n"                                                                            \
	    ".popsection\n")

EMBED(flame_script, "user/output/flame.js");
EMBED(flame_style, "user/output/flame.css");
