#!/bin/sh
# The manual has no faults mandoc knows of.
command -v mandoc >/dev/null 2>&1 || exit 77
found=$(mandoc -Tlint -Wwarning "${srcdir:-.}/assets/calwiz.1")
[ -z "$found" ] || {
	echo "$found"
	exit 1
}
