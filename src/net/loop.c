#include <config.h>

#include "net/loop.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/curl_memory.h"
#include "net/loop_curl.h"

struct loop_timer {
	struct loop_timer *next;
	int64_t due_ms;
	void (*fire)(void *ctx);
	void *ctx; /* borrowed */
};

struct loop_watch {
	struct loop_watch *next;
	int fd;
	void (*readable)(void *ctx);
	void *ctx; /* borrowed */
	bool ready;
	bool gone; /* cancelled during a turn, released at its end */
};

struct loop_transfer {
	struct loop_transfer *next;
	CURL *easy; /* borrowed */
	void (*ended)(void *ctx, CURLcode result);
	void *ctx; /* borrowed */
	bool stopped;
};

struct loop {
	const struct clock *clock; /* borrowed */
	CURLM *multi;
	CURLSH *share;
	struct loop_timer *timers; /* the next due first, among equals the oldest */
	struct loop_timer
		*firing; /* out of the list, but its owner may still cancel it */
	struct loop_watch *watches;
	struct loop_transfer *transfers;
	struct curl_waitfd *fds;
	size_t fds_cap;
	int signal_fd; /* -1 = none */
	bool signalled;
	sigset_t mask_before;
	void (*got)(void *ctx, int number);
	void *got_ctx; /* borrowed */
	bool turning;
	bool performing;
};

struct loop *loop_new(const struct clock *clock, struct err *e)
{
	/* Debian's libcurl writes the secrets of its TLS sessions to that file. */
	(void)unsetenv("SSLKEYLOGFILE");
	if (curl_global_init_mem(CURL_GLOBAL_ALL, curl_memory_malloc, curl_memory_free,
		    curl_memory_realloc, curl_memory_strdup, curl_memory_calloc)) {
		(void)err_set(e, ERR_SYSTEM, "the network library does not start");
		return NULL;
	}
	struct loop *l = xcalloc(1, sizeof(*l));
	l->clock = clock;
	l->signal_fd = -1;
	l->multi = curl_multi_init();
	l->share = curl_share_init();
	if (!l->multi || !l->share ||
		curl_share_setopt(l->share, CURLSHOPT_SHARE,
			CURL_LOCK_DATA_SSL_SESSION)) {
		loop_free(l);
		(void)err_set(e, ERR_SYSTEM, "the network library does not start");
		return NULL;
	}
	(void)curl_multi_setopt(l->multi, CURLMOPT_MAXCONNECTS, 16L);
	return l;
}

static void signals_undo(struct loop *l)
{
	if (l->signal_fd < 0)
		return;
	(void)close(l->signal_fd);
	(void)sigprocmask(SIG_SETMASK, &l->mask_before, NULL);
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	assert(!l->turning && !l->timers && !l->watches && !l->transfers);
	signals_undo(l);
	if (l->multi)
		(void)curl_multi_cleanup(l->multi);
	if (l->share)
		(void)curl_share_cleanup(l->share);
	curl_global_cleanup();
	free(l->fds);
	free(l);
}

const struct clock *loop_clock(const struct loop *l)
{
	return l->clock;
}

CURLSH *loop_curl_share(struct loop *l)
{
	return l->share;
}

/* Timers */

struct loop_timer *loop_after(struct loop *l, int64_t delay_ms, void (*fire)(void *ctx),
	void *ctx)
{
	struct loop_timer *t = xcalloc(1, sizeof(*t));
	struct loop_timer **at = &l->timers;

	t->due_ms = clock_mono_ms(l->clock) + (delay_ms > 0 ? delay_ms : 0);
	t->fire = fire;
	t->ctx = ctx;
	while (*at && (*at)->due_ms <= t->due_ms)
		at = &(*at)->next;
	t->next = *at;
	*at = t;
	return t;
}

void loop_timer_cancel(struct loop *l, struct loop_timer *t)
{
	if (!t || t == l->firing)
		return;
	struct loop_timer **at = &l->timers;
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	free(t);
}

