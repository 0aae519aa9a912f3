# Units: one program a module; adding one is one word here.
LDADD = libcalwiz.a $(CORE_LIBS) $(CMOCKA_LIBS)
ui_ldadd = libcalwizui.a libcalwiz.a $(UI_LIBS) $(QRENCODE_LIBS) $(CORE_LIBS) \
	$(CMOCKA_LIBS)

core_tests = \
	tests/unit/test_agenda tests/unit/test_answers tests/unit/test_body \
	tests/unit/test_buf tests/unit/test_calendar tests/unit/test_change \
	tests/unit/test_command tests/unit/test_diagnose tests/unit/test_discover \
	tests/unit/test_discover_ends tests/unit/test_discover_homes \
	tests/unit/test_discover_service tests/unit/test_err tests/unit/test_file \
	tests/unit/test_gate tests/unit/test_guard tests/unit/test_href \
	tests/unit/test_http tests/unit/test_http_cancel tests/unit/test_http_limits \
	tests/unit/test_http_memory tests/unit/test_http_redirect \
	tests/unit/test_http_tls tests/unit/test_http_trouble tests/unit/test_idn \
	tests/unit/test_keyfile tests/unit/test_line tests/unit/test_link \
	tests/unit/test_loop tests/unit/test_meaning tests/unit/test_mend \
	tests/unit/test_merge tests/unit/test_merge_random tests/unit/test_moment \
	tests/unit/test_multistatus tests/unit/test_multistatus_hostile \
	tests/unit/test_object tests/unit/test_options tests/unit/test_password \
	tests/unit/test_patient tests/unit/test_plan tests/unit/test_records \
	tests/unit/test_request tests/unit/test_resolve tests/unit/test_rule \
	tests/unit/test_run tests/unit/test_run_account tests/unit/test_run_clash \
	tests/unit/test_run_here tests/unit/test_run_kill tests/unit/test_run_move \
	tests/unit/test_run_odd tests/unit/test_run_reply tests/unit/test_run_there \
	tests/unit/test_sandbox tests/unit/test_scan tests/unit/test_schedule \
	tests/unit/test_secret tests/unit/test_settings tests/unit/test_spawn \
	tests/unit/test_state tests/unit/test_state_listing tests/unit/test_str \
	tests/unit/test_sync_body tests/unit/test_text tests/unit/test_uri \
	tests/unit/test_vault tests/unit/test_vault_image tests/unit/test_vdir \
	tests/unit/test_vdir_change tests/unit/test_vdir_name \
	tests/unit/test_vdir_race tests/unit/test_vdir_scan tests/unit/test_zone

ui_tests = \
	tests/unit/test_choices tests/unit/test_edit tests/unit/test_grid \
	tests/unit/test_layout_rules tests/unit/test_line_ask \
	tests/unit/test_line_render tests/unit/test_manage \
	tests/unit/test_page_sign_in tests/unit/test_pages tests/unit/test_verify \
	tests/unit/test_wizard

# Those with a helper beside them.
tests_unit_test_body_SOURCES = \
	tests/unit/test_body.c tests/unit/data.h
tests_unit_test_calendar_SOURCES = \
	tests/unit/test_calendar.c tests/unit/data.h
tests_unit_test_choices_SOURCES = \
	tests/unit/test_choices.c tests/unit/wizard_data.c tests/unit/wizard_play.c \
	tests/unit/wizard_play.h
tests_unit_test_choices_LDADD = $(ui_ldadd)
tests_unit_test_discover_SOURCES = \
	tests/unit/test_discover.c tests/unit/conversation.h tests/unit/data.h
tests_unit_test_discover_ends_SOURCES = \
	tests/unit/test_discover_ends.c tests/unit/conversation.h tests/unit/data.h
tests_unit_test_discover_homes_SOURCES = \
	tests/unit/test_discover_homes.c tests/unit/conversation.h tests/unit/data.h
