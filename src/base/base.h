/* base.h - the few words of C that every file uses. */
#ifndef BASE_H
#define BASE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MUST_USE __attribute__((warn_unused_result))
/* Only looks: calls in a row with the same arguments are one. */
#define PURE __attribute__((pure))
#define LIKE_PRINTF(text, first) __attribute__((format(printf, text, first)))

/* AUTO(release_x) T *x: calls release_x(&x) when x goes out of scope. */
#define AUTO(release) __attribute__((cleanup(release)))

#endif
