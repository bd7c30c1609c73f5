/* SPDX-License-Identifier: MIT */
/* flame.js and flame.css as they are in the source tree, put into the program when it is built. */
#ifndef PROF_OUTPUT_FLAME_ASSETS_H
#define PROF_OUTPUT_FLAME_ASSETS_H

extern const char flame_script[], flame_style[]; /* NUL-terminated */

#endif
