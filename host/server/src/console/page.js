// The agent's surface. It asks the API what there is to see, and keeps nothing but what somebody is writing.
import { card } from "/console/card.js";
import { composer } from "/console/composer.js";
import { mentions } from "/console/mentions.js";
import { sayer } from "/console/said.js";
import { search } from "/console/search.js";
import { templating } from "/console/templating.js";
import { thread } from "/console/thread.js";
import { unread } from "/console/unread.js";
import { coded, language, own, word } from "/console/words.js";

const part = (id) => document.getElementById(id);
const make = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};
document.documentElement.lang = language;
for (const element of document.querySelectorAll("[data-words]")) element.textContent = word(element.dataset.words);

const STATES = ["available", "busy", "break", "away"];
// A break of a company with codes says what it is for: then each code is a state of its own.
const states = () => STATES.flatMap((state) => (state === "break" && work.pauses.length ? work.pauses.map((code) => `break:${code}`) : [state]));
const stated = ({ presence, code }) => (code ? `${presence}:${code}` : presence);
const hours = (number) => number * 3600 * 1000;
const NAPS = { written: 0, hour: hours(1), "three-hours": hours(3), tomorrow: hours(24), "three-days": hours(72) };
// A list is drawn as far as somebody reads it.
const SHOWN = 50;
let rows = new Map(), limit = SHOWN;
let unseen = null, me = null, work = null, which = "mine", open = null, held = null, codes = [], shown = "", drawn = "";

const say = (text) => { part("said").textContent = text ?? ""; };

async function ask(method, path, body, headers = {}) {
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method,
      headers: { ...(body ? { "Content-Type": body instanceof Blob ? "application/octet-stream" : "application/json" } : {}), ...headers },
      body: body instanceof Blob ? body : body && JSON.stringify(body),
    });
  } catch {
    throw new Error(word("saved"));
  }
  if (answer.status === 401) { location.assign("/sign-in"); throw new Error(""); }
  const told = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.detail), { kind: told.type });
  return told;
}

// What waits, waits by the host's clock, whatever this machine's shows.
let ahead = 0;
const now = () => Date.now() + ahead;
// Times are the company's, as on every other page: short ones for what is today.
const shaped = (shape) => new Intl.DateTimeFormat(language, { timeZone: own.zone, ...shape });
const clock = shaped({ hour: "2-digit", minute: "2-digit" });
const day = shaped({ day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" });
const year = shaped({ year: "numeric", month: "2-digit", day: "2-digit" });
const only = shaped({ year: "numeric" });
const at = (time) => {
  const then = new Date(time);
  const today = new Date(now());
  const same = (shape) => shape.format(then) === shape.format(today);
  return (same(year) ? clock : same(only) ? day : year).format(then);
};
const span = (milliseconds) => {
  const minutes = Math.max(0, Math.floor(milliseconds / 60000));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};
const remains = (conversation) => {
  const until = conversation["window-until"];
  return until ? `${word("window")} ${span(new Date(until) - now())}` : word("closed");
};
// Of the conversation that is open: the window goes on closing while nothing is said.
const about = (conversation) => [conversation.customer?.phone, conversation.number, holder(conversation), remains(conversation)].filter(Boolean).join(" · ");
let facing = null;
// Until when an answer was promised. It is reckoned here, because nothing is asked for while the time runs.
const promised = ({ promise }) => {
  if (!promise) return null;
  const left = new Date(promise.until) - now();
  const standing = left <= 0 ? "late" : now() >= new Date(promise.risk) ? "risk" : "in-time";
  return make("span", { className: `promise ${standing}`, textContent: left <= 0 ? `${word("late")} ${span(-left)}` : `${word("answer-within")} ${span(left)}` });
};
const holder = (conversation) => {
  const { holder } = conversation;
  if (holder.is === "queue") return `${holder.queue} · ${word("since")} ${span(now() - new Date(holder.since))}`;
  if (holder.is === "agent" && conversation.asleep) return `${word("asleep")}${conversation.asleep.until ? ` ${word("until")} ${at(conversation.asleep.until)}` : ""}`;
  if (holder.is === "agent" && conversation.offer?.["is-you"]) return `${holder.name}: ${word("asks").toLowerCase()}`;
  if (conversation["asks-you"] && holder.is === "agent") return `${holder.name} ${word("asks-you")}`;
  if (holder.is === "agent") return `${word("doing")} ${holder.name}`;
  return word(holder.is);
};
const name = (conversation) => conversation.customer?.name || conversation.customer?.phone || conversation.conversation.slice(0, 6);

function tabs() {
  const names = [...(work.agent ? ["mine", "waiting"] : []), ...(me.may.includes("find-contact") ? ["open"] : [])];
  if (!names.includes(which)) which = names[0] ?? "mine";
  part("tabs").replaceChildren(...names.map((one, n) => {
    const tab = make("button", { textContent: word(one), id: `tab-${one}`, tabIndex: one === which ? 0 : -1 });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-selected", one === which);
    tab.setAttribute("aria-controls", "panel");
    tab.addEventListener("click", () => { finding.shut(); which = one; limit = SHOWN; drawn = ""; tabs(); look(); part(`tab-${one}`).focus(); });
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) part(`tab-${names[(n + step + names.length) % names.length]}`).click();
    });
    return tab;
  }));
  part("panel").setAttribute("aria-labelledby", `tab-${which}`);
}