tests_unit_test_discover_service_SOURCES = \
	tests/unit/test_discover_service.c tests/unit/conversation.h \
	tests/unit/data.h
tests_unit_test_edit_LDADD = $(ui_ldadd)
tests_unit_test_grid_LDADD = $(ui_ldadd)
tests_unit_test_http_SOURCES = \
	tests/unit/test_http.c tests/unit/http_client.c tests/unit/http_client.h \
	tests/unit/http_script.c tests/unit/http_script.h
tests_unit_test_http_cancel_SOURCES = \
	tests/unit/test_http_cancel.c tests/unit/http_client.c \
	tests/unit/http_client.h tests/unit/http_script.c tests/unit/http_script.h
tests_unit_test_http_limits_SOURCES = \
	tests/unit/test_http_limits.c tests/unit/http_client.c \
	tests/unit/http_client.h tests/unit/http_script.c tests/unit/http_script.h
tests_unit_test_http_memory_SOURCES = \
	tests/unit/test_http_memory.c tests/unit/http_client.c \
	tests/unit/http_client.h tests/unit/http_script.c tests/unit/http_script.h
tests_unit_test_http_redirect_SOURCES = \
	tests/unit/test_http_redirect.c tests/unit/http_client.c \
	tests/unit/http_client.h tests/unit/http_script.c tests/unit/http_script.h
tests_unit_test_http_tls_SOURCES = \
	tests/unit/test_http_tls.c tests/unit/http_client.c tests/unit/http_client.h \
	tests/unit/http_script.c tests/unit/http_script.h
tests_unit_test_http_trouble_SOURCES = \
	tests/unit/test_http_trouble.c tests/unit/http_client.c \
	tests/unit/http_client.h tests/unit/http_script.c tests/unit/http_script.h
tests_unit_test_layout_rules_SOURCES = \
	tests/unit/test_layout_rules.c tests/screens/states.c tests/screens/states.h \
	tests/unit/wizard_data.c tests/unit/wizard_play.c tests/unit/wizard_play.h
tests_unit_test_layout_rules_LDADD = $(ui_ldadd) -lm
tests_unit_test_line_ask_SOURCES = \
	tests/unit/test_line_ask.c tests/unit/wizard_data.c tests/unit/wizard_play.c \
	tests/unit/wizard_play.h
tests_unit_test_line_ask_LDADD = $(ui_ldadd)
tests_unit_test_line_render_SOURCES = \
	tests/unit/test_line_render.c tests/unit/wizard_data.c \
	tests/unit/wizard_play.c tests/unit/wizard_play.h
tests_unit_test_line_render_LDADD = $(ui_ldadd)
tests_unit_test_link_SOURCES = \
	tests/unit/test_link.c tests/unit/http_client.c tests/unit/http_client.h \
	tests/unit/http_script.c tests/unit/http_script.h
tests_unit_test_manage_SOURCES = \
	tests/unit/test_manage.c tests/unit/wizard_data.c tests/unit/wizard_play.c \
	tests/unit/wizard_play.h
tests_unit_test_manage_LDADD = $(ui_ldadd)
tests_unit_test_multistatus_SOURCES = \
	tests/unit/test_multistatus.c tests/unit/data.h tests/unit/multistatus_text.h
tests_unit_test_multistatus_hostile_SOURCES = \
	tests/unit/test_multistatus_hostile.c tests/unit/data.h \
	tests/unit/multistatus_text.h
tests_unit_test_page_sign_in_SOURCES = \
	tests/unit/test_page_sign_in.c tests/unit/wizard_data.c \
	tests/unit/wizard_play.c tests/unit/wizard_play.h
tests_unit_test_page_sign_in_LDADD = $(ui_ldadd)
tests_unit_test_pages_SOURCES = \
	tests/unit/test_pages.c tests/unit/wizard_data.c tests/unit/wizard_play.c \
	tests/unit/wizard_play.h
