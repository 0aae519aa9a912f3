#include <config.h>

#include "dav/multistatus.h"

#include "base/buf.h"
#include "base/mem.h"
#include "dav/vocabulary.h"
#include "dav/xml_reader.h"

#define DATA_MAX (4U * 1024 * 1024)
#define TEXT_MAX (8U * 1024)
#define TOKEN_MAX (4U * 1024)
#define TEXTS_MAX (DATA_MAX + 256U * 1024) /* of one response, all together */
#define ELEMENTS_MAX 20000U                /* in one response, or between two */

/* A text of the current response, as a place in m->texts. */
struct piece {
	size_t at;
	size_t len;
};

struct props {
	unsigned seen; /* enum dav_prop */
	unsigned resource;
	unsigned privileges;
	unsigned components;
	struct piece fields[FIELDS];
	struct piece homes[DAV_HOMES_MAX];
	size_t n_homes;
};

struct multistatus {
	struct multistatus_sink sink;
	struct xml_reader *reader; /* owns */
	const struct row *stack[XML_DEPTH_MAX + 1];
	size_t depth;
	unsigned elements; /* since the last response began or ended */

	struct buf texts; /* of the current response */
	size_t text_at;   /* where the text being read begins */

	struct props kept;  /* from 2xx propstats */
	struct props stage; /* from the current one, whose status may come last */
	size_t stage_at;    /* m->texts when it began */
	int stage_status;
	bool stage_has_status;
	unsigned absent;
	int failed;
	int status;
	struct piece href;
	size_t n_hrefs;
	size_t n_propstats;
	bool malformed;

	struct buf token; /* {DAV:}sync-token of the whole answer */
	size_t n_tokens;
	size_t n_responses;
};

static const struct row *top(const struct multistatus *m)
{
	return m->stack[m->depth];
}

static bool has_text(enum tag tag)
{
	return tag == TAG_TEXT || tag == TAG_HREF || tag == TAG_RESPONSE_STATUS ||
	       tag == TAG_STATUS || tag == TAG_PRINCIPAL_HREF || tag == TAG_HOME_HREF;
}

/* --- what begins --- */

static void begin_response(struct multistatus *m)
{
	buf_reset(&m->texts);
	m->kept = (struct props){0};
	m->absent = 0;
	m->failed = 0;
	m->status = 0;
	m->href = (struct piece){0};
	m->n_hrefs = 0;
	m->n_propstats = 0;
	m->malformed = false;
	m->elements = 0;
}

static void begin_propstat(struct multistatus *m)
{
	m->stage = (struct props){0};
	m->stage_at = m->texts.len;
	m->stage_status = 0;
	m->stage_has_status = false;
	m->n_propstats++;
}

static void begin(struct multistatus *m, const struct row *row,
	const struct xml_element *el)
{
	if (row->parent == TAG_PROP)
		m->stage.seen |= row->bits;
	if (row->tag == TAG_RESPONSE)
		begin_response(m);
	else if (row->tag == TAG_PROPSTAT)
		begin_propstat(m);
	else if (row->tag == TAG_TYPE)
		m->stage.resource |= row->bits;
	else if (row->tag == TAG_MAY)
		m->stage.privileges |= row->bits;
	else if (row->tag == TAG_COMPONENT)
		m->stage.components |= vocabulary_component(xml_attribute(el, "name"));
	else if (row->tag == TAG_END_TOKEN)
		m->n_tokens++;
	if (has_text(row->tag))
		m->text_at = m->texts.len;
}

static bool on_start(void *ctx, const struct xml_element *el, struct err *e)
{
	struct multistatus *m = ctx;
	const struct row *row = vocabulary_row(top(m)->tag, el);

	if (!m->depth && row->tag != TAG_MULTISTATUS)
		return err_set(e, ERR_PROTOCOL,
			"the answer is not a list of resources");
	if (++m->elements > ELEMENTS_MAX)
		return err_set(e, ERR_PROTOCOL,
			"the answer is refused: too many elements for one resource");
	m->stack[++m->depth] = row;
	begin(m, row, el);
	return true;
}