/* Those due now; one that is registered meanwhile waits for the next turn, or a timer
 * without a delay that renews itself would never let go. */
static void run_timers(struct loop *l)
{
	const int64_t now = clock_mono_ms(l->clock);
	size_t due = 0;

	for (struct loop_timer *t = l->timers; t && t->due_ms <= now; t = t->next)
		due++;
	for (; due && l->timers && l->timers->due_ms <= now; due--) {
		l->firing = l->timers;
		l->timers = l->firing->next;
		l->firing->fire(l->firing->ctx);
		free(take(&l->firing));
	}
}

/* Watches */

struct loop_watch *loop_watch(struct loop *l, int fd, void (*readable)(void *ctx),
	void *ctx)
{
	struct loop_watch *w = xcalloc(1, sizeof(*w));
	struct loop_watch **at = &l->watches;

	w->fd = fd;
	w->readable = readable;
	w->ctx = ctx;
	while (*at)
		at = &(*at)->next;
	*at = w;
	return w;
}

static void sweep_watches(struct loop *l)
{
	for (struct loop_watch **at = &l->watches; *at;) {
		struct loop_watch *w = *at;
		if (!w->gone) {
			at = &w->next;
			continue;
		}
		*at = w->next;
		free(w);
	}
}

void loop_watch_cancel(struct loop *l, struct loop_watch *w)
{
	if (!w)
		return;
	w->gone = true;
	if (!l->turning)
		sweep_watches(l);
}

static void run_watches(struct loop *l)
{
	for (struct loop_watch *w = l->watches; w; w = w->next) {
		const bool ready = w->ready && !w->gone;
		w->ready = false;
		if (ready)
			w->readable(w->ctx);
	}
}

/* Signals */

bool loop_signals(struct loop *l, const int *numbers,
	void (*got)(void *ctx, int number), void *ctx, struct err *e)
{
	assert(l->signal_fd < 0);
	sigset_t set;
	(void)sigemptyset(&set);
	for (; *numbers; numbers++)
		(void)sigaddset(&set, *numbers);
	if (sigprocmask(SIG_BLOCK, &set, &l->mask_before))
		return err_errno(e, "block signals");
	l->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l->signal_fd < 0) {
		(void)err_errno(e, "signals as events");
		(void)sigprocmask(SIG_SETMASK, &l->mask_before, NULL);
		return false;
	}
	l->got = got;
	l->got_ctx = ctx;
	return true;
}