tests_unit_test_pages_LDADD = $(ui_ldadd)
tests_unit_test_run_SOURCES = \
	tests/unit/test_run.c tests/unit/fake_dav.c tests/unit/fake_dav.h \
	tests/unit/fake_dav_answer.c tests/unit/sync_world.c tests/unit/sync_world.h
tests_unit_test_run_account_SOURCES = \
	tests/unit/test_run_account.c tests/unit/fake_dav.c tests/unit/fake_dav.h \
	tests/unit/fake_dav_answer.c tests/unit/sync_world.c tests/unit/sync_world.h
tests_unit_test_run_clash_SOURCES = \
	tests/unit/test_run_clash.c tests/unit/fake_dav.c tests/unit/fake_dav.h \
	tests/unit/fake_dav_answer.c tests/unit/sync_world.c tests/unit/sync_world.h
tests_unit_test_run_here_SOURCES = \
	tests/unit/test_run_here.c tests/unit/fake_dav.c tests/unit/fake_dav.h \
	tests/unit/fake_dav_answer.c tests/unit/sync_world.c tests/unit/sync_world.h
tests_unit_test_run_kill_SOURCES = \
	tests/unit/test_run_kill.c tests/unit/fake_dav.c tests/unit/fake_dav.h \
	tests/unit/fake_dav_answer.c tests/unit/sync_world.c tests/unit/sync_world.h \
	$(stops_sources)
tests_unit_test_run_kill_CPPFLAGS = $(AM_CPPFLAGS) -DCALWIZ_FAULTS
tests_unit_test_run_move_SOURCES = \
	tests/unit/test_run_move.c tests/unit/fake_dav.c tests/unit/fake_dav.h \
	tests/unit/fake_dav_answer.c tests/unit/sync_world.c tests/unit/sync_world.h
tests_unit_test_run_odd_SOURCES = \
	tests/unit/test_run_odd.c tests/unit/fake_dav.c tests/unit/fake_dav.h \
	tests/unit/fake_dav_answer.c tests/unit/sync_world.c tests/unit/sync_world.h
tests_unit_test_run_reply_SOURCES = \
	tests/unit/test_run_reply.c tests/unit/fake_dav.c tests/unit/fake_dav.h \
	tests/unit/fake_dav_answer.c tests/unit/sync_world.c tests/unit/sync_world.h
tests_unit_test_run_there_SOURCES = \
	tests/unit/test_run_there.c tests/unit/fake_dav.c tests/unit/fake_dav.h \
	tests/unit/fake_dav_answer.c tests/unit/sync_world.c tests/unit/sync_world.h
tests_unit_test_state_SOURCES = \
	tests/unit/test_state.c tests/unit/state_folder.c tests/unit/state_folder.h
tests_unit_test_state_listing_SOURCES = \
	tests/unit/test_state_listing.c tests/unit/state_folder.c \
	tests/unit/state_folder.h
tests_unit_test_vdir_SOURCES = \
	tests/unit/test_vdir.c tests/unit/vdir_folder.c tests/unit/vdir_folder.h
tests_unit_test_vdir_change_SOURCES = \
	tests/unit/test_vdir_change.c tests/unit/vdir_folder.c \
	tests/unit/vdir_folder.h tests/unit/vdir_system.c tests/unit/vdir_system.h
tests_unit_test_vdir_race_SOURCES = \
	tests/unit/test_vdir_race.c tests/unit/vdir_folder.c tests/unit/vdir_folder.h \
	tests/unit/vdir_system.c tests/unit/vdir_system.h
tests_unit_test_vdir_scan_SOURCES = \
	tests/unit/test_vdir_scan.c tests/unit/vdir_folder.c tests/unit/vdir_folder.h
tests_unit_test_verify_SOURCES = \
	tests/unit/test_verify.c tests/unit/wizard_data.c tests/unit/wizard_play.c \
	tests/unit/wizard_play.h
tests_unit_test_verify_LDADD = $(ui_ldadd)
tests_unit_test_wizard_SOURCES = \
	tests/unit/test_wizard.c tests/unit/wizard_data.c tests/unit/wizard_play.c \
	tests/unit/wizard_play.h
