// SPDX-License-Identifier: MIT
/* The picture as a page: the same one, in a document that forbids itself the network. */
#include "output/flame.h"

#include "output/markup.h"

void flame_html(FILE *out, const struct flame *flame)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<link rel=\"icon\" href=\"data:,\">\n<title>",
	      out);
	markup_text(out, flame->weights[flame->weight].title);
	fputs(": ", out);
	markup_text(out, flame->about);
	fputs("</title>\n<style>body { margin: 0; } svg { display: block; }</style>\n</head>\n"
	      "<body>\n",
	      out);
	flame_svg(out, flame);
	fputs("</body>\n</html>\n", out);
}
