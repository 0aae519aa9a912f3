#include <config.h>

#include "ui/qr.h"

#ifdef HAVE_QRENCODE
#include <qrencode.h>
#endif
#include <string.h>

#include "base/mem.h"

#ifdef HAVE_QRENCODE
static char *upper(const char *text)
{
	char *copy = xstrdup(text);

	for (char *c = copy; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	return copy;
}

bool qr_make(struct qr *q, const char *text, bool small)
{
	AUTO_FREE char *shout = small ? upper(text) : NULL;
	QRcode *code = QRcode_encodeString(small ? shout : text, 0, QR_ECLEVEL_L,
		QR_MODE_8, !small);

	if (!code)
		return false;
	const size_t modules = (size_t)code->width * (size_t)code->width;
	*q = (struct qr){.size = code->width, .dark = xmalloc(modules)};
	for (size_t i = 0; i < modules; i++)
		q->dark[i] = code->data[i] & 1;
	QRcode_free(code);
	return true;
}
#else
bool qr_make(UNUSED struct qr *q, UNUSED const char *text, UNUSED bool small)
{
	return false;
}
#endif

void qr_clear(struct qr *q)
{
	free(q->dark);
	*q = (struct qr){0};
}
