/* worksheet.h - what the web form of the Autoriteit Persoonsgegevens asks, filled in as far as the
 * case knows, in Dutch. Nothing about the researcher, and nothing of what he wrote but facts. */
#ifndef WORKSHEET_H
#define WORKSHEET_H

#include "cases/case.h"

struct worksheet_house {
    const char *municipality; /* "gemeente Haaksbergen" */
    const char *ciso_title, *telephone;
    const struct texts *office; /* lines of the visiting address */
    const struct texts *own_domains; /* hosts elsewhere are left out */
};

/* Plain text, lines of at most 100 columns, but for URLs. */
const char *worksheet_text(const struct case_file *file, const struct worksheet_house *house,
    int64_t now_s, struct arena *arena);

/* One line for the register of AVG article 33(5): fields parted by ";", text by quotes. */
const char *worksheet_register(
    const struct case_file *file, const struct worksheet_house *house, struct arena *arena);
const char *worksheet_register_head(void);

#endif
