#!/bin/sh
# Functions that are not used here, and what is used instead (see base/str.h, base/buf.h).
set -u
cd "${srcdir:-.}" || exit 99
functions='strcpy|strcat|sprintf|vsprintf|strncpy|strncat|atoi|atol|atof|strtol|strtoul|strtoll|sscanf|strtok|strtok_r|gets|alloca|system|popen|tmpnam|mktemp|signal|isalpha|isdigit|isalnum|isspace|isupper|islower|tolower|toupper|icalcomponent_normalize|curl_easy_perform'
found=$(grep -nE "(^|[^a-zA-Z0-9_.>])($functions)\(" src/*.c src/*/*.[ch] ui/*.[ch] |
	grep -vE '^[^:]*:[0-9]+:[[:space:]]*(/?\*|//)')
[ -z "$found" ] || {
	echo "$found"
	exit 1
}
