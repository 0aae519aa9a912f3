#!/bin/sh
# A file has a room of its own: at most 500 lines.
set -u
cd "${srcdir:-.}" || exit 99
wc -l src/*.c src/*/*.[ch] ui/*.[ch] | awk '$2 != "total" && $1 > 500 {
	print $2 ": " $1 " lines, more than 500"; bad = 1 } END { exit bad }'
