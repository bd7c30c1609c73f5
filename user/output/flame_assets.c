// SPDX-License-Identifier: MIT
#include "output/flame_assets.h"

/* The assembler reads the files, below the directory that the compiler runs in. */
#define FILE_OF(name) ".incbin \"user/output/" name "\"\n"
#define EMBED(symbol, files)                                                                       \
	asm(".pushsection .rodata\n"                                                               \
	    ".global " #symbol "\n" #symbol ":\n" files ".byte 0\n"                                \
	    ".popsection\n")

EMBED(flame_style, FILE_OF("flame.css"));
EMBED(flame_script, FILE_OF("flame_tree.js") FILE_OF("flame_view.js") FILE_OF("flame_tip.js")
			    FILE_OF("flame_tools.js") FILE_OF("flame_control.js"));
