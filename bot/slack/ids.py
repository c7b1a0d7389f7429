"""Action, callback and block ids shared by views, listeners and the manifest. Renaming one breaks buttons already posted."""

from __future__ import annotations

# Shortcuts
DECLARE_SHORTCUT = "declare"
REPORT_OUTPUT = "report_output"
PIN_TIMELINE = "pin_timeline"
REDACT_MESSAGE = "redact_message"

# Forms
DECLARE_FORM = "declare_form"
CLOSED_VIEW = "closed_view"

# Fields: the block id is the field's name in our own errors
WHAT_HAPPENED = "what_happened"
TYPE = "type"
SEVERITY = "severity"
SYSTEM = "system"
OTHER_SYSTEM = "other_system"
PRIVATE = "private"

# Buttons and menus
DECLARE_BUTTON = "declare_button"
CHOOSE_SYSTEM = "choose_system"
ADD_TO_INCIDENT = "add_to_incident"
ANSWER_MORE = "answer_more"
TAKE_ROLE = "take_role"
OPEN_PANEL = "open_panel"
SEND_UPDATE = "send_update"
CARD_MENU = "card_menu"
JOIN = "join"
FOLLOW = "follow"
UNFOLLOW = "unfollow"
ANOTHER_EXAMPLE = "another_example"
OPEN_LINK = "open_link"
PANEL_VERB = "panel_verb"
ALLOW_ACCESS = "allow_access"
DENY_ACCESS = "deny_access"

# Screens
HOME = "home"
PANEL = "panel"
INVITE_FORM = "invite_form"
PERSON = "person"

# Memory
OWN_METADATA = "andon"
NOTE_FORM = "note_form"
NOTE = "note"
TIMELINE_OLDER = "timeline_older"
SHOW_EXHIBIT = "show_exhibit"
REDACT_FORM = "redact_form"
LINK = "link"
REASON = "reason"

# Severity, life, updates, what people add
SEVERITY_FORM = "severity_form"
TYPE_FORM = "type_form"
PHASE_FORM = "phase_form"
CONTAINED_FORM = "contained_form"
RESOLVED_FORM = "resolved_form"
CLOSE_FORM = "close_form"
CANCEL_FORM = "cancel_form"
MERGE_FORM = "merge_form"
REOPEN_FORM = "reopen_form"
UPDATE_FORM = "update_form"
EXAMPLE_FORM = "example_form"
ANSWERS_FORM = "answers_form"
CONFIRM_PROPOSAL = "confirm_proposal"
REASON = "reason"
NOBODY_HURT = "nobody_hurt"
PHASE = "phase"
HOW = "how"
AT = "at"
NOTE = "note"
WHY_ANYWAY = "why_anyway"
INTO = "into"
TEXT = "text"
NEXT_DUE = "next_due"
CUSTOM_AT = "custom_at"
AFFECTED = "affected"

# Roles
ACCEPT_ROLE = "accept_role"
DECLINE_ROLE = "decline_role"
ASK_HOLDER = "ask_holder"
GIVE_SEAT = "give_seat"
TAKE_OVER = "take_over"
TICK_INSTRUCTION = "tick_instruction"
ROLE_FORM = "role_form"
TAKE_OVER_FORM = "take_over_form"
HANDOVER_FORM = "handover_form"
ROLE = "role"

# Tasks
TASK_DONE = "task_done"
TASK_EDIT = "task_edit"
TASK_DROP = "task_drop"
TASK_FORM = "task_form"
TASK_EDIT_FORM = "task_edit_form"
TASK_DROP_FORM = "task_drop_form"
TASKS_VIEW = "tasks_view"
DUE = "due"

# Escalation
ACKNOWLEDGE = "acknowledge"
DELEGATE = "delegate"
DECLINE_ASK = "decline_ask"
JOIN_ASKED = "join_asked"
MUTE = "mute"
SNOOZE = "snooze"
DELEGATE_FORM = "delegate_form"
SNOOZE_FORM = "snooze_form"