/* --- text --- */

static bool on_text(void *ctx, struct str text, struct err *e)
{
	struct multistatus *m = ctx;
	const struct row *row = top(m);

	if (row->tag == TAG_END_TOKEN)
		buf_add(&m->token, text); /* full: no token */
	if (!has_text(row->tag))
		return true;
	const bool data = row->tag == TAG_TEXT && row->field == FIELD_DATA;
	const size_t have = m->texts.len - m->text_at;
	if (text.len <= (data ? DATA_MAX : TEXT_MAX) - have)
		buf_add(&m->texts, text);
	else
		m->texts.full = true;
	if (buf_ok(&m->texts))
		return true;
	return err_set(e, ERR_PROTOCOL,
		"the answer is refused: a text in it is too long");
}

/* --- what ends --- */

static struct piece text_read(const struct multistatus *m, bool trim)
{
	const struct str raw = str_from(buf_view(&m->texts), m->text_at);
	const struct str text = trim ? str_trim(raw) : raw;

	if (!text.len)
		return (struct piece){0};
	return (struct piece){m->text_at + (size_t)(text.ptr - raw.ptr), text.len};
}

static struct str piece_view(const struct multistatus *m, struct piece p)
{
	return p.len ? str_slice(buf_view(&m->texts), p.at, p.at + p.len) : STR("");
}

/* The number in "HTTP/1.1 404 Not Found"; 0 when there is none. */
static int status_of(struct str line)
{
	struct str word = STR("");
	int64_t number = 0;

	if (!str_split(&line, ' ', &word) || !str_starts_nocase(word, STR("HTTP/")))
		return 0;
	line = str_trim(line);
	if (!line.ptr || !str_split(&line, ' ', &word) ||
		!str_to_int(word, 100, 999, &number))
		return 0;
	return (int)number;
}

static void end_href(struct multistatus *m)
{
	const struct piece p = text_read(m, true);

	if (!m->n_hrefs++)
		m->href = p;
}

/* One server was seen to send an empty status next to good properties: as if absent. */
static void end_response_status(struct multistatus *m)
{
	const struct str line = piece_view(m, text_read(m, true));

	if (line.len) {
		m->malformed |= m->status || !status_of(line);
		m->status = status_of(line);
	}
}

static void end_status(struct multistatus *m)
{
	m->stage_status = status_of(piece_view(m, text_read(m, true)));
	m->malformed |= m->stage_has_status;
	m->stage_has_status = true;
}

static void keep_stage(struct multistatus *m)
{
	struct props *kept = &m->kept;
	const struct props *stage = &m->stage;
	const unsigned fresh = stage->seen & ~kept->seen;

	for (enum field i = 0; i < FIELDS; i++)
		if (fresh & vocabulary_prop(i))
			kept->fields[i] = stage->fields[i];
	if (fresh & DAV_P_RESOURCETYPE)
		kept->resource = stage->resource;
	if (fresh & DAV_P_PRIVILEGES)
		kept->privileges = stage->privileges;
	if (fresh & DAV_P_COMPONENTS)
		kept->components = stage->components;
	for (size_t i = 0; (fresh & DAV_P_HOME) && i < stage->n_homes; i++)
		kept->homes[kept->n_homes++] = stage->homes[i];
	kept->seen |= fresh;
}

static void end_propstat(struct multistatus *m)
{
	const int status = m->stage_status;

	if (status >= 200 && status < 300) {
		keep_stage(m);
		return;
	}
	if (status == 404)
		m->absent |= m->stage.seen;
	else if (!status)
		m->malformed = true;
	else if (!m->failed)
		m->failed = status;
	/* What a 404 encloses is never taken over; its room is for the next. */
	m->texts.len = m->stage_at;
	if (m->texts.ptr)
		m->texts.ptr[m->stage_at] = '\0';
}

