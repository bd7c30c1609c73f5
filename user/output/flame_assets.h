/* SPDX-License-Identifier: MIT */
/* The files flame_*.js, as one, and flame.css: put into the program as they are when it is built.
 */
#ifndef PROF_OUTPUT_FLAME_ASSETS_H
#define PROF_OUTPUT_FLAME_ASSETS_H

extern const char flame_script[], flame_style[]; /* NUL-terminated */

#endif
