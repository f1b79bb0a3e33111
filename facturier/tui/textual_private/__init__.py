"""Everything that depends on Textual's private API, written for Textual 8.2. Check this folder when you update Textual.

Textual has no public way to keep an error from ending the program, to read the terminal differently, or to change how
an option list draws itself. This folder gives public names to the private parts. The only other place is `Picker`
(widgets/inputs/picker.py), whose list is `SelectOverlay` of `textual.widgets._select`, with a `_find_search_match` of
its own: it loads slowly, and the first screen does not need it.

Overridden here:
- app.py: `App._handle_exception`, which every error reaches, `MessagePump._dispatch_message`, which runs every handler,
  and `App._register_child` and `App._start_widget`, which every widget and screen passes through.
- drawing.py: `App._display`, which writes what was drawn to the terminal, `App._check_resize`, which lays it out in a
  window of another size, `App._background_screens`, which are drawn too, `App._refresh_notifications`, and
  `App._register_child`.
- compositor.py: `Compositor.reflow`, which finds the place of each widget, and `Compositor.render_partial_update` and
  `Compositor._get_renders`, which draw what has changed. Each screen gets this compositor in drawing.py.
- opening.py: `Screen._refresh_layout`, `Screen._on_layout` and `Screen._compositor_refresh`, which lay out and draw a
  screen, and `Screen.render`, which draws the screen below a dialog.
- driver.py: `LinuxDriver.start_application_mode`, `LinuxDriver.process_message`, `LinuxDriver.write`,
  `LinuxDriver._get_terminal_size` and `LinuxDriver._run_input_thread`.
- options.py: `OptionList._move_page` and `OptionList._update_lines`.
- styles.py: `Stylesheet.apply`, which finds the styles of each widget, `Stylesheet._process_component_classes`, which
  finds those of each of its parts, and `RuleSet.__hash__`, because every rule is looked up in a set for every widget
  that is styled.
- timers.py: `Timer._run`, which skips a timer that is late, even one that fires only once, and
  `Screen._refresh_layout`, which stops the timer for the next picture even if a call waits for it.
- wrapping.py: `rich._wrap.re_word` and `textual._wrap.re_chunk`, which find the words of a text that is wrapped.
"""
