/**
 * A list of messages that stays calm: at most some hundred rows are in the page, older ones come when one scrolls up,
 * what arrives moves nothing unless the reader was at the bottom.
 */
import { h, keyed } from "./dom.js";

const FIRST = 80;
const STEP = 60;
const MOST = 240;
const NEAR = 600;
const AT_BOTTOM = 32;

/**
 * source: `messages()` sorted oldest first, `more()` whether the server has older ones, `older()` fetches them,
 * `ready()` whether the first page came, `rows(messages, before)` → rows, `key(row)`, `sign(row)`, `make(row)`,
 * `top()` → what stands above the first message.
 */
export class Log {
  constructor({ label, source, seen = () => {} }) {
    this.source = source;
    this.seen = seen;
    this.from = null;
    this.to = null;
    this.stick = true;
    this.busy = false;
    this.closed = false;
    this.fresh = 0;
    this.all = [];
    this.list = h("div", { class: "log-list", role: "log", "aria-label": label, "aria-live": "polite", "aria-relevant": "additions" });
    this.top = h("div", { class: "log-top" });
    this.scroller = h("div", { class: "log-scroller", onscroll: () => this.scrolled() }, this.top, this.list);
    this.pill = h("button", { type: "button", class: "new-pill", hidden: true, onclick: () => this.toBottom() });
    this.element = h("div", { class: "log" }, this.scroller, this.pill);
    this.list.addEventListener("keydown", (event) => this.rove(event));
    this.list.addEventListener("focusin", (event) => this.chose(event.target.closest("[role=article]")));
    this.watcher = new ResizeObserver(() => this.stick && this.settle());
    this.watcher.observe(this.list);
    this.watcher.observe(this.scroller);
  }

  close() {
    this.closed = true;
    this.watcher.disconnect();
  }

  /** Draw what there is now. `arrived` counts messages of others that came since. */
  draw(arrived = 0) {
    if (this.closed) return;
    this.all = this.source.messages();
    const anchor = this.stick ? null : this.anchor();
    const [start, end] = this.bounds();
    const stretch = this.all.slice(start, end);
    this.list.setAttribute("aria-busy", String(this.busy || !this.source.ready()));
    this.list.classList.toggle("below-more", start > 0 || this.source.more());
    keyed(this.list, this.source.rows(stretch, this.all[start - 1] ?? null), this.source);
    const intro = start === 0 && this.source.ready() && !this.source.more();
    this.top.replaceChildren(intro ? this.source.top() : h("p", { class: "log-loading" }, "Loading older messages…"));
    if (this.stick) this.settle();
    else this.keep(anchor);
    if (!this.stick && arrived) this.notice(arrived);
    this.ensureReachable();
    if (!intro && this.source.ready() && this.scroller.scrollTop < NEAR && this.scroller.clientHeight > 0) this.up();
  }

  /** Which stretch of all messages is drawn, as [start, end). */
  bounds() {
    const { all } = this;
    if (this.stick) this.to = null;
    const end = this.to === null ? all.length : before(all, this.to, true);
    let start = this.from === null ? Math.max(0, end - FIRST) : before(all, this.from, false);
    if (end - start > MOST) {
      if (this.stick) start = end - MOST;
      else {
        this.to = all[start + MOST - 1].ts;
        return [start, start + MOST];
      }
    }
    this.from = all[start]?.ts ?? null;
    return [start, end];
  }

  /** Show older messages, from memory or from the server. */
  async up() {
    if (this.busy) return;
    if (before(this.all, this.from ?? "", false) === 0) {
      if (!this.source.more()) return;
      this.busy = true;
      try {
        await this.source.older();
      } catch {
        return;
      } finally {
        this.busy = false;
      }
      this.all = this.source.messages();
    }
    const start = Math.max(0, before(this.all, this.from ?? "", false) - STEP);
    this.from = this.all[start]?.ts ?? null;
    this.draw();
  }