function row(conversation) {
  const last = conversation.last;
  const unanswered = last?.by.is === "customer", fresh = conversation.yours ? unseen.of(conversation) : 0;
  const button = make("button", { className: fresh ? "fresh" : unanswered ? "unanswered" : "" },
    make("strong", {}, name(conversation), fresh ? make("b", { className: "fresh", textContent: fresh, ariaLabel: `${fresh} ${word("unread")}` }) : ""),
    promised(conversation) ?? "",
    make("span", { textContent: conversation.writing ? `${conversation.writing} ${word("writes")}` : last?.text ?? "" }),
    make("small", { textContent: [conversation.help ? word("asks-help") : "", holder(conversation), remains(conversation), conversation.priority > 0 ? `${word("urgent")} ${conversation.priority}` : ""].filter(Boolean).join(" · ") }));
  button.setAttribute("aria-current", conversation.conversation === open);
  button.dataset.conversation = conversation.conversation;
  button.addEventListener("click", () => read(conversation.conversation, true));
  return make("li", {}, button);
}

// One look at a time, and once more if something happened meanwhile: an older answer is never drawn over a newer one.
let looking = null, again = false;
function look() {
  if (looking) { again = true; return looking; }
  looking = (async () => {
    do { again = false; await glance(); } while (again);
  })().finally(() => { looking = null; });
  return looking;
}

async function glance() {
  if (!me || (!work.agent && which !== "open")) return;
  const told = await ask("GET", `/conversations?which=${which}&limit=${limit}`);
  ahead = new Date(told.now) - Date.now();
  rows = new Map(told.conversations.map((one) => [one.conversation, one]));
  const seen = JSON.stringify([told.conversations, open, Math.floor(now() / 60000)]);
  if (seen !== drawn) {
    drawn = seen;
    const focused = document.activeElement?.dataset?.conversation;
    const list = told.conversations.map(row);
    if (!list.length) list.push(make("li", { className: "none", textContent: word("none") }));
    if (told.more) {
      const more = make("button", { type: "button", textContent: word("show-more") });
      more.dataset.conversation = "more";
      more.addEventListener("click", tried(async () => { limit += SHOWN; await look(); }));
      list.push(make("li", { className: "none" }, word("more"), " ", more));
    }
    part("list").replaceChildren(...list);
    if (focused) part("list").querySelector(`[data-conversation="${focused}"]`)?.focus();
  }
  const fresh = told.conversations.reduce((sum, one) => sum + (one.yours ? unseen.of(one) : 0), 0);
  document.title = fresh ? `(${fresh}) Timonel` : "Timonel";
  const current = rows.get(open);
  // Who is writing lasts for seconds, and reading what was said is of record.
  if (current) part("writing").textContent = current.writing ? `${current.writing} ${word("writes")}` : "";
  // What somebody had in their hands and is no more among what is theirs went elsewhere: the page says so.
  if (!current && open && held === open && which === "mine" && !told.more) {
    // Once, whatever comes of it.
    held = null;
    await read(open, false);
    if (!held) part("about").textContent = word("gone");
    held = null;
    await status();
  }
  // What was said is asked for when something was: each look at it is of record.
  if (current && state(current) !== shown && (current.yours || current["asks-you"])) {
    if (current.last) keptLow(() => said.coming(current.last));
    await read(open, false);
  }
}

