/*
 * The allocator libcurl is given: what it releases is wiped first, because libcurl
 * copies the password and the header made of it into ordinary memory. It keeps the size
 * in front of each block, for malloc_usable_size() would lie to a fortified build.
 *
 * Exhaustion ends the program like everywhere else (base/mem.h), so an "out of memory"
 * that libcurl reports is always a limit of its own that the server ran into.
 */
#ifndef NET_CURL_MEMORY_H
#define NET_CURL_MEMORY_H

#include <stddef.h>

/* In the order curl_global_init_mem() takes them. */
void *curl_memory_malloc(size_t size);
void curl_memory_free(void *p); /* accepts NULL */
void *curl_memory_realloc(void *p, size_t size);
char *curl_memory_strdup(const char *text);
void *curl_memory_calloc(size_t count, size_t size);

#endif