tests_unit_test_wizard_LDADD = $(ui_ldadd)

if UNIT_TESTS
check_PROGRAMS += $(core_tests) $(ui_tests)
TESTS += $(core_tests) $(ui_tests)
endif

# The real program: on real servers, on misbehaving ones, killed at every step.
noinst_PROGRAMS += tests/agenda
check_PROGRAMS += tests/calwiz-stops
tests_calwiz_stops_SOURCES = src/main.c $(stops_sources)
tests_calwiz_stops_CPPFLAGS = $(AM_CPPFLAGS) -DCALWIZ_FAULTS
tests_calwiz_stops_LDADD = $(calwiz_LDADD)
# What can be told to stop, compiled so.
stops_sources = \
	src/app/profile.c src/sync/ask.c src/sync/body.c src/sync/guard.c \
	src/sync/pass.c src/sync/pass_apply.c src/sync/pass_clash.c \
	src/sync/pass_commit.c src/sync/pass_fetch.c src/sync/pass_gone.c \
	src/sync/pass_here.c src/sync/pass_list.c src/sync/pass_send.c \
	src/sync/pass_send_look.c src/sync/pass_send_reply.c \
	src/sync/pass_send_write.c src/sync/pass_slot.c src/sync/pass_tell.c \
	src/sync/pending.c src/sync/plan.c src/sync/run.c src/sync/run_account.c \
	src/sync/run_again.c src/sync/run_calendar.c src/sync/step.c

live_tests = tests/live/test_hostile tests/live/test_interop tests/live/test_killed \
	tests/live/test_radicale \
	tests/live/test_sandbox tests/live/test_schedule tests/live/test_twoway \
	tests/live/test_unlock tests/live/test_xandikos tests/demo
TESTS += $(live_tests)
EXTRA_DIST += $(live_tests) tests/live/fakes tests/live/lib tests/live/dav tests/live/hostile \
	tests/servers tests/data

# The real terminal: a program on a pty, its screen read by libvterm.
pty_tests = tests/pty/test_term tests/pty/test_wizard tests/pty/test_wizard_end \
	tests/pty/test_wizard_keys tests/pty/test_wizard_terminal
pty_ldadd = $(ui_ldadd) $(VTERM_LIBS) -lutil
pty_cflags = $(AM_CFLAGS) $(VTERM_CFLAGS) $(QRENCODE_CFLAGS)
term_sources = tests/pty/term.c tests/pty/term.h tests/pty/term_grid.c tests/pty/term_p.h
wizard_sources = tests/pty/qr_read.c tests/pty/qr_read.h tests/pty/wizard_run.c \
	tests/pty/wizard_run.h tests/pty/wizard_walk.c tests/pty/wizard_walk.h \
	$(term_sources)
tests_pty_test_term_SOURCES = tests/pty/test_term.c $(term_sources)
tests_pty_test_term_CFLAGS = $(pty_cflags)
tests_pty_test_term_LDADD = $(pty_ldadd)
tests_pty_test_wizard_SOURCES = tests/pty/test_wizard.c $(wizard_sources)
tests_pty_test_wizard_CFLAGS = $(pty_cflags)
tests_pty_test_wizard_LDADD = $(pty_ldadd)
tests_pty_test_wizard_end_SOURCES = tests/pty/test_wizard_end.c $(wizard_sources)
tests_pty_test_wizard_end_CFLAGS = $(pty_cflags)
tests_pty_test_wizard_end_LDADD = $(pty_ldadd)
tests_pty_test_wizard_keys_SOURCES = tests/pty/test_wizard_keys.c $(wizard_sources)
tests_pty_test_wizard_keys_CFLAGS = $(pty_cflags)
tests_pty_test_wizard_keys_LDADD = $(pty_ldadd)
tests_pty_test_wizard_terminal_SOURCES = tests/pty/test_wizard_terminal.c $(wizard_sources)
tests_pty_test_wizard_terminal_CFLAGS = $(pty_cflags)
tests_pty_test_wizard_terminal_LDADD = $(pty_ldadd)
EXTRA_DIST += tests/pty/with_radicale