const state = ({ last, holder, offer, asleep, help, remarked }) => JSON.stringify([last, holder, offer?.since, asleep, help?.since, remarked]);

// What colleagues did to the case and wrote on it for each other.
function remark(one) {
  const what = [one.by.name ?? word(one.by.is), word(`is-${one.is}`), one.to ?? (one.code && coded(one.code)) ?? (one.score ? `${one.score}/5` : one.asks?.length ? `→ ${one.asks.join(", ")}` : "")].filter(Boolean).join(" ");
  return make("li", { className: "remark" }, one.text ?? "", make("span", { className: "foot", textContent: [what, at(one.at)].join(" · ") }));
}

// A rule that was asked: by whose word, what it said, and that it comes out the same.
const ruled = (one) => make("li", {},
  make("strong", { textContent: one.rule }), (one["shadow-agrees"] ?? null) === null ? "" : ` · ${word("in-shadow")}`, ` · ${one.words}`, one.reason ? ` · «${one.reason}»` : "",
  ...[one["signed-words"], one["moved-words"], one.again?.words].filter(Boolean).map((line) => make("small", { textContent: line })));

// The decision behind a message of a rule.
async function reasons(of) {
  const told = await ask("GET", `/why?of=${of}&again=true`);
  const until = told.steps.findIndex((step) => step.event === told["asked-about"]);
  const step = told.steps.slice(0, until < 0 ? undefined : until + 1).findLast((one) => one.decision);
  part("here").replaceChildren();
  part("asked").replaceChildren(...(step?.decision.asked ?? []).map(ruled));
  part("letter").textContent = told.letter ?? "";
  part("reasons").showModal();
}

// Why the case is where it is: the latest decisions on it, the last first.
const DECISIONS = 5, SEATS = ["case-queued", "case-assigned", "case-moved", "case-escalated", "preference-ended"];
part("why-here").addEventListener("click", tried(async () => {
  const { steps } = await ask("GET", `/why?of=${open}&again=true`);
  // First how it came to be where it is, in sentences; the rules that were asked stand below.
  part("here").replaceChildren(...steps.filter((step) => SEATS.includes(step.kind)).slice(-DECISIONS).map((step) => make("li", { textContent: `${at(step.at)}: ${step.words}` })));
  const decided = steps.filter((step) => step.decision?.asked?.length).slice(-DECISIONS).reverse();
  part("asked").replaceChildren(...decided.map((step) => make("li", {}, make("strong", { textContent: at(step.at) }), make("ol", {}, ...step.decision.asked.map(ruled)))));
  part("letter").textContent = decided.length ? "" : word("no-decisions");
  part("reasons").showModal();
  // A dialog goes to where its first button is, and the answer stands above.
  part("reasons").scrollTop = 0;
}));

// How a case can have ended, in the company's groups.
function grouped(codes, groups) {
  const made = [], of = new Map();
  for (const code of codes) {
    const option = make("option", { value: code, textContent: coded(code) }), label = groups[code]?.join(" · ");
    if (!label) { made.push(option); continue; }
    if (!of.has(label)) { of.set(label, make("optgroup", { label })); made.push(of.get(label)); }
    of.get(label).append(option);
  }
  return made;
}

// Whoever is at the end of a conversation stays there.
function keptLow(draws, always) {
  const box = part("messages"), low = always || box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  draws();
  if (low) box.scrollTop = box.scrollHeight;
}

const draft = (id) => `timonel-draft-${me.person}-${id}`;

