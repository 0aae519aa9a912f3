/*
 * What is known about a folder somebody chose for the calendars.
 */
#ifndef UI_FOLDER_H
#define UI_FOLDER_H

#include <stddef.h>

#include "ui/wizard.h"

/* Looks, changes nothing. `why` gets a sentence for FOLDER_BAD and FOLDER_USED. */
enum folder_state folder_look(const struct account *a, char *why, size_t size);

#endif
