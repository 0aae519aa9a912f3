/* net/loop: watches, timers on a clock of our own, signals, cancelling from callbacks.
 */
#include <config.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/secret.h"
#include "net/curl_memory.h"
#include "net/loop.h"

struct fake {
	int64_t now;
};

static int64_t fake_now(void *ctx)
{
	return ((struct fake *)ctx)->now;
}

/* One loop on a clock that only moves when told, and a diary of what fired. */
struct fixture {
	struct fake fake;
	struct clock clock;
	struct loop *l;
	char diary[64];
};

static void note(struct fixture *f, char c)
{
	const size_t len = strlen(f->diary);

	assert_true(len + 1 < sizeof(f->diary));
	f->diary[len] = c;
	f->diary[len + 1] = '\0';
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->fake.now = 1000;
	f->clock = (struct clock){fake_now, fake_now, &f->fake};
	f->l = loop_new(&f->clock, NULL);
	*state = f;
	return f->l ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	loop_free(f->l);
	free(f);
	return 0;
}

static void turn(struct fixture *f, int max_wait_ms)
{
	struct err e = {0};

	if (!loop_turn(f->l, max_wait_ms, &e))
		fail_msg("%s", e.message);
}

/* A timer that writes its letter down, and does a little more when asked. */
struct bell {
	struct fixture *f;
	char letter;
	struct loop_timer *timer;
	struct bell *victim; /* cancelled when this one fires */
	int64_t again_ms;    /* -1 = no */
};

static void rang(void *ctx)
{
	struct bell *b = ctx;
	struct loop *l = b->f->l;

	note(b->f, b->letter);
	if (b->victim)
		loop_timer_cancel(l, take(&b->victim->timer));
	b->timer = b->again_ms >= 0 ? loop_after(l, b->again_ms, rang, b) : NULL;
}

static void hang(struct bell *b, int64_t delay_ms)
{
	b->timer = loop_after(b->f->l, delay_ms, rang, b);
}

static void nothing_registered_returns_at_once(void **state)
{
	turn(*state, -1);
	assert_ptr_equal(loop_clock(((struct fixture *)*state)->l),
		&((struct fixture *)*state)->clock);
}

static void timers_fire_in_the_order_they_are_due(void **state)
{
	struct fixture *f = *state;
	struct bell late = {f, 'l', NULL, NULL, -1};
	struct bell soon = {f, 's', NULL, NULL, -1};
	struct bell twin = {f, 't', NULL, NULL, -1};
	struct bell past = {f, 'p', NULL, NULL, -1};

	hang(&late, 500);
	hang(&soon, 100);
	hang(&twin, 100);
	hang(&past, -7);
	assert_string_equal(f->diary, "");
	turn(f, -1);
	assert_string_equal(f->diary, "p");
	f->fake.now += 99;
	turn(f, 0);
	assert_string_equal(f->diary, "p");
	f->fake.now += 1;
	turn(f, -1);
	assert_string_equal(f->diary, "pst");
	f->fake.now += 10000;
	turn(f, -1);
	assert_string_equal(f->diary, "pstl");
	turn(f, -1);
	assert_string_equal(f->diary, "pstl");
}

static void a_timer_that_renews_itself_fires_once_a_turn(void **state)
{
	struct fixture *f = *state;
	struct bell b = {f, 'x', NULL, NULL, 0};

	hang(&b, 0);
	turn(f, -1);
	assert_string_equal(f->diary, "x");
	turn(f, -1);
	assert_string_equal(f->diary, "xx");
	loop_timer_cancel(f->l, b.timer);
	turn(f, -1);
	assert_string_equal(f->diary, "xx");
	loop_timer_cancel(f->l, NULL);
}

static void a_timer_cancels_another_and_itself(void **state)
{
	struct fixture *f = *state;
	struct bell a = {f, 'a', NULL, NULL, -1};
	struct bell b = {f, 'b', NULL, NULL, -1};
	struct bell c = {f, 'c', NULL, NULL, -1};

	a.victim = &b;
	c.victim = &c;
	hang(&a, 10);
	hang(&b, 10);
	hang(&c, 10);
	f->fake.now += 10;
	turn(f, -1);
	assert_string_equal(f->diary, "ac");
	turn(f, -1);
	assert_string_equal(f->diary, "ac");
}

/* A pipe with a watch on its reading end. */
struct tap {
	struct fixture *f;
	char letter;
	int fds[2];
	struct loop_watch *watch;
	struct tap *victim; /* its watch is cancelled when this one fires */
	struct tap *child;  /* opened when this one fires */
	bool hung_up;
};

static void tap_open(struct tap *t);

static void flowed(void *ctx)
{
	struct tap *t = ctx;
	char byte = 0;
	const ssize_t got = read(t->fds[0], &byte, 1);

	t->hung_up = got == 0;
	note(t->f, got == 1 ? byte : '!');
	if (t->victim)
		loop_watch_cancel(t->f->l, take(&t->victim->watch));
	if (t->child)
		tap_open(take(&t->child));
}

static void tap_open(struct tap *t)
{
	assert_int_equal(pipe(t->fds), 0);
	t->watch = loop_watch(t->f->l, t->fds[0], flowed, t);
}

static void pour(struct tap *t, const char *bytes)
{
	assert_int_equal(write(t->fds[1], bytes, strlen(bytes)), strlen(bytes));
}

static void tap_close(struct tap *t)
{
	loop_watch_cancel(t->f->l, t->watch);
	(void)close(t->fds[0]);
	if (t->fds[1] >= 0)
		(void)close(t->fds[1]);
}

