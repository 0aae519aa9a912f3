#!/bin/sh
# The arrows point down: a folder includes itself and the folders to its left.
#   base -> cal -> dav -> store -> sync -> net -> app   (src/)   <-  ui/  <-  src/main.c
# and each foreign library has one home. Prints every line that breaks the rule.
set -u
cd "${srcdir:-.}" || exit 99
bad=0

complain() {
	echo "$1"
	bad=1
}

layers="base cal dav store sync net app"
allowed=""
for layer in $layers; do
	allowed="$allowed $layer"
	for file in src/"$layer"/*.[ch]; do
		for target in $(sed -n 's/^#include "\([a-z_]*\)\/.*/\1/p' "$file" | sort -u); do
			case " $allowed " in
			*" $target "*) ;;
			*) complain "$file: includes $target/, which is above $layer/" ;;
			esac
		done
	done
done

# home PATTERN FILES...: only these files may include a header that matches.
home() {
	pattern=$1
	shift
	for file in $(grep -lE "^#include <($pattern)" src/*.c src/*/*.[ch] ui/*.[ch]); do
		for glob in "$@"; do
			case $file in
			$glob) continue 2 ;;
			esac
		done
		complain "$file: includes <$pattern>, which belongs to $*"
	done
}

home 'curses|ncurses|term\.h' 'ui/term_curses*.[ch]'
home 'curl/' 'src/net/*'
home 'sqlite3' 'src/store/*'
home 'libical/' 'src/cal/*'
home 'libxml/' 'src/dav/*'
home 'sodium' 'src/base/secret.c' 'src/base/digest.c' 'src/store/vault*.c' 'src/store/keyfile.c'
home 'qrencode' 'ui/qr*.c'

# Pure folders and files: no clock, no files, no environment.
for file in src/cal/*.c src/dav/*.c src/sync/plan.c src/sync/guard.c ui/wizard*.c \
	ui/page*.c ui/grid*.c ui/edit*.c ui/list*.c; do
	[ -e "$file" ] || continue
	grep -nE '(^|[^.>_a-zA-Z])(time|clock_gettime|gettimeofday|getenv|fopen|open|read|write|socket|printf|setlocale)\(' \
		"$file" | sed "s|^|$file: not pure: |" | grep . && bad=1
done

exit $bad