async function read(id, chosen) {
  say("");
  if (chosen && open !== id) {
    open = id;
    part("text").value = localStorage.getItem(draft(id)) ?? "";
    part("writing").textContent = "";
    said.clear();
  }
  let told = null, refused = null;
  try {
    told = await ask("GET", `/conversations/${id}/messages`);
  } catch (error) {
    if (error.kind !== "urn:timonel:not-your-case") throw error;
    refused = error;
  }
  if (open !== id) return;
  const conversation = told?.conversation;
  held = conversation?.yours ? id : null;
  part("conversation").hidden = false;
  document.querySelector("main").classList.add("reading");
  // Of what is not theirs to read, what the list says; of what just went elsewhere, what stood there.
  const listed = part("list").querySelector(`[data-conversation="${id}"] strong`)?.textContent;
  part("customer").textContent = conversation ? name(conversation) : listed ?? (chosen ? "" : part("customer").textContent);
  facing = conversation;
  part("about").textContent = conversation ? about(conversation) : refused.message;
  const mine = conversation?.yours && conversation.holder.accepted;
  const offer = (conversation ?? rows.get(id))?.offer;
  const { holder: by, yours } = conversation ?? rows.get(id) ?? {};
  part("accept").hidden = !work.agent || mine || !by || by.is === "nobody" || (by.is === "agent" && !yours) || offer?.["is-you"];
  part("why-here").hidden = !told || !me.may.includes("explain-decisions");
  // Whoever steers moves it from the board, where it is chosen already.
  part("reassign").hidden = !conversation || !me.may.includes("move-cases") || conversation.holder.is === "nobody" || conversation.holder.is === "rules" || mine;
  part("reassign").href = `/console/tower?conversation=${id}#cases-title`;
  part("close").hidden = part("composer").hidden = !mine;
  // Who reads may leave a note; all else is of whoever has the case.
  part("hands").hidden = !told || conversation.holder.is === "nobody";
  part("offer").hidden = !offer;
  part("take").hidden = part("decline").hidden = !offer?.["is-you"];
  part("offered").textContent = offer ? `${offer["is-you"] ? word("asks") : `${word("waits-for")} ${offer.name}`}: ${offer.why ?? ""}` : "";
  const may = { note: true, help: !conversation?.help, "help-withdraw": Boolean(conversation?.help), "hand-over": !offer, withdraw: Boolean(offer), snooze: !conversation?.asleep, wake: Boolean(conversation?.asleep), return: true };
  for (const button of part("hands").children) button.hidden = !may[button.dataset.act] || (!mine && button.dataset.act !== "note");
  part("helping").textContent = conversation?.help ? `${word("asks-help")}: ${conversation.help.why ?? ""}` : "";
  if (conversation?.yours) unseen.saw(conversation);
  attached.show(id);
  if (chosen || !told) customer.show(told ? id : null).catch((error) => say(error.message));
  const closed = conversation && !conversation["window-until"];
  part("hint").textContent = closed ? word("shut") : word("enter");
  // Only a template leaves now. What was written stays, for when the customer writes.
  part("text").readOnly = Boolean(closed);
  shown = conversation ? state(conversation) : "";
  if (told) {
    codes = told.codes;
    const endings = JSON.stringify([codes, told.groups]);
    if (part("code").dataset.endings !== endings) {
      part("code").dataset.endings = endings;
      // How it ended somebody says, and no list does it for them.
      part("code").replaceChildren(make("option", { value: "", textContent: word("choose-code") }), ...grouped(codes, told.groups));
    }
    if (chosen) part("code").value = "";
    keptLow(() => said.latest(told), chosen);
  }
  else said.clear();
  part("earlier").hidden = said.first() === undefined;
  drawn = "";
  if (chosen) { (mine ? part("text") : part("customer")).focus(); await look(); }
}

async function act(path, body, headers) {
  const done = await ask("POST", `/conversations/${open}/${path}`, body, headers);
  say(done.is === "held" ? word("held") : "");
  return done;
}

function tried(does) {
  return async (event) => {
    event?.preventDefault();
    try {
      await does(event);
    } catch (error) {
      // What went to somebody else meanwhile is shown as it is, beside why it could not be done.
      if (error.kind === "urn:timonel:not-your-case" && open) await read(open, false).catch(() => {});
      say(error.message);
    }
  };
}

part("accept").addEventListener("click", tried(async () => {
  await act("accept");
  if (which === "waiting") { which = "mine"; tabs(); }
  await read(open, true);
  await status();
}));
// What is between colleagues: one dialog, with the fields that an act has.
let passing = null;
const options = (pairs) => pairs.map(([value, text]) => make("option", { value, textContent: text }));
function pass(what, where, words, notes = []) {
  passing = what;
  asked.forget();
  part("passing-title").textContent = word(what);
  part("pass-now").textContent = word(`${what}-now`);
  part("passing-says").textContent = word(`${what}-says`);
  part("passing-where").hidden = !where;
  part("passing-where").firstElementChild.textContent = word(`${what}-where`);
  part("passing-where").querySelector("select").replaceChildren(...options(where ?? []));
  part("passing-words").hidden = !words;
  part("passing-words").firstElementChild.textContent = word(`${what}-words`);
  part("passing-words").querySelector("textarea").required = words;
  part("passing-words").querySelector("textarea").value = "";
  part("passing-notes").replaceChildren(...notes.map(([id, label]) => make("label", {}, `${word("note")}: ${label} `, Object.assign(make("input", { maxLength: 1000 }), { name: id }))));
  part("passing-failed").textContent = "";
  part("passing").showModal();
}
const colleagues = async () => (await ask("GET", "/colleagues")).agents.filter((one) => one.agent !== me.person && ["available", "busy"].includes(one.presence))
  // Who has a place for it comes first.
  .sort((a, b) => (a.cases >= a.capacity) - (b.cases >= b.capacity))
  .map((one) => [one.agent, `${one.name} · ${word(one.presence)} · ${one.cases} / ${one.capacity}${one.cases >= one.capacity ? ` · ${word("full")}` : ""}`]);