static void run_signals(struct loop *l)
{
	struct signalfd_siginfo info;

	while (l->signalled &&
		read(l->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		l->got(l->got_ctx, (int)info.ssi_signo);
	l->signalled = false;
}

/* Transfers */

struct loop_transfer *loop_transfer_start(struct loop *l, CURL *easy,
	void (*ended)(void *ctx, CURLcode result), void *ctx)
{
	assert(!l->performing);
	struct loop_transfer *t = xcalloc(1, sizeof(*t));
	t->easy = easy;
	t->ended = ended;
	t->ctx = ctx;
	t->next = l->transfers;
	l->transfers = t;
	(void)curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
	const CURLMcode added = curl_multi_add_handle(l->multi, easy);
	assert(added == CURLM_OK);
	return t;
}

static void end_transfer(struct loop *l, struct loop_transfer *t, CURLcode result)
{
	struct loop_transfer **at = &l->transfers;
	const struct loop_transfer ending = *t;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	free(t);
	(void)curl_multi_remove_handle(l->multi, ending.easy);
	ending.ended(ending.ctx, result);
}

void loop_transfer_stop(struct loop *l, struct loop_transfer *t)
{
	t->stopped = true;
	if (!l->performing)
		end_transfer(l, t, CURLE_ABORTED_BY_CALLBACK);
}

static void end_stopped(struct loop *l)
{
	/* From the top after each: what `ended` does may change the list anywhere. */
	for (struct loop_transfer *t = l->transfers; t;) {
		if (!t->stopped) {
			t = t->next;
			continue;
		}
		end_transfer(l, t, CURLE_ABORTED_BY_CALLBACK);
		t = l->transfers;
	}
}

static void end_finished(struct loop *l)
{
	int left = 0;

	for (CURLMsg *m; (m = curl_multi_info_read(l->multi, &left));) {
		if (m->msg != CURLMSG_DONE)
			continue;
		const CURLcode result = m->data.result;
		char *owner = NULL;
		(void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &owner);
		end_transfer(l, (struct loop_transfer *)(void *)owner, result);
	}
}

static bool run_transfers(struct loop *l, struct err *e)
{
	if (!l->transfers)
		return true;
	int running = 0;
	l->performing = true;
	const CURLMcode rc = curl_multi_perform(l->multi, &running);
	l->performing = false;
	end_stopped(l);
	end_finished(l);
	if (rc != CURLM_OK)
		return err_set(e, ERR_SYSTEM, "network: %s", curl_multi_strerror(rc));
	return true;
}

/* The turn */

static bool idle(const struct loop *l)
{
	return !l->timers && !l->watches && !l->transfers && l->signal_fd < 0;
}

static int wait_ms(const struct loop *l, int max_wait_ms)
{
	const int64_t most = max_wait_ms < 0 ? INT_MAX : max_wait_ms;

	if (!l->timers)
		return (int)most;
	const int64_t left = l->timers->due_ms - clock_mono_ms(l->clock);
	if (left <= 0)
		return 0;
	return (int)(left < most ? left : most);
}

static void add_fd(struct loop *l, unsigned *count, int fd)
{
	l->fds = xgrow(l->fds, *count, &l->fds_cap, sizeof(*l->fds));
	l->fds[(*count)++] = (struct curl_waitfd){.fd = fd, .events = CURL_WAIT_POLLIN};
}

/* Cyrus sends an answer in two writes, the second of which waits until the first has
 * been acknowledged; Linux would put that off for 40 ms. The kernel forgets the wish
 * each time it is granted, so it is repeated before each wait. */
static void acknowledge_at_once(const struct loop *l)
{
	const int one = 1;
	fd_set reading, writing, failing;
	int last = -1;

	if (!l->transfers)
		return;
	FD_ZERO(&reading);
	FD_ZERO(&writing);
	FD_ZERO(&failing);
	(void)curl_multi_fdset(l->multi, &reading, &writing, &failing, &last);
	for (int fd = 0; fd <= last; fd++)
		if (FD_ISSET(fd, &reading))
			(void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &one,
				sizeof(one));
}

/* libcurl's own sockets and deadlines are part of the same wait. */
static bool wait_for_something(struct loop *l, int max_wait_ms, struct err *e)
{
	unsigned count = 0;

	for (const struct loop_watch *w = l->watches; w; w = w->next)
		add_fd(l, &count, w->fd);
	if (l->signal_fd >= 0)
		add_fd(l, &count, l->signal_fd);
	acknowledge_at_once(l);
	const CURLMcode rc =
		curl_multi_poll(l->multi, l->fds, count, wait_ms(l, max_wait_ms), NULL);
	if (rc != CURLM_OK)
		return err_set(e, ERR_SYSTEM, "waiting: %s", curl_multi_strerror(rc));
	const struct curl_waitfd *fd = l->fds;
	for (struct loop_watch *w = l->watches; w; w = w->next)
		w->ready = (fd++)->revents != 0;
	l->signalled = l->signal_fd >= 0 && fd->revents != 0;
	return true;
}

bool loop_turn(struct loop *l, int max_wait_ms, struct err *e)
{
	assert(!l->turning);
	if (idle(l))
		return true;
	if (!wait_for_something(l, max_wait_ms, e))
		return false;
	l->turning = true;
	const bool ok = run_transfers(l, e);
	run_signals(l);
	run_watches(l);
	run_timers(l);
	sweep_watches(l);
	l->turning = false;
	return ok;
}
