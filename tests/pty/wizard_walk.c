#include <config.h>

#include "tests/pty/wizard_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

void walk_to_server(struct term *t)
{
	see(t, "Step 1 of 10");
	press_key(t, VTERM_KEY_DOWN);
	see(t, "Step 1 of 9");
	press(t, KEY_ENTER);
	see(t, "Which server?");
}

void walk_to_sign_in(struct term *t)
{
	see(t, "Step 1 of 10");
	press(t, KEY_ENTER);
	see(t, "Make an app-specific password");
	press(t, KEY_ENTER);
	see(t, "Check that Calendar is on");
	press(t, KEY_ENTER);
	see(t, "Sign in to iCloud");
}

/* Enter comes after what was typed is on the screen: one that arrives together with it
 * is taken for the end of a pasted line. */
void walk_server(struct term *t, const char *address)
{
	press(t, address);
	see(t, address);
	press(t, KEY_ENTER);
	see(t, "Sign in to");
}

void walk_sign_in(struct term *t, const char *login, const char *password)
{
	SCOPED(buf) mask = buf_with_max(0);
	const bool ascii = term_has(t, "x--");

	press(t, login);
	see(t, login);
	press(t, KEY_ENTER);
	press(t, password);
	for (size_t i = 0; i < strlen(password); i++)
		buf_text(&mask, ascii ? "*" : "•");
	buf_char(&mask, '_');
	see(t, buf_cstr(&mask));
	press(t, KEY_ENTER);
}