const ACTS = {
  note: async () => { pass("note", null, true); await asked.begin(open); },
  help: () => pass("help", null, true),
  "help-withdraw": async () => { await act("help/withdraw"); await read(open, false); },
  snooze: () => pass("snooze", Object.keys(NAPS).map((nap) => [nap, word(nap)]), false),
  "hand-over": async () => pass("hand-over", await colleagues(), true),
  return: async () => pass("return", [["", word("router")], ...(await ask("GET", "/colleagues")).queues.filter((queue) => queue !== facing?.holder.queue).map((queue) => [queue, queue])], true),
  wake: async () => { await act("wake"); await read(open, false); },
  withdraw: async () => { await act("hand-over/withdraw"); await read(open, false); },
};
part("hands").addEventListener("click", tried(async (event) => { await ACTS[event.target.dataset.act]?.(); }));
part("shift").addEventListener("click", tried(async () => {
  const { conversations } = await ask("GET", "/conversations?which=mine");
  pass("shift", [["", word("anybody")], ...(await colleagues())], false, conversations.filter((one) => one.yours).map((one) => [one.conversation, name(one)]));
}));
async function passed() {
  const where = part("passing-where").querySelector("select").value;
  const words = part("passing-words").querySelector("textarea").value.trim();
  if (passing === "shift") {
    const notes = [...part("passing-notes").querySelectorAll("input")].filter((one) => one.value.trim()).map((one) => ({ conversation: one.name, text: one.value.trim() }));
    await ask("POST", "/me/shift/end", { ...(where ? { to: where } : {}), notes });
  }
  if (passing === "note") await act("notes", { text: words, mentions: await asked.named(words) });
  if (passing === "help") await act("help", { why: words });
  if (passing === "snooze") await act("snooze", NAPS[where] ? { until: new Date(now() + NAPS[where]).toISOString() } : {});
  if (passing === "hand-over") await act("hand-over", { to: where, why: words });
  if (passing === "return") await act("return", { ...(where ? { queue: where } : {}), why: words });
}
// What somebody wrote stays there until it was taken.
part("passing-form").addEventListener("submit", async (event) => {
  if (event.submitter?.value !== "now") return;
  event.preventDefault();
  part("pass-now").disabled = true;
  try {
    await passed();
    part("passing").close();
  } catch (error) {
    part("passing-failed").textContent = error.message;
    return;
  } finally {
    part("pass-now").disabled = false;
  }
  await tried(async () => {
    if (!["shift", "return"].includes(passing)) return read(open, false);
    if (open) shut();
    await status();
  })();
});
part("take").addEventListener("click", tried(async () => { await act("hand-over/accept"); await read(open, true); await status(); }));
part("decline").addEventListener("click", tried(async () => { await act("hand-over/decline"); shut(); }));
part("close").addEventListener("submit", tried(async () => {
  await act("close", { code: part("code").value });
  localStorage.removeItem(draft(open));
  shut();
  await status();
  // What is over is counted a moment later.
  for (const seconds of [4, 10, 20]) setTimeout(() => figures().catch((error) => say(error.message)), seconds * 1000);
}));
const fresh = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
// The key of a message is made when it is first sent and kept until the host has said that it has it: a lost answer sends nothing twice.
let sending = null, busy = false;
part("composer").addEventListener("submit", tried(async () => {
  // What is sent is for whoever is open now, whatever is opened meanwhile; and it is sent once at a time.
  const of = open, text = part("text").value.trim();
  if (busy) return;
  busy = true;
  try {
    const file = await attached.handed(of);
    if (!text && !file) return;
    if (sending?.text !== text || sending.file?.id !== file?.id || sending.conversation !== of) sending = { text, file, conversation: of, key: fresh() };
    const done = await ask("POST", `/conversations/${of}/replies`, { text, ...(file ? { file } : {}) }, { "Idempotency-Key": sending.key });
    say(done.is === "held" ? word("held") : "");
    sending = null;
    attached.drop(of);
    localStorage.removeItem(draft(of));
    if (open !== of) return;
    if (part("text").value.trim() === text) part("text").value = "";
    else localStorage.setItem(draft(of), part("text").value);
    await read(of, false);
    part("messages").scrollTop = part("messages").scrollHeight;
  } finally {
    busy = false;
  }
}));
// Pictures have no height before they are here: whoever was at the end stays there.
let low = true;
part("messages").addEventListener("scroll", ({ target }) => { low = target.scrollHeight - target.scrollTop - target.clientHeight < 60; });
part("messages").addEventListener("load", ({ currentTarget }) => { if (low) currentTarget.scrollTop = currentTarget.scrollHeight; }, true);
const message = sayer({ make, word, at, tried, reasons, explains: () => me.may.includes("explain-decisions") });
const said = thread({ box: part("messages"), message, remark });
const customer = card({ part, make, ask, word, tried, at });
const asked = mentions({ part, make, ask, word });
const finding = search({ part, make, ask, word, tried, at, name, read });
const attached = composer({ part, make, say, ask, word, tried, open: () => open });
templating({
  part, make, ask, word, tried, fresh, open: () => open,
  sent: async (done) => { say(done.held ? word("held") : ""); await read(open, false); part("messages").scrollTop = part("messages").scrollHeight; },
});
// Colleagues see that somebody is writing, while they do.
let wrote = 0;
part("text").addEventListener("input", () => {
  localStorage.setItem(draft(open), part("text").value);
  if (!part("text").value || Date.now() - wrote < 3000) return;
  wrote = Date.now();
  ask("POST", `/conversations/${open}/writing`).catch(() => {});
});
part("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); part("composer").requestSubmit(); }
});
part("earlier").addEventListener("click", tried(async () => {
  const of = open, told = await ask("GET", `/conversations/${of}/messages?before=${said.first()}`);
  if (of !== open) return;
  said.earlier(told);
  part("earlier").hidden = said.first() === undefined;
}));
function shut() {
  const before = open;
  open = null; drawn = "";
  part("conversation").hidden = true;
  document.querySelector("main").classList.remove("reading");
  (part("list").querySelector(`[data-conversation="${before}"]`) ?? part("panel")).focus();
  look();
}
part("back").addEventListener("click", shut);
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && open && !document.querySelector("dialog[open]")) shut(); });
const leave = async () => { await ask("POST", "/sign-out"); location.assign("/sign-in"); };
// Whoever goes home and takes cases still leaves customers waiting for nobody.
part("leave").addEventListener("click", tried(async () => {
  if (!work.agent || work.presence === "away") return leave();
  part("leaving-says").textContent = `${word("leaving-says")} ${work.cases}.`;
  part("leaving").returnValue = "";
  part("leaving").showModal();
}));
part("leaving").addEventListener("close", tried(async () => {
  const { returnValue } = part("leaving");
  if (returnValue === "shift") part("shift").click();
  if (returnValue === "out") await leave();
}));
part("presence").querySelector("select").addEventListener("change", tried(async (event) => {
  const [presence, code] = event.target.value.split(":");
  work = await ask("POST", "/me/presence", { presence, ...(code ? { code } : {}) });
  status();
}));

