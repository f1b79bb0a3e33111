"""Sets of keys to choose from. What a preset does not mention has its default key."""

DEFAULT = "default"

PRESETS: dict[str, dict[str, str]] = {
    DEFAULT: {},
    # The default keys come from vim. This adds the rest of its ways through a list, which are ones that tmux and
    # terminals often use themselves.
    "vim": {
        "rows.page_down": "pagedown,ctrl+f",
        "rows.page_up": "pageup,ctrl+b",
        "list.next": "right,l",
        "list.previous": "left,h",
        "list.make_recurring": "alt+l",
    },
    "emacs": {
        "app.palette": "colon,alt+x",
        "rows.down": "down,ctrl+n",
        "rows.up": "up,ctrl+p",
        "rows.page_down": "pagedown,ctrl+v",
        "rows.page_up": "pageup,alt+v",
        "rows.home": "home,alt+less_than_sign",
        "rows.end": "end,alt+greater_than_sign",
        "options.down": "ctrl+n",
        "options.up": "ctrl+p",
        "options.home": "alt+less_than_sign",
        "options.end": "alt+greater_than_sign",
        "list.search": "slash,ctrl+s",
    },
}
