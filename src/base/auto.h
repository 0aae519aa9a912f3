/*
 * Scope-bound ownership.
 *
 *   AUTO_FREE char *s = NULL;          free() at the end of the scope
 *   AUTO_CLOSE int fd = open(...);     close() unless negative
 *   AUTO(vault) *v = NULL;             vault_free(), which accepts NULL
 *   SCOPED(buf) b = buf_with_max(64);  buf_clear(&b)
 *   return take(&v);                   moves the pointer out, leaves NULL behind
 *
 * An AUTO variable is initialised on its own line. A noun becomes usable with AUTO() by
 * writing AUTO_DEFINE(noun) below the declaration of noun_free().
 */
#ifndef BASE_AUTO_H
#define BASE_AUTO_H

#include <stdlib.h>
#include <unistd.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define UNUSED __attribute__((unused))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define AUTO_FREE __attribute__((cleanup(auto_free)))
#define AUTO_CLOSE __attribute__((cleanup(auto_close)))
#define AUTO(noun) __attribute__((cleanup(noun##_auto))) struct noun
#define SCOPED(noun) __attribute__((cleanup(noun##_clear))) struct noun

#define AUTO_DEFINE(noun)                                                              \
	UNUSED static inline void noun##_auto(struct noun **p)                         \
	{                                                                              \
		noun##_free(*p);                                                       \
	}

#define take(pointer)                                                                  \
	__extension__({                                                                \
		__typeof__(pointer) take_from_ = (pointer);                            \
		__typeof__(*take_from_) taken_ = *take_from_;                          \
		*take_from_ = NULL;                                                    \
		taken_;                                                                \
	})

UNUSED static inline void auto_free(void *p)
{
	free(*(void **)p);
}

UNUSED static inline void auto_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

#endif
