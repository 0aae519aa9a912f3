#include <config.h>

#include "tests/fake/faults.h"

#include <fcntl.h>
#include <fnmatch.h>

#include "base/file.h"
#include "base/mem.h"

enum { FILE_MAX = 1 << 20 };

struct rule {
	char *line;
	uint64_t met; /* requests that matched */
	bool seen;    /* in this reading of the file */
	bool added;   /* not from the file */
};

struct faults {
	char *file;
	struct rule *rules;
	size_t count;
	size_t cap;
};

struct faults *faults_new(const char *file)
{
	struct faults *f = xcalloc(1, sizeof(*f));

	f->file = xstrdup_or_null(file);
	return f;
}

void faults_free(struct faults *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->count; i++)
		free(f->rules[i].line);
	free(f->rules);
	free(f->file);
	free(f);
}

char *word_next(struct str *line)
{
	SCOPED(buf) word = buf_with_max(0);
	bool quoted = false;
	size_t i = 0;

	*line = str_trim(*line);
	if (!line->len)
		return NULL;
	buf_text(&word, "");
	for (; i < line->len; i++) {
		const char c = line->ptr[i];
		if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == ' ' || c == '\t'))
			break;
		else
			buf_char(&word, c);
	}
	*line = str_from(*line, i);
	char *text = buf_take(&word);
	return text ? text : xstrdup("");
}

static struct rule *find(struct faults *f, struct str line)
{
	for (size_t i = 0; i < f->count; i++)
		if (!f->rules[i].added && str_is(line, f->rules[i].line))
			return &f->rules[i];
	return NULL;
}

static struct rule *push(struct faults *f, struct str line)
{
	f->rules = xgrow(f->rules, f->count, &f->cap, sizeof(*f->rules));
	f->rules[f->count] = (struct rule){.line = str_dup(line)};
	return &f->rules[f->count++];
}

static void drop_if(struct faults *f, bool added)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->count; i++) {
		struct rule *r = &f->rules[i];
		if (added ? r->added : !r->added && !r->seen)
			free(r->line);
		else
			f->rules[kept++] = *r;
	}
	f->count = kept;
}

void faults_drop(struct faults *f)
{
	drop_if(f, true);
}

static bool is_rule(struct str line)
{
	return line.len && line.ptr[0] != '#';
}

static bool read_rules(struct faults *f, struct err *e)
{
	SCOPED(buf) text = buf_with_max(FILE_MAX);
	struct err why = {0};
	struct str line;

	if (!f->file)
		return true;
	if (!file_read(AT_FDCWD, f->file, FILE_MAX, &text, &why) &&
		why.code != ERR_NO_INPUT) {
		*e = why;
		return false;
	}
	for (size_t i = 0; i < f->count; i++)
		f->rules[i].seen = false;
	for (struct str rest = buf_view(&text); str_line(&rest, &line);) {
		line = str_trim(line);
		if (!is_rule(line))
			continue;
		struct rule *r = find(f, line);
		(r ? r : push(f, line))->seen = true;
	}
	drop_if(f, false);
	return true;
}

static bool fits(const char *pattern, const char *text)
{
	return fnmatch(pattern, text, 0) == 0;
}

static bool is_path(const char *pattern, const struct request *r)
{
	if (!str_starts(str_of(pattern), STR("//")))
		return fits(pattern, r->path);
	AUTO_FREE char *place = xasprintf("//" STR_FMT "%s",
		STR_ARG(request_header(r, HEADER_HOST)), r->path);
	return fits(pattern, place);
}

/* "*", "3", "3-" or "3-5". */
static bool is_when(struct str when, uint64_t met, bool *now)
{
	int64_t from = 0;
	int64_t to = INT64_MAX;
	struct str rest = when;
	struct str first;

	*now = true;
	if (str_is(when, "*"))
		return true;
	if (!str_split(&rest, '-', &first) || !str_to_int(first, 1, INT32_MAX, &from))
		return false;
	if (first.len == when.len)
		to = from;
	else if (rest.len && !str_to_int(rest, from, INT32_MAX, &to))
		return false;
	*now = met >= (uint64_t)from && met <= (uint64_t)to;
	return true;
}

struct head {
	char *method;
	char *path;
	char *when;
};

static void head_clear(struct head *h)
{
	free(h->method);
	free(h->path);
	free(h->when);
}

static bool head_read(struct head *h, struct str *line, struct err *e)
{
	bool now = false;

	h->method = word_next(line);
	h->path = word_next(line);
	h->when = word_next(line);
	return (h->when && is_when(str_of(h->when), 1, &now)) ||
	       err_set(e, ERR_USAGE, "a rule is METHOD PATH WHEN ACTION...");
}

static bool add_actions(struct str rest, struct effect *x, struct err *e)
{
	for (char *word; (word = word_next(&rest));) {
		AUTO_FREE char *action = word;
		if (!effect_add(x, str_of(action), e))
			return false;
	}
	return true;
}

static bool check(struct str rule, struct err *e)
{
	SCOPED(head) head = {0};
	SCOPED(effect) x = {0};

	return head_read(&head, &rule, e) && add_actions(rule, &x, e);
}

bool faults_add(struct faults *f, struct str rule, struct err *e)
{
	if (!check(rule, e))
		return false;
	push(f, rule)->added = true;
	return true;
}

static bool apply(struct rule *rule, const struct request *r, const char *word,
	struct effect *x, struct err *e)
{
	struct str rest = str_of(rule->line);
	SCOPED(head) head = {0};
	bool now = false;

	if (!check(rest, e) || !head_read(&head, &rest, e))
		return err_wrap(e, "fault \"%s\"", rule->line);
	if (!fits(head.method, r->method) && !fits(head.method, word))
		return true;
	if (!is_path(head.path, r))
		return true;
	(void)is_when(str_of(head.when), ++rule->met, &now);
	return !now || add_actions(rest, x, e);
}

bool faults_apply(struct faults *f, const struct request *r, const char *word,
	struct effect *x, struct err *e)
{
	if (!read_rules(f, e))
		return false;
	for (size_t i = 0; i < f->count; i++)
		if (!apply(&f->rules[i], r, word, x, e))
			return false;
	return true;
}
