noinst_LIBRARIES += libcalwiz.a
libcalwiz_a_SOURCES = \
	src/base/auto.h src/base/buf.c src/base/buf.h src/base/clock.c \
	src/base/clock.h src/base/digest.c src/base/digest.h src/base/err.c \
	src/base/err.h src/base/file.c src/base/file.h src/base/log.c src/base/log.h \
	src/base/mem.c src/base/mem.h src/base/paths.c src/base/paths.h \
	src/base/secret.c src/base/secret.h src/base/str.c src/base/str.h \
	src/base/text.c src/base/text.h src/cal/agenda.c src/cal/agenda.h \
	src/cal/change.c src/cal/change.h src/cal/day.c src/cal/day.h src/cal/event.c \
	src/cal/event.h src/cal/line.c src/cal/line.h src/cal/meaning.c \
	src/cal/meaning.h src/cal/mend.c src/cal/mend.h src/cal/merge.c \
	src/cal/merge.h src/cal/merge_component.c src/cal/merge_group.h \
	src/cal/merge_impl.h src/cal/merge_property.c src/cal/merge_rule.c \
	src/cal/merge_series.c src/cal/merge_value.c src/cal/merge_write.c \
	src/cal/moment.c src/cal/moment.h src/cal/object.c src/cal/object.h \
	src/cal/password.c src/cal/password.h src/cal/rule.c src/cal/rule.h \
	src/cal/scan.c src/cal/scan.h src/cal/tree.c src/cal/tree.h \
	src/cal/tree_impl.h src/cal/tree_meaning.c src/cal/walk.c src/cal/walk.h \
	src/cal/zone.c src/cal/zone.h src/dav/address.c src/dav/body.c \
	src/dav/calendar.c src/dav/calendar.h src/dav/diagnose.c src/dav/diagnose.h \
	src/dav/diagnose_words.c src/dav/discover.c src/dav/discover.h \
	src/dav/discover_impl.h src/dav/discover_judge.c src/dav/gate.c \
	src/dav/href.c src/dav/multistatus.c src/dav/multistatus.h src/dav/request.c \
	src/dav/request.h src/dav/transport.c src/dav/transport.h src/dav/uri.c \
	src/dav/uri.h src/dav/vocabulary.c src/dav/vocabulary.h src/dav/xml_guard.c \
	src/dav/xml_guard.h src/dav/xml_reader.c src/dav/xml_reader.h src/store/db.c \
	src/store/db.h src/store/keyfile.c src/store/keyfile.h \
	src/store/private_file.c src/store/private_file.h src/store/settings.c \
	src/store/settings.h src/store/settings_field.c src/store/settings_field.h \
	src/store/settings_format.c src/store/settings_text.c src/store/state.c \
	src/store/state.h src/store/state_calendar.c src/store/state_conflict.c \
	src/store/state_db.h src/store/state_here.c src/store/state_intent.c \
	src/store/state_intent.h src/store/state_item.c src/store/state_item.h \
	src/store/state_listing.h src/store/state_quarantine.c \
	src/store/state_schema.c src/store/state_there.c src/store/vault.c \
	src/store/vault.h src/store/vault_image.c src/store/vault_image.h \
	src/store/vault_slot.c src/store/vault_slot.h src/store/vdir.c \
	src/store/vdir.h src/store/vdir_change.c src/store/vdir_impl.h \
	src/store/vdir_keep.c src/store/vdir_name.c src/store/vdir_scan.c \
	src/store/vdir_trash.c src/sync/ask.c src/sync/ask.h src/sync/body.c \
	src/sync/body.h src/sync/guard.c src/sync/guard.h src/sync/pass.c \
	src/sync/pass.h src/sync/pass_apply.c src/sync/pass_clash.c \
	src/sync/pass_commit.c src/sync/pass_fetch.c src/sync/pass_gone.c \
	src/sync/pass_here.c src/sync/pass_impl.h src/sync/pass_list.c \
	src/sync/pass_meet.h src/sync/pass_send.c src/sync/pass_send.h \
	src/sync/pass_send_look.c src/sync/pass_send_reply.c \
	src/sync/pass_send_write.c src/sync/pass_slot.c src/sync/pass_tell.c \
	src/sync/pending.c src/sync/pending.h src/sync/plan.c src/sync/plan.h \
	src/sync/progress.h src/sync/run.c src/sync/run.h src/sync/run_account.c \
	src/sync/run_again.c src/sync/run_calendar.c src/sync/run_impl.h \
	src/sync/step.c src/sync/step.h src/net/curl_memory.c src/net/curl_memory.h \
	src/net/http.c src/net/http.h src/net/http_exchange.h src/net/http_reply.c \
	src/net/http_request.c src/net/idn.c src/net/idn.h src/net/loop.c \
	src/net/loop.h src/net/loop_curl.h src/net/patient.c src/net/patient.h \
	src/net/records.c src/net/records.h src/net/resolve.c src/net/resolve.h \
	src/app/answers.c src/app/answers.h src/app/answers_resolve.c src/app/check.c \
	src/app/check.h src/app/command.c src/app/command.h src/app/headless.c \
	src/app/headless.h src/app/job.c src/app/job.h src/app/link.c src/app/link.h \
	src/app/options.c src/app/options.h src/app/outcome.c src/app/outcome.h \
	src/app/process.c src/app/process.h src/app/profile.c src/app/profile.h \
	src/app/report.c src/app/report.h src/app/sandbox.c src/app/sandbox.h \
	src/app/sandbox_filter.c src/app/sandbox_filter.h src/app/sandbox_landlock.c \
	src/app/sandbox_landlock.h src/app/schedule.c src/app/schedule.h \
	src/app/schedule_cron.c src/app/schedule_impl.h src/app/schedule_systemd.c \
	src/app/setup.c src/app/setup.h src/app/spawn.c src/app/spawn.h \
	src/app/status.c src/app/status.h

bin_PROGRAMS += calwiz
calwiz_SOURCES = src/main.c
calwiz_LDADD = libcalwizui.a libcalwiz.a $(UI_LIBS) $(QRENCODE_LIBS) $(CORE_LIBS)

dist_man_MANS = assets/calwiz.1
EXTRA_DIST += assets/demo assets/systemd NEWS .ci/run .clang-format
