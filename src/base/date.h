/* date.h - instants (seconds since 1970, UTC) as people and mails write them. */
#ifndef DATE_H
#define DATE_H

#include "base/base.h"

enum { DATE_TEXT = 64 };

/*
 * Now. MELDPOST_NOW in the environment (seconds since 1970, digits only) holds the clock still:
 * tests and the demo pin it, and gpg gets the same instant.
 */
int64_t date_now(void);

/*
 * All in Europe/Amsterdam, the zone of the municipality, whatever TZ says (Algemene termijnenwet:
 * terms run in Dutch time). text holds DATE_TEXT bytes.
 */
void date_local(int64_t at_s, char *text); /* 2026-11-24 16:11 CET */
void date_day(int64_t at_s, char *text); /* 2026-11-24 */
void date_words_nl(int64_t at_s, char *text); /* dinsdag 24 november 2026 */
void date_words_en(int64_t at_s, char *text); /* Tuesday 24 November 2026 */
void date_clock(int64_t at_s, char *text); /* 16:11 */
void date_mail(int64_t at_s, char *text); /* RFC 5322, 3.3: Tue, 24 Nov 2026 16:11:25 +0100 */

/* The civil date in Europe/Amsterdam at that instant; month 1 to 12, weekday 0 is Sunday. */
struct date_civil {
    int year, month, day, hour, minute, second, weekday;
};
struct date_civil date_civil_at(int64_t at_s);

/* The instant of a civil date and time in Europe/Amsterdam; fields out of range are carried on.
 * Of a time that summer time skips or repeats, the later one. */
int64_t date_instant(const struct date_civil *civil);

#endif
