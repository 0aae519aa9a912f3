#!/bin/sh
# Every header compiles alone and is guarded by its own path.
set -u
cd "${srcdir:-.}" || exit 99
bad=0
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
for header in src/*/*.h ui/*.h; do
	guard=$(echo "${header#src/}" | tr 'a-z/.-' 'A-Z___')
	grep -q "^#ifndef $guard\$" "$header" || {
		echo "$header: the guard is not $guard"
		bad=1
	}
	echo "#include \"${header#src/}\"" >>"$scratch/all.c"
	printf '#include "%s"\n' "${header#src/}" >"$scratch/one.c"
	# shellcheck disable=SC2086 # the flags are words
	${CC:-cc} -std=gnu17 -D_GNU_SOURCE -Isrc -I. ${CORE_CFLAGS:-} -Wall -Wextra -Werror \
		-fsyntax-only "$scratch/one.c" || {
		echo "$header: does not compile alone"
		bad=1
	}
done
exit $bad