static void a_watch_fires_while_there_is_something(void **state)
{
	struct fixture *f = *state;
	struct tap t = {.f = f};

	tap_open(&t);
	turn(f, 0);
	assert_string_equal(f->diary, "");
	pour(&t, "ab");
	assert_string_equal(f->diary, "");
	turn(f, -1);
	turn(f, -1);
	assert_string_equal(f->diary, "ab");
	turn(f, 0);
	assert_string_equal(f->diary, "ab");
	tap_close(&t);
}

static void a_watch_fires_when_the_other_end_is_gone(void **state)
{
	struct fixture *f = *state;
	struct tap t = {.f = f};

	tap_open(&t);
	(void)close(t.fds[1]);
	t.fds[1] = -1;
	turn(f, -1);
	assert_true(t.hung_up);
	tap_close(&t);
}

static void a_watch_cancels_the_next_and_itself(void **state)
{
	struct fixture *f = *state;
	struct tap a = {.f = f};
	struct tap b = {.f = f};
	struct tap c = {.f = f};

	tap_open(&a);
	tap_open(&b);
	tap_open(&c);
	a.victim = &b;
	c.victim = &c;
	pour(&a, "a");
	pour(&b, "b");
	pour(&c, "cd");
	turn(f, -1);
	turn(f, 0);
	assert_string_equal(f->diary, "ac");
	tap_close(&a);
	tap_close(&b);
	tap_close(&c);
}

static void a_watch_made_in_a_callback_waits_for_its_own_bytes(void **state)
{
	struct fixture *f = *state;
	struct tap child = {.f = f};
	struct tap parent = {.f = f, .child = &child};

	tap_open(&parent);
	pour(&parent, "p");
	turn(f, -1);
	assert_string_equal(f->diary, "p");
	turn(f, 0);
	assert_string_equal(f->diary, "p");
	pour(&child, "c");
	turn(f, -1);
	assert_string_equal(f->diary, "pc");
	tap_close(&parent);
	tap_close(&child);
}

static void the_wait_ends_with_the_first_of_both(void **state)
{
	struct fixture *f = *state;
	struct tap t = {.f = f};
	struct bell b = {f, 'x', NULL, NULL, -1};

	tap_open(&t);
	hang(&b, 0);
	turn(f, -1);
	assert_string_equal(f->diary, "x");
	hang(&b, 1000000);
	pour(&t, "a");
	turn(f, -1);
	assert_string_equal(f->diary, "xa");
	loop_timer_cancel(f->l, b.timer);
	tap_close(&t);
}

static void got_signal(void *ctx, int number)
{
	note(ctx, number == SIGUSR1 ? '1' : number == SIGUSR2 ? '2' : '?');
}

static void signals_become_events(void **state)
{
	struct fixture *f = *state;
	static const int numbers[] = {SIGUSR1, SIGUSR2, 0};
	sigset_t before;
	sigset_t after;

	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &before), 0);
	assert_false(sigismember(&before, SIGUSR1));
	assert_true(loop_signals(f->l, numbers, got_signal, f, NULL));
	turn(f, 0);
	assert_string_equal(f->diary, "");
	assert_int_equal(raise(SIGUSR2), 0);
	assert_string_equal(f->diary, "");
	turn(f, -1);
	assert_string_equal(f->diary, "2");
	assert_int_equal(raise(SIGUSR1), 0);
	assert_int_equal(raise(SIGUSR2), 0);
	turn(f, -1);
	assert_string_equal(f->diary, "212");
	loop_free(f->l);
	f->l = loop_new(&f->clock, NULL);
	assert_non_null(f->l);
	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &after), 0);
	assert_false(sigismember(&after, SIGUSR1));
	assert_false(sigismember(&after, SIGUSR2));
}

static void the_key_log_is_not_libcurls_to_write(void **state)
{
	struct fixture *f = *state;

	loop_free(f->l);
	assert_int_equal(setenv("SSLKEYLOGFILE", "/nowhere/keys", 1), 0);
	f->l = loop_new(&f->clock, NULL);
	assert_null(getenv("SSLKEYLOGFILE"));
}

static void the_allocator_keeps_what_it_must(UNUSED void **state)
{
	char *p = curl_memory_calloc(3, 5);

	assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
	for (size_t i = 0; i < 15; i++)
		assert_int_equal(p[i], 0);
	memcpy(p, "fourteen bytes", 15);
	p = curl_memory_realloc(p, 10000);
	assert_string_equal(p, "fourteen bytes");
	p = curl_memory_realloc(p, 4);
	assert_memory_equal(p, "four", 4);
	curl_memory_free(p);
	p = curl_memory_strdup("copy");
	assert_string_equal(p, "copy");
	curl_memory_free(p);
	p = curl_memory_realloc(NULL, 1);
	assert_non_null(p);
	curl_memory_free(p);
	curl_memory_free(NULL);
	assert_null(curl_memory_calloc(SIZE_MAX / 2, 3));
	assert_null(curl_memory_malloc(SIZE_MAX));
}

#define LOOP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(nothing_registered_returns_at_once),
		LOOP_TEST(timers_fire_in_the_order_they_are_due),
		LOOP_TEST(a_timer_that_renews_itself_fires_once_a_turn),
		LOOP_TEST(a_timer_cancels_another_and_itself),
		LOOP_TEST(a_watch_fires_while_there_is_something),
		LOOP_TEST(a_watch_fires_when_the_other_end_is_gone),
		LOOP_TEST(a_watch_cancels_the_next_and_itself),
		LOOP_TEST(a_watch_made_in_a_callback_waits_for_its_own_bytes),
		LOOP_TEST(the_wait_ends_with_the_first_of_both),
		LOOP_TEST(signals_become_events),
		LOOP_TEST(the_key_log_is_not_libcurls_to_write),
		cmocka_unit_test(the_allocator_keeps_what_it_must),
	};

	return secrets_init(NULL) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