if PTY_TESTS
check_PROGRAMS += $(pty_tests)
TESTS += $(pty_tests)
endif

lint_tests = tests/lint/banned.sh tests/lint/headers.sh tests/lint/layers.sh \
	tests/lint/manual.sh tests/lint/sizes.sh
TESTS += $(lint_tests)
EXTRA_DIST += $(lint_tests)

AM_TESTS_ENVIRONMENT = CC='$(CC)' CORE_CFLAGS='$(CORE_CFLAGS)'; export CC CORE_CFLAGS;

.PHONY: lint format
lint:
	$(MAKE) check TESTS='$(lint_tests)'
format:
	cd $(srcdir) && clang-format -i src/*.c src/*/*.[ch] ui/*.[ch] tests/*/*.[ch]

# Golden screens: every page and state, text and roles.
check_PROGRAMS += tests/screens/golden
tests_screens_golden_SOURCES = tests/screens/golden.c tests/screens/states.c \
	tests/screens/states.h tests/unit/wizard_play.c tests/unit/wizard_play.h \
	tests/unit/wizard_data.c
tests_screens_golden_LDADD = $(ui_ldadd)
TESTS += tests/screens/golden

# The folder is also built in, so only its screens are taken along.
dist-hook:
	$(MKDIR_P) $(distdir)/tests/screens
	cp $(srcdir)/tests/screens/*.txt $(distdir)/tests/screens/

.PHONY: golden
golden: tests/screens/golden
	srcdir=$(srcdir) tests/screens/golden --write $(srcdir)/tests/screens

# Measured on demand, never by make check: see tests/bench/README.
EXTRA_PROGRAMS = tests/bench/davbench tests/bench/measure
tests_bench_davbench_SOURCES = tests/bench/answer.c tests/bench/answer.h \
	tests/bench/davbench.c tests/bench/event.c tests/bench/request.c \
	tests/bench/request.h tests/bench/world.c tests/bench/world.h
tests_bench_davbench_LDADD = libcalwiz.a $(CORE_LIBS)
tests_bench_measure_LDADD = libcalwiz.a $(CORE_LIBS)
EXTRA_DIST += tests/bench/README tests/bench/run
CLEANFILES += $(EXTRA_PROGRAMS)

.PHONY: bench
bench: calwiz $(EXTRA_PROGRAMS)
	$(srcdir)/tests/bench/run

# Our own server, with faults on order; iCloud's dialect under Apple's names.
tests_fake_davd_SOURCES = \
	tests/fake/base64.c tests/fake/base64.h tests/fake/collection.c \
	tests/fake/ctl.c tests/fake/ctl.h tests/fake/ctl_send.c tests/fake/davd.c \
	tests/fake/dialect_icloud.c tests/fake/dialect_plain.c tests/fake/effect.c \
	tests/fake/event.c tests/fake/event.h tests/fake/faults.c tests/fake/faults.h \
	tests/fake/gzip.c tests/fake/gzip.h tests/fake/http.c tests/fake/http.h \
	tests/fake/message.c tests/fake/message.h tests/fake/object.c \
	tests/fake/place.c tests/fake/place.h tests/fake/propfind.c \
	tests/fake/props.c tests/fake/props.h tests/fake/query.c tests/fake/query.h \
	tests/fake/report.c tests/fake/rows.c tests/fake/rows.h tests/fake/server.c \
	tests/fake/server.h tests/fake/store.c tests/fake/store.h \
	tests/fake/switches.c tests/fake/switches.h tests/fake/tls.c tests/fake/tls.h \
	tests/fake/xml.c tests/fake/xml.h tests/fake/zone.c tests/fake/zone.h
tests_fake_davd_CFLAGS = $(AM_CFLAGS) $(TLS_CFLAGS)
tests_fake_davd_LDADD = libcalwiz.a $(TLS_LIBS) $(CORE_LIBS)
EXTRA_DIST += tests/fake/events tests/fake/icloud tests/fake/wire tests/fake/wire_plain \
	tests/fake/world-icloud tests/live/test_fake \
	tests/live/test_icloud

if FAKE_SERVER
check_PROGRAMS += tests/fake/davd
TESTS += tests/live/test_fake tests/live/test_icloud
endif

# Plain lines: transcripts.
TESTS += tests/live/test_plain
EXTRA_DIST += tests/live/test_plain tests/plain

# Parsers: each corpus is replayed by every check; with --enable-fuzzing also libFuzzer.
replay_tests = \
	tests/fuzz/replay_answers tests/fuzz/replay_keyfile tests/fuzz/replay_merge \
	tests/fuzz/replay_multistatus tests/fuzz/replay_password \
	tests/fuzz/replay_records tests/fuzz/replay_scan tests/fuzz/replay_settings \
	tests/fuzz/replay_text tests/fuzz/replay_uri tests/fuzz/replay_vault_image
check_PROGRAMS += $(replay_tests)
TESTS += $(replay_tests)
EXTRA_DIST += tests/fuzz/corpus tests/fuzz/README
tests_fuzz_replay_answers_SOURCES = tests/fuzz/fuzz_answers.c tests/fuzz/replay.c \
	tests/fuzz/fuzz.h
tests_fuzz_replay_keyfile_SOURCES = tests/fuzz/fuzz_keyfile.c tests/fuzz/replay.c \
	tests/fuzz/fuzz.h
tests_fuzz_replay_merge_SOURCES = tests/fuzz/fuzz_merge.c tests/fuzz/replay.c \
	tests/fuzz/fuzz.h
tests_fuzz_replay_multistatus_SOURCES = tests/fuzz/fuzz_multistatus.c tests/fuzz/replay.c \
	tests/fuzz/fuzz.h
tests_fuzz_replay_password_SOURCES = tests/fuzz/fuzz_password.c tests/fuzz/replay.c \
	tests/fuzz/fuzz.h
tests_fuzz_replay_records_SOURCES = tests/fuzz/fuzz_records.c tests/fuzz/replay.c \
	tests/fuzz/fuzz.h
tests_fuzz_replay_scan_SOURCES = tests/fuzz/fuzz_scan.c tests/fuzz/replay.c \
	tests/fuzz/fuzz.h
tests_fuzz_replay_settings_SOURCES = tests/fuzz/fuzz_settings.c tests/fuzz/replay.c \
	tests/fuzz/fuzz.h
tests_fuzz_replay_text_SOURCES = tests/fuzz/fuzz_text.c tests/fuzz/replay.c \
	tests/fuzz/fuzz.h
tests_fuzz_replay_uri_SOURCES = tests/fuzz/fuzz_uri.c tests/fuzz/replay.c \
	tests/fuzz/fuzz.h
tests_fuzz_replay_vault_image_SOURCES = tests/fuzz/fuzz_vault_image.c tests/fuzz/replay.c \
	tests/fuzz/fuzz.h

if FUZZING
fuzz_targets = \
	tests/fuzz/fuzz_answers tests/fuzz/fuzz_keyfile tests/fuzz/fuzz_merge \
	tests/fuzz/fuzz_multistatus tests/fuzz/fuzz_password tests/fuzz/fuzz_records \
	tests/fuzz/fuzz_scan tests/fuzz/fuzz_settings tests/fuzz/fuzz_text \
	tests/fuzz/fuzz_uri tests/fuzz/fuzz_vault_image
check_PROGRAMS += $(fuzz_targets)
tests_fuzz_fuzz_answers_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_keyfile_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_merge_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_multistatus_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_password_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_records_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_scan_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_settings_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_text_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_uri_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_vault_image_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
endif