// One person's act, and everybody sees it.
let halted = false;
async function stops() {
  if (!me.may.includes("read-stops")) return;
  const { stopped } = await ask("GET", "/outbound");
  const whole = stopped.find((stop) => stop.scope === "account");
  const stop = whole ?? stopped[0];
  halted = Boolean(whole);
  part("stopped").hidden = !stop;
  part("stopped").textContent = stop ? [word("stopped") + (whole ? "" : ` ${word("of-number")} ${stop.number}`), stop.why, stop.who, at(stop.since)].filter(Boolean).join(" · ") : "";
  part("halt").hidden = !me.may.includes(halted ? "resume-sending" : "pause-sending");
  part("halt").textContent = word(halted ? "resume" : "halt");
}
part("halt").addEventListener("click", tried(async () => {
  const asks = part(halted ? "resuming" : "halting");
  asks.returnValue = "";
  asks.showModal();
}));
part("resuming").addEventListener("close", tried(async () => {
  if (part("resuming").returnValue !== "now") return;
  await ask("POST", "/outbound/resume", {});
  await stops();
}));
part("halting").addEventListener("close", tried(async () => {
  const reason = part("why").value.trim();
  if (part("halting").returnValue !== "now" || !reason) return;
  part("why").value = "";
  part("halting").returnValue = "";
  await ask("POST", "/outbound/pause", { reason });
  await stops();
}));

