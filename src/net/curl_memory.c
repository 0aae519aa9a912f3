#include <config.h>

#include "net/curl_memory.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"

/* In front of each block; its own size keeps what follows aligned for any type. */
struct header {
	alignas(max_align_t) size_t size;
};

static struct header *header_of(void *p)
{
	return (struct header *)p - 1;
}

void *curl_memory_malloc(size_t size)
{
	if (size > SIZE_MAX - sizeof(struct header))
		return NULL;
	struct header *h = xmalloc(sizeof(*h) + size);
	h->size = size;
	return h + 1;
}

void curl_memory_free(void *p)
{
	if (!p)
		return;
	struct header *h = header_of(p);
	wipe(h, sizeof(*h) + h->size);
	free(h);
}

void *curl_memory_realloc(void *p, size_t size)
{
	if (!p)
		return curl_memory_malloc(size);
	void *moved = curl_memory_malloc(size);
	if (!moved)
		return NULL;
	const size_t old = header_of(p)->size;
	memcpy(moved, p, old < size ? old : size);
	curl_memory_free(p);
	return moved;
}

char *curl_memory_strdup(const char *text)
{
	const size_t size = strlen(text) + 1;
	char *copy = curl_memory_malloc(size);

	if (copy)
		memcpy(copy, text, size);
	return copy;
}

void *curl_memory_calloc(size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		return NULL;
	void *p = curl_memory_malloc(count * size);
	if (p)
		memset(p, 0, count * size);
	return p;
}