static struct dav_response response_of(const struct multistatus *m)
{
	const struct props *k = &m->kept;
	struct dav_response r = {
		.href = piece_view(m, m->href),
		.status = m->status,
		.found = k->seen,
		.absent = m->absent & ~k->seen,
		.failed = m->failed,
		.malformed = m->malformed || m->n_hrefs != 1 || !m->href.len ||
	                     (m->status && m->n_propstats),
		.resource = k->resource,
		.privileges = k->privileges,
		.components = k->components,
		.displayname = piece_view(m, k->fields[FIELD_DISPLAYNAME]),
		.ctag = piece_view(m, k->fields[FIELD_CTAG]),
		.sync_token = piece_view(m, k->fields[FIELD_SYNC_TOKEN]),
		.color = piece_view(m, k->fields[FIELD_COLOR]),
		.order = piece_view(m, k->fields[FIELD_ORDER]),
		.etag = piece_view(m, k->fields[FIELD_ETAG]),
		.data = piece_view(m, k->fields[FIELD_DATA]),
		.principal = piece_view(m, k->fields[FIELD_PRINCIPAL]),
		.n_homes = k->n_homes,
	};

	for (size_t i = 0; i < k->n_homes; i++)
		r.homes[i] = piece_view(m, k->homes[i]);
	return r;
}

static bool end_response(struct multistatus *m, struct err *e)
{
	const struct dav_response r = response_of(m);

	m->elements = 0;
	m->n_responses++;
	return m->sink.response(m->sink.ctx, &r, e);
}

static void end_home(struct multistatus *m)
{
	const struct piece p = text_read(m, true);

	if (p.len && m->stage.n_homes < DAV_HOMES_MAX)
		m->stage.homes[m->stage.n_homes++] = p;
}

static bool on_end(void *ctx, struct err *e)
{
	struct multistatus *m = ctx;
	const struct row *row = m->stack[m->depth--];

	if (row->tag == TAG_RESPONSE)
		return end_response(m, e);
	if (row->tag == TAG_TEXT)
		m->stage.fields[row->field] = text_read(m, row->field != FIELD_DATA);
	else if (row->tag == TAG_PRINCIPAL_HREF)
		m->stage.fields[FIELD_PRINCIPAL] = text_read(m, true);
	else if (row->tag == TAG_HOME_HREF)
		end_home(m);
	else if (row->tag == TAG_HREF)
		end_href(m);
	else if (row->tag == TAG_RESPONSE_STATUS)
		end_response_status(m);
	else if (row->tag == TAG_STATUS)
		end_status(m);
	else if (row->tag == TAG_PROPSTAT)
		end_propstat(m);
	return true;
}

/* --- life --- */

struct multistatus *multistatus_new(const struct multistatus_sink *sink)
{
	struct multistatus *m = xcalloc(1, sizeof(*m));
	const struct xml_handler handler = {.ctx = m,
		.start = on_start,
		.text = on_text,
		.end = on_end};

	m->sink = *sink;
	m->reader = xml_reader_new(&handler);
	m->stack[0] = vocabulary_root();
	m->texts = buf_with_max(TEXTS_MAX);
	m->token = buf_with_max(TOKEN_MAX);
	return m;
}

void multistatus_free(struct multistatus *m)
{
	if (!m)
		return;
	xml_reader_free(m->reader);
	buf_clear(&m->texts);
	buf_clear(&m->token);
	free(m);
}

bool multistatus_feed(struct multistatus *m, struct str bytes, struct err *e)
{
	return xml_reader_feed(m->reader, bytes, e);
}

bool multistatus_finish(struct multistatus *m, struct multistatus_end *end,
	struct err *e)
{
	if (!xml_reader_finish(m->reader, e))
		return false;
	const struct str token = str_trim(buf_view(&m->token));
	const bool usable = m->n_tokens == 1 && buf_ok(&m->token) && token.len;
	*end = (struct multistatus_end){
		.sync_token = usable ? str_dup(token) : NULL,
		.responses = m->n_responses,
		.stripped = xml_reader_stripped(m->reader),
	};
	return true;
}

void multistatus_end_clear(struct multistatus_end *end)
{
	free(end->sync_token);
	*end = (struct multistatus_end){0};
}
