"""The status page of the control plane: plain HTML that works without scripts and asks for nothing else."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .6rem .8rem; border-bottom: 1px solid #8886; }
.state { font-weight: 600; white-space: nowrap; }
ol { margin: 0; padding-left: 1.2rem; }
small { opacity: .75; }
"""
Row = tuple[str, str, bool, str, Sequence[tuple[datetime, str]]]


def page(rows: Sequence[Row]) -> str:
    """Every switch with its state and its history, newest last."""
    body = "".join(_row(*row) for row in sorted(rows)) or '<tr><td colspan="3">No switch was spoken of yet.</td></tr>'
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="5">'
        f"<title>Control plane</title><style>{STYLE}</style></head><body><h1>Control plane</h1>"
        "<p>The switches of the systems in this sandbox, as their own products would show them. They are invented, and "
        "no call from here or to here leaves this machine.</p>"
        '<table><thead><tr><th scope="col">Switch</th><th scope="col">Now</th><th scope="col">History</th></tr></thead>'
        f"<tbody>{body}</tbody></table></body></html>"
    )


def _row(name: str, about: str, is_off: bool, value: str, history: Sequence[tuple[datetime, str]]) -> str:
    state = "○ off" if is_off else "● on"
    pointing = f"<br><small>version {escape(value)}</small>" if value != "1" else ""
    lines = "".join(f"<li>{at:%Y-%m-%d %H:%M:%S} UTC: {escape(what)}</li>" for at, what in history)
    told = f"<ol>{lines}</ol>" if lines else "<small>never moved</small>"
    label = f"{escape(name)}<br><small>{escape(about)}</small>" if about else escape(name)
    return f'<tr><td>{label}</td><td class="state">{state}{pointing}</td><td>{told}</td></tr>'