  /** Show newer messages again after scrolling far up. */
  down() {
    if (this.to === null) return;
    const end = Math.min(this.all.length, before(this.all, this.to, true) + STEP);
    this.to = end >= this.all.length ? null : this.all[end - 1].ts;
    this.from = this.all[Math.max(before(this.all, this.from ?? "", false), end - MOST)].ts;
    this.draw();
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const below = scrollHeight - scrollTop - clientHeight;
    this.stick = this.to === null && below < AT_BOTTOM;
    if (this.stick) this.reachedBottom();
    if (scrollTop < NEAR) this.up();
    else if (below < NEAR) this.down();
  }

  reachedBottom() {
    this.fresh = 0;
    this.pill.hidden = true;
    this.seen();
  }

  settle() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.reachedBottom();
  }

  /** Go to the newest message. */
  toBottom() {
    this.stick = true;
    this.from = null;
    this.draw();
  }

  notice(arrived) {
    this.fresh += arrived;
    this.pill.textContent = this.fresh === 1 ? "1 new message ↓" : `${this.fresh} new messages ↓`;
    this.pill.hidden = false;
  }

  /** Bring one message into view, loading back to it; answers its element, or null where there is none. */
  async show(ts) {
    this.all = this.source.messages();
    while (this.source.ready() && this.source.more() && this.all[0]?.ts > ts) {
      const oldest = this.all[0].ts;
      await this.source.older({ long: true });
      this.all = this.source.messages();
      if (this.all[0].ts === oldest) break;
    }
    const place = this.all.findIndex((message) => message.ts === ts);
    if (place < 0) return null;
    if (!this.rowOf(ts)) {
      this.stick = false;
      this.from = this.all[Math.max(0, place - STEP / 2)].ts;
      this.to = this.all[Math.min(this.all.length - 1, place + STEP)].ts;
      this.draw();
    }
    const row = this.rowOf(ts);
    row?.scrollIntoView({ block: "nearest" });
    return row ?? null;
  }

  /** Bring one message into view, go there with the focus and let it light up once. */
  async goTo(ts) {
    const row = await this.show(ts);
    if (!row) return;
    row.focus({ preventScroll: true });
    row.classList.add("found");
    row.addEventListener("animationend", () => row.classList.remove("found"), { once: true });
  }

  rowOf(ts) {
    return [...this.list.children].find((child) => child.rowKey === `m:${ts}`);
  }

  /** The first row on screen and where it is, so that it can stay there. */
  anchor() {
    const edge = this.scroller.getBoundingClientRect().top;
    const row = [...this.list.children].find((child) => child.dataset.ts && child.getBoundingClientRect().bottom > edge);
    return row ? { key: row.rowKey, top: row.getBoundingClientRect().top } : null;
  }

  keep(anchor) {
    const row = anchor && [...this.list.children].find((child) => child.rowKey === anchor.key);
    if (row) this.scroller.scrollTop += row.getBoundingClientRect().top - anchor.top;
  }

  rove(event) {
    const rows = [...this.list.querySelectorAll(":scope > [role=article]")];
    const here = rows.indexOf(event.target);
    if (here < 0) return;
    const to = { ArrowUp: here - 1, ArrowDown: here + 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined || !rows[to]) return;
    event.preventDefault();
    rows[to].focus();
  }

  chose(row) {
    if (!row || row.tabIndex === 0) return;
    for (const other of this.list.querySelectorAll(":scope > [role=article][tabindex='0']")) other.tabIndex = -1;
    row.tabIndex = 0;
  }

  /** One message can always be reached with Tab. */
  ensureReachable() {
    if (this.list.querySelector(":scope > [role=article][tabindex='0']")) return;
    const last = [...this.list.querySelectorAll(":scope > [role=article]")].at(-1);
    if (last) last.tabIndex = 0;
  }
}

/** How many messages stand before this `ts`, itself counted when `including`. */
function before(all, ts, including) {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all[middle].ts < ts || (including && all[middle].ts === ts)) low = middle + 1;
    else high = middle;
  }
  return low;
}
