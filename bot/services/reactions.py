"""What happens next: the table of facts and the reactions they owe. Start reading here.

A reaction is named ``service.method``; the method gets the fact and the :class:`Attempt`. Each makes at most one
effect in Slack, so that each can be repeated alone. Reactions of one lane run one after another per incident, the
others side by side; a lane may name a field of the fact, ``to {user_id}``. A coalescing reaction renders the present
state: one that already waits stands for all; about what belongs to no incident it needs a lane. ``after`` lets several
facts in a row be one reaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.domain import events
from bot.domain.events import AnyFact
from bot.services.reaction import Reaction

CHANNEL = "channel"
ANNOUNCE = "announcement"
TO_PERSON = "to {user_id}"
PREPARE = Reaction("incidents.prepare")
# Owed with the declaration, so that it stands above all that is owed while there is no channel.
POST_CARD = Reaction("cards.post", lane=CHANNEL, coalesce=True)
REFRESH_CARD = Reaction("cards.refresh", lane=CHANNEL, coalesce=True)
REFRESH_CHECKLIST = Reaction("playbook_news.refresh", lane=CHANNEL, coalesce=True)
REFRESH_ANNOUNCEMENT = Reaction("announcements.refresh", lane=ANNOUNCE, coalesce=True)
REFRESH_TOPIC = Reaction("channels.set_topic", lane="topic", coalesce=True)
REFRESH_REPORT = Reaction("report_news.refresh", lane="post", coalesce=True)
LOOK_AGAIN = Reaction("escalations.look_again", coalesce=True)
LOOK_FOR_CLOCKS = Reaction("proposing.look", coalesce=True)

REACTIONS: Mapping[type[AnyFact], tuple[Reaction, ...]] = {
    events.IncidentDeclared: (Reaction("channels.open", lane=CHANNEL), POST_CARD, PREPARE),
    events.ChannelOpened: (
        POST_CARD,
        Reaction("channels.invite"),
        Reaction("announcements.post", lane=ANNOUNCE),
        Reaction("reporters.tell_declared"),
        REFRESH_TOPIC,
        Reaction("channels.bookmark"),
        Reaction("home.refresh_declarer", coalesce=True),
        LOOK_FOR_CLOCKS,
    ),
    events.ChannelDelayed: (Reaction("reporters.tell_delay"), LOOK_FOR_CLOCKS),
    events.ChannelRefused: (Reaction("reporters.tell_no_channel"), LOOK_FOR_CLOCKS),
    events.ProblemNoted: (REFRESH_CARD,),
    events.OriginLinked: (REFRESH_CARD,),
    events.CardLost: (POST_CARD,),
    events.AuditFailed: (Reaction("auditor.tell"),),
    events.AccessAsked: (Reaction("private.post_request", lane="access"),),
    events.AccessDecided: (Reaction("private.show_decision", lane="access"),),
    events.AccessGiven: (Reaction("private.invite"), Reaction("private.tell_given")),
    events.CardPosted: (Reaction("cards.pin"), Reaction("reporters.ask_more"), REFRESH_CARD),
    events.SeverityProposed: (Reaction("severities.post_proposal", lane=CHANNEL),),
    events.ProposalMoved: (Reaction("severities.refresh_proposal", lane=CHANNEL),),
    events.SeverityChanged: (
        Reaction("severities.post_change", lane=CHANNEL),
        REFRESH_CARD,
        REFRESH_ANNOUNCEMENT,
        REFRESH_TOPIC,
    ),
    events.SeverityConfirmed: (
        Reaction("severities.post_confirmed", lane=CHANNEL),
        REFRESH_CARD,
        REFRESH_ANNOUNCEMENT,
    ),
    events.TypeChanged: (
        Reaction("lifecycle.post_type", lane=CHANNEL),
        LOOK_FOR_CLOCKS,
        REFRESH_CARD,
        REFRESH_ANNOUNCEMENT,
    ),
    events.PhaseChanged: (
        Reaction("lifecycle.post_phase", lane=CHANNEL),
        Reaction("law_news.warn_of_phase", lane="clocks"),
        REFRESH_CARD,
        REFRESH_CHECKLIST,
        REFRESH_ANNOUNCEMENT,
    ),
    events.IncidentContained: (
        Reaction("lifecycle.post_contained", lane=CHANNEL),
        REFRESH_CARD,
        REFRESH_ANNOUNCEMENT,
    ),
    events.IncidentResolved: (
        Reaction("lifecycle.post_resolved", lane=CHANNEL),
        Reaction("law_news.warn_of_resolved", lane="clocks"),
        LOOK_FOR_CLOCKS,
        REFRESH_CARD,
        REFRESH_ANNOUNCEMENT,
    ),
    events.IncidentClosed: (
        Reaction("closing.post_closed", lane=CHANNEL),
        Reaction("postmortems.compile", lane="postmortem"),
        REFRESH_CARD,
        REFRESH_CHECKLIST,
        REFRESH_ANNOUNCEMENT,
        REFRESH_TOPIC,
    ),
    events.IncidentCancelled: (
        Reaction("closing.post_cancelled", lane=CHANNEL),
        REFRESH_CARD,
        REFRESH_CHECKLIST,
        REFRESH_ANNOUNCEMENT,
        REFRESH_TOPIC,
    ),
    events.IncidentMerged: (
        Reaction("merging.post_merged", lane=CHANNEL),
        REFRESH_CARD,
        REFRESH_CHECKLIST,
        REFRESH_ANNOUNCEMENT,
        REFRESH_TOPIC,
    ),
    events.IncidentAbsorbed: (
        Reaction("merging.post_absorbed", lane=CHANNEL),
        Reaction("channels.invite"),
        REFRESH_CARD,
    ),
    events.IncidentReopened: (
        Reaction("closing.post_reopened", lane=CHANNEL),
        LOOK_FOR_CLOCKS,
        REFRESH_CARD,
        REFRESH_CHECKLIST,
        REFRESH_ANNOUNCEMENT,
        REFRESH_TOPIC,
    ),
    events.EndingOwed: (Reaction("closing.tell_ending", lane=TO_PERSON),),
    events.UpdateSent: (Reaction("updates.post", lane=CHANNEL), REFRESH_CARD, REFRESH_ANNOUNCEMENT),
    events.UpdatePosted: (Reaction("updates.keep_link"),),
    events.UpdateOwed: (Reaction("updates.tell_follower", lane=TO_PERSON),),
    events.TextStarted: (Reaction("text_news.post", lane="text {text_id}"),),
    events.TextChanged: (Reaction("text_news.refresh", lane="text {text_id}"),),
    events.TextOwed: (Reaction("text_news.deliver"),),
    events.TextWanted: (Reaction("text_news.remind"),),
    events.BriefDue: (Reaction("briefing.send"),),
    events.PersonJoined: (Reaction("following.invite"),),
    events.DetailsAdded: (
        Reaction("details.post_details", lane=CHANNEL),
        REFRESH_CARD,
        REFRESH_ANNOUNCEMENT,
    ),
    events.ExampleAdded: (Reaction("details.post_example", lane=CHANNEL), REFRESH_CARD),
    events.AuthorMet: (Reaction("capture.learn_author"),),
    events.MarkPlaced: (Reaction("marks.place", lane="marks"),),
    events.MarkKept: (Reaction("marks.link"), Reaction("marks.confirm"), REFRESH_CARD),
    events.MarkWithdrawn: (Reaction("marks.unconfirm"),),
    events.MemberJoined: (Reaction("catchup.tell"),),
    events.MessageRedacted: (
        Reaction("redaction.ask"),
        Reaction("postmortems.compile_redacted", lane="postmortem", coalesce=True),
        REFRESH_CARD,
    ),
    events.ExhibitKept: (Reaction("fetching.fetch", lane="evidence"), REFRESH_CARD),
    events.ExhibitChanged: (REFRESH_CARD,),
    events.FilesNotFetched: (Reaction("fetching.tell_lost", lane=CHANNEL),),
    events.FilesTakenOut: (Reaction("fetching.forget"),),
    events.EvidenceAltered: (Reaction("checking.tell", lane=TO_PERSON),),
    events.EvidenceMissing: (Reaction("evidence_nudges.ask"),),
    events.AlertNoted: (
        Reaction("alert_news.post", lane=CHANNEL),
        Reaction("alert_news.keep", lane="evidence"),
        REFRESH_CARD,
    ),
    events.HistoryOwed: (Reaction("backfill.read_page"),),
    events.ThreadOwed: (Reaction("backfill.read_thread"),),
    events.PersonAsked: (Reaction("ask_news.deliver"),),
    events.ChannelAsked: (Reaction("ask_news.post", lane=CHANNEL),),
    events.AskSettled: (Reaction("ask_news.condense"),),
    events.IncidentAcknowledged: (REFRESH_CARD,),
    events.RoleOffered: (
        Reaction("role_news.send_offer", lane="offers"),
        Reaction("role_news.post_offer", lane=CHANNEL),
        REFRESH_CARD,
    ),
    events.OfferSettled: (
        Reaction("role_news.settle_offer", lane="offers"),
        Reaction("role_news.settle_post", lane=CHANNEL),
        REFRESH_CARD,
    ),
    events.RoleDeclined: (
        Reaction("role_news.settle_offer", lane="offers"),
        Reaction("role_news.settle_post", lane=CHANNEL),
        Reaction("role_news.tell_giver"),
        REFRESH_CARD,
    ),
    events.RoleTaken: (
        Reaction("role_news.post_taken", lane=CHANNEL),
        Reaction("role_news.invite"),
        Reaction("role_news.send_guide", lane="guides"),
        Reaction("law_news.brief"),
        LOOK_AGAIN,
        REFRESH_CARD,
    ),
    events.RoleReleased: (
        Reaction("role_news.post_released", lane=CHANNEL),
        Reaction("role_news.tell_former"),
        Reaction("role_news.refresh_guide", lane="guides"),
        LOOK_AGAIN,
        REFRESH_CARD,
    ),
    events.LeadChanged: (REFRESH_ANNOUNCEMENT, REFRESH_TOPIC),
    events.RoleTicked: (Reaction("role_news.refresh_guide", lane="guides"),),
    events.HandoverAsked: (Reaction("role_news.ask_holder"),),
    events.SeatUnfilled: (Reaction("role_news.post_unfilled", lane=CHANNEL),),
    events.TaskAdded: (Reaction("task_news.post", lane="tasks"), REFRESH_CARD),
    events.TaskChanged: (
        Reaction("task_news.refresh_post", lane="tasks"),
        Reaction("task_news.refresh_told", lane="told"),
        REFRESH_CARD,
    ),
    events.TaskGiven: (Reaction("task_news.tell_owner", lane="told"),),
    events.TaskTakenBack: (Reaction("task_news.take_back", lane="told"),),
    events.TasksOverdue: (Reaction("task_news.remind"),),
    events.PlaybookPlanned: (Reaction("playbook_news.post", lane=CHANNEL, coalesce=True),),
    events.PolicyRefused: (Reaction("reloading.tell"),),
    events.StepsChanged: (REFRESH_CHECKLIST,),
    events.StepGiven: (Reaction("playbook_news.tell_owner"),),
    events.StepsOverdue: (Reaction("playbook_news.remind"), REFRESH_CHECKLIST),
    events.FindingAdded: (Reaction("playbook_news.post_finding", lane="findings"),),
    events.ParticularSet: (
        Reaction("law_news.post_particular", lane="particulars"),
        LOOK_FOR_CLOCKS,
        Reaction("text_news.warn", lane=CHANNEL),
        Reaction("text_news.mark_wrong"),
    ),
    events.ClocksProposed: (Reaction("law_news.propose", lane="clocks {user_id}"), REFRESH_CARD),
    events.ClockDecided: (Reaction("law_news.post_decided", lane="clocks"), REFRESH_CARD),
    events.ClockMet: (Reaction("law_news.post_met", lane="clocks"), LOOK_FOR_CLOCKS, REFRESH_CARD),
    events.ClocksReached: (Reaction("law_news.remind", lane="clocks {user_id}"), REFRESH_CARD),
    events.SheetMade: (Reaction("exporting_law.announce"),),
    events.SheetAnnounced: (Reaction("exporting_law.upload"),),
    events.SheetUploaded: (Reaction("exporting_law.share"),),
    events.SwitchAsked: (
        Reaction("containment_news.post", lane="containment"),
        Reaction("law_news.warn_of_switch", lane="clocks"),
        REFRESH_CARD,
    ),
    events.SwitchApproved: (Reaction("switching.run", lane="switch {run_id}"),),
    events.SwitchTurned: (Reaction("proving.look", lane="switch {run_id}"),),
    events.SwitchChanged: (Reaction("containment_news.refresh", lane="containment"), REFRESH_CARD),
    events.SwitchFailed: (Reaction("containment_news.shout", lane=CHANNEL), Reaction("containment_news.tell_lead")),
    events.SwitchStays: (
        Reaction("containment_news.ask_whether_it_stays", lane=CHANNEL),
        Reaction("containment_news.ask_lead_whether_it_stays"),
    ),
    events.SwitchUnratified: (Reaction("containment_news.post_unratified", lane=CHANNEL),),
    events.ReportOpened: (Reaction("report_news.place", lane="post"),),
    events.ReportShown: (Reaction("report_news.show_to", lane=TO_PERSON),),
    events.ReportChanged: (REFRESH_REPORT,),
    events.ReportGrew: (Reaction("report_news.show_growth", lane="growth", coalesce=True, after=timedelta(seconds=2)),),
    events.ReportUnseen: (Reaction("report_news.ask", lane=TO_PERSON),),
    events.ReportDisputed: (Reaction("report_news.post_dispute", lane="post"), REFRESH_REPORT),
    events.ReporterOwed: (Reaction("report_news.tell_reporter", lane=TO_PERSON),),
    events.ReviewBooked: (Reaction("review_news.post", lane=CHANNEL),),
    events.ReviewInvited: (Reaction("review_news.invite", lane=TO_PERSON),),
    events.ReviewFileMade: (Reaction("review_news.upload", lane="review"),),
    events.ReviewFileUploaded: (Reaction("review_news.share", lane=CHANNEL),),
    events.ReviewClosed: (Reaction("review_news.post_closed", lane=CHANNEL),),
    events.ActionGiven: (Reaction("item_news.tell_owner", lane="items"),),
    events.ActionChanged: (Reaction("item_news.refresh_told", lane="items"),),
    events.ActionTakenBack: (Reaction("item_news.take_back", lane="items"),),
    events.ActionsDue: (Reaction("item_news.remind"),),
    events.OwnerLost: (Reaction("item_news.tell_lead"),),
    events.HookOwed: (Reaction("exporting.send", lane="webhook"),),
    events.PostmortemWanted: (Reaction("postmortems.compile", lane="postmortem"),),
    events.PostmortemWritten: (Reaction("postmortems.compile", coalesce=True, after=timedelta(minutes=2)),),
    events.PostmortemCompiled: (
        Reaction("postmortem_news.post", lane=CHANNEL),
        Reaction("postmortem_news.upload", lane="postmortem"),
        Reaction("postmortem_news.canvas", lane="canvas"),
    ),
    events.PostmortemUploaded: (Reaction("postmortem_news.share", lane=CHANNEL),),
    events.PostmortemWithdrawn: (Reaction("postmortem_news.withdraw"),),
    events.PostmortemShared: (Reaction("postmortem_news.refresh", lane=CHANNEL),),
}