// One's own day, as it is counted. What nobody counts is not there.
async function figures() {
  if (!work.agent || !me.may.includes("read-figures")) return;
  const today = async (metric) => {
    const told = await ask("GET", `/kpis/${metric}?by=agent`).catch(() => null);
    return told?.figures.at(-1)?.rows.find((one) => one.when === told.until && one.group === me.person);
  };
  const [resolved, answered] = await Promise.all([today("cases-resolved"), today("first-response")]);
  const seconds = Math.round((answered?.p50 ?? 0) / 1000);
  part("day").textContent = [
    resolved ? `${resolved.value} ${word(resolved.value === 1 ? "one-resolved-today" : "resolved-today")}` : "",
    answered ? `${word("answers-in")} ${seconds < 60 ? `${seconds} s` : span(seconds * 1000)}` : "",
  ].filter(Boolean).join(" · ");
}

async function notices() {
  const { unread } = await ask("GET", "/notices?unread=true&limit=1");
  part("notices").replaceChildren(word("notices"), unread ? make("b", { className: "fresh", textContent: unread }) : "");
}

async function status() {
  work = await ask("GET", "/me/presence");
  part("presence").hidden = part("shift").hidden = !work.agent;
  const select = part("presence").querySelector("select");
  const known = states();
  if (select.length !== known.length) select.replaceChildren(...options(known.map((one) => [one, one.split(":").map((said, n) => (n ? coded(said) : word(said))).join(" · ")])));
  select.value = stated(work);
  part("load").textContent = work.agent ? `${work.cases} / ${work.capacity}` : word("not-agent");
}

async function begin() {
  // Who nobody is let go on before has no state.
  [me] = await Promise.all([own.person ? own : ask("GET", "/me"), status().catch(() => {})]);
  if (me["second-factor-first"]) return location.assign("/sign-in");
  part("who").textContent = me.name;
  // Whether they may go there the door says.
  fetch("/console/tower", { method: "HEAD" }).then(({ ok, redirected }) => { part("tower").hidden = !ok || redirected; }).catch(() => {});
  part("search").hidden = !me.may.includes("search-conversations");
  unseen = unread(me.person);
  if (!work) await status();
  // Where a link led to.
  const wanted = new URLSearchParams(location.search).get("conversation");
  // Who has nothing to do here has something elsewhere.
  if (!work.agent && !me.may.includes("find-contact") && !wanted) return location.replace("/console/home");
  tabs();
  await Promise.all([look(), stops(), notices()]);
  figures().catch((error) => say(error.message));
  if (wanted) {
    history.replaceState(null, "", location.pathname);
    // A customer who was forgotten since, say: everything else goes on.
    await read(wanted, true).catch((error) => { shut(); say(error.message); });
  }
  // What is said in one's own conversations is told at once, while somebody looks: a browser has few connections. Everything else is
  // asked for every two seconds, and what rarely changes, less often.
  const hear = () => look().catch((error) => say(error.message));
  let told = null;
  const listen = () => {
    told?.close();
    told = null;
    if (document.hidden) return;
    told = new EventSource("/api/v1/events");
    for (const happens of ["open", "conversations"]) told.addEventListener(happens, hear);
    told.addEventListener("notice", () => notices().catch((error) => say(error.message)));
  };
  document.addEventListener("visibilitychange", listen);
  listen();
  let beat = 0;
  setInterval(() => {
    if (document.hidden) return;
    if (facing) part("about").textContent = about(facing);
    look().then(() => {
      beat++;
      if (beat % 30 === 0) figures().catch((error) => say(error.message));
      if (beat % 5 === 0) return Promise.all([status(), stops(), notices()]);
    }).catch((error) => say(error.message));
  }, 2000);
}
begin().catch((error) => say(error.message));
