noinst_LIBRARIES += libcalwizui.a
libcalwizui_a_SOURCES = \
	ui/calendars_words.c ui/calendars_words.h ui/choices.c ui/choices.h \
	ui/choices_load.c ui/edit.c ui/edit.h ui/face.c ui/face.h ui/face_screen.c \
	ui/fold.c ui/fold.h ui/folder.c ui/folder.h ui/glyph.c ui/glyph.h ui/grid.c \
	ui/grid.h ui/grid_impl.h ui/key.h ui/layout.c ui/layout.h ui/layout_block.c \
	ui/layout_block.h ui/layout_body.c ui/layout_columns.c ui/layout_control.c \
	ui/layout_dialog.c ui/layout_foot.c ui/layout_notice.c ui/layout_qr.c \
	ui/layout_rail.c ui/layout_table.c ui/line.h ui/line_ask.c ui/line_impl.h \
	ui/line_prompt.c ui/line_question.c ui/line_render.c ui/line_talk.c ui/list.c \
	ui/list.h ui/page.c ui/page.h ui/page_calendars.c ui/page_done.c \
	ui/page_icloud.c ui/page_manage.c ui/page_options.c ui/page_password.c \
	ui/page_protect.c ui/page_remove.c ui/page_review.c ui/page_server.c \
	ui/page_sign_in.c ui/page_sync.c ui/page_verify.c ui/page_welcome.c ui/pen.c \
	ui/qr.c ui/qr.h ui/session.c ui/session.h ui/session_effects.c \
	ui/session_impl.h ui/sign_in.c ui/sign_in.h ui/term_curses.c ui/term_curses.h \
	ui/term_curses_entry.c ui/term_curses_entry.h ui/term_curses_input.c \
	ui/term_curses_paint.c ui/term_guard.c ui/term_guard.h ui/term_impl.h \
	ui/term_line.c ui/theme.c ui/theme.h ui/wizard.c ui/wizard.h ui/wizard_flow.c \
	ui/wizard_focus.c ui/wizard_impl.h ui/wizard_keys.c ui/wizard_save.c \
	ui/wizard_verify.c ui/wizard_view.c ui/wizard_words.c ui/wrap.c ui/wrap.h
libcalwizui_a_CFLAGS = $(AM_CFLAGS) $(UI_CFLAGS) $(QRENCODE_CFLAGS)
