// What a page of the tower does: it is asked again while somebody looks, and what is marked as live takes the place of what was.
// The host writes the pages, so there is nothing to draw here; what changes something is asked of the API, as any program would.

const part = (id) => document.getElementById(id);
const say = (text) => { part("said").textContent = text ?? ""; };
const body = document.body;

export async function ask(method, path, content) {
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method, headers: content ? { "Content-Type": "application/json" } : {}, body: content && JSON.stringify(content),
    });
  } catch {
    throw new Error(body.dataset.offline);
  }
  if (answer.status === 401) { location.assign("/sign-in"); throw new Error(""); }
  const told = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(told.detail), { kind: told.type });
  return told;
}

const tried = (does) => async (event) => {
  try { await does(event); say(""); } catch (error) { if (error.message) say(error.message); }
};

// Whatever somebody marked, wrote, opened or stands on stays so.
const ACTIVE = "a, button, input, select, textarea, summary";
const key = (one) => [one.tagName, one.id, one.name, one.type === "checkbox" ? one.value : "", one.getAttribute("href"), one.dataset.to, one.dataset.sets].join(" ");
function renew(now, then) {
  if (now.innerHTML === then.innerHTML) return;
  const inputs = () => [...now.querySelectorAll("input:not([type=hidden]), select, textarea")];
  const was = new Map(inputs().map((one) => [key(one), [one.checked, one.value]]));
  const opened = [...now.querySelectorAll("details[open]")].map((one) => one.id);
  const focused = now.contains(document.activeElement) && document.activeElement !== now ? key(document.activeElement) : null;
  now.replaceChildren(...then.childNodes);
  for (const one of inputs()) if (was.has(key(one))) [one.checked, one.value] = was.get(key(one));
  for (const id of opened) part(id)?.setAttribute("open", "");
  if (focused !== null) [...now.querySelectorAll(ACTIVE)].find((one) => key(one) === focused)?.focus();
}

let asking = null;
async function look() {
  if (asking) return asking;
  asking = (async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.redirected) return location.assign(answer.url);
    if (!answer.ok) return;
    const then = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const now of document.querySelectorAll("[data-live]")) {
      const fresh = then.getElementById(now.id);
      if (fresh) renew(now, fresh);
    }
    body.dataset.every = then.body.dataset.every ?? "";
    if (part("said").textContent === body.dataset.offline) say("");
  })();
  try { await asking; } catch { say(body.dataset.offline); } finally { asking = null; }
}

let beat = Date.now();
setInterval(() => {
  const every = Number(body.dataset.every);
  if (!every || document.hidden || Date.now() - beat < every) return;
  beat = Date.now();
  look();
}, 500);
document.addEventListener("visibilitychange", () => { if (!document.hidden && body.dataset.every) look(); });

// What the host tells by itself: a stop, and what somebody has to decide.
const wanted = (body.dataset.events ?? "").split(" ").filter(Boolean);
if (wanted.length) {
  const events = new EventSource("/api/v1/events");
  for (const kind of wanted) events.addEventListener(kind, look);
  addEventListener("pagehide", () => events.close());
}

// A form says where it goes; its fields are what is asked for, as far as they say something else than before. A name that begins like
// a JSON pointer is a setting.
// Texts by name, each on a line of its own: `es: Gracias`.
const pairs = (text) => Object.fromEntries(text.split("\n").filter((line) => line.trim()).map((line) => {
  const at = line.indexOf(":");
  if (at < 1) throw new Error(`«${line}»: ${body.dataset.pairs}`);
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}));
// What is written with commas between.
export const list = (text) => (text ?? "").split(",").map((one) => one.trim()).filter(Boolean);

// A value goes where its JSON pointer says.
export function put(into, pointer, value) {
  const way = pointer.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = way.pop();
  for (const step of way) into = into[step] ??= {};
  into[last] = value;
}

const READ = { number: Number, boolean: (text) => text === "true", json: JSON.parse, pairs };
export function content(form, button) {
  const asked = {};
  for (const field of form.elements) {
    const { name, value, dataset } = field;
    if (!name || field.matches(":disabled") || value === "" || value === dataset.was || (field.type === "radio" && !field.checked)) continue;
    let told = value;
    try {
      told = dataset.is ? READ[dataset.is](value) : value;
    } catch (error) {
      throw new Error(dataset.is === "json" ? `${body.dataset.notJson}: ${error.message}` : error.message);
    }
    if (name.startsWith("/")) (asked.settings ??= {})[name] = told;
    else asked[name] = told;
  }
  if (button?.name) asked[button.name] = button.value;
  return asked;
}

const after = (element) => (element.dataset.then ? location.assign(element.dataset.then) : look());

document.addEventListener("click", tried(async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.open) {
    const dialog = part(button.dataset.open), form = dialog.querySelector("form");
    if (button.dataset.to) form.dataset.post = button.dataset.to;
    for (const one of dialog.querySelectorAll("[data-title]")) one.textContent = button.dataset.title ?? "";
    if (button.dataset.sets) {
      for (const [name, value] of new URLSearchParams(button.dataset.sets)) form.elements[name].value = value;
    }
    dialog.showModal();
  } else if (button.hasAttribute("data-shut")) {
    button.closest("dialog").close();
  } else if (button.dataset.post) {
    await ask("POST", button.dataset.post, {});
    await after(button);
  } else if (button.dataset.delete) {
    await ask("DELETE", button.dataset.delete);
    await look();
  }
}));

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.post && !form.dataset.does) return;
  event.preventDefault();
  tried(async () => {
    const button = event.submitter;
    if (button) button.disabled = true;
    try {
      if (form.dataset.does) await DOES[form.dataset.does](form, button);
      else {
        const asked = content(form, button);
        if (asked.mode === "canary") asked.mode = `canary ${asked.percent ?? 10}%`;
        delete asked.percent;
        await ask("POST", form.dataset.post, asked);
        form.reset();
        form.closest("dialog")?.close();
        await after(form);
      }
    } catch (error) {
      // It would cover what is said; what was written in it is still there.
      form.closest("dialog")?.close();
      throw error;
    } finally {
      if (button) button.disabled = false;
    }
  })(event);
});

// Who follows a notice has read it.
document.addEventListener("click", (event) => {
  const notice = event.target.closest("a[data-notice]")?.dataset.notice;
  if (notice) fetch("/api/v1/notices/read", { method: "POST", keepalive: true, headers: { "Content-Type": "application/json" }, body: JSON.stringify({ notices: [Number(notice)] }) });
});

// A quick reply is called up into the form, and kept under its name.
document.addEventListener("click", (event) => {
  const told = event.target.closest("[data-reply]")?.dataset.reply;
  if (!told) return;
  const { fields, queues } = JSON.parse(told), form = part("reply");
  form.reset();
  for (const [name, value] of fields) if (form.elements[name]) form.elements[name].value = value;
  for (const box of form.querySelectorAll("[name=queues]")) box.checked = queues.includes(box.value);
  form.elements.name.focus();
});
async function reply(form) {
  const { name, queues: _, ...texts } = content(form);
  const queues = [...form.querySelectorAll("[name=queues]:checked")].map((one) => one.value);
  await ask("POST", "/quick-replies", { name, texts, queues });
  form.reset();
  await look();
}

// Moves of cases: looked at before, and then exactly that list.
function wish(form) {
  const { queue, agent, tag, minutes, to } = form.elements;
  const marked = [...document.querySelectorAll("input[name=conversations]:checked")].map((one) => one.value);
  const [kind, ...name] = to.value.split("/");
  const where = name.join("/");
  const cases = marked.length ? { conversations: marked } : {
    ...(queue.value && { queue: queue.value }), ...(agent.value && { agent: agent.value }), ...(tag.value.trim() && { tag: tag.value.trim() }),
    ...(minutes.value && { "waiting-longer-than": Number(minutes.value) * 60 }),
  };
  return { cases, to: kind === "queue" ? { queue: { queue: where } } : { agent: where } };
}

const line = (text, name = "p") => Object.assign(document.createElement(name), { textContent: text });

const mover = part("mover");
if (mover) {
  mover.dataset.does = "preview";
  let looked = null;
  const forget = () => { looked = null; part("move").hidden = true; part("preview").replaceChildren(); };
  mover.addEventListener("input", (event) => { if (event.target.name !== "reason") forget(); });
  document.addEventListener("change", (event) => { if (event.target.name === "conversations") forget(); });
  part("move").addEventListener("click", tried(async () => {
    if (!mover.elements.reason.value.trim()) { mover.elements.reason.required = true; mover.reportValidity(); mover.elements.reason.required = false; return; }
    await ask("POST", "/case-moves", { ...looked.wish, of: looked.of, reason: mover.elements.reason.value.trim() });
    for (const one of document.querySelectorAll("input[name=conversations]:checked")) one.checked = false;
    mover.elements.reason.value = "";
    forget();
    await look();
  }));
  mover.preview = async () => {
    forget();
    const asked = wish(mover);
    const told = await ask("POST", "/case-moves/preview", asked);
    looked = { wish: asked, of: told.of };
    // People by their names, as they stand in the lists.
    const label = (list, value) => [...mover.elements[list].options].find((one) => one.value === value)?.textContent;
    const place = (where) => (where.startsWith("agent ") && label("agent", where.slice(6))) || where.replace(/^(queue|agent) /, "");
    const from = Object.entries(told.from).map(([where, cases]) => `${place(where)}: ${cases}`).join(", ");
    const going = told.cases - told.left.reduce((sum, one) => sum + one.cases, 0);
    const now = going ? [line(told["needs-agreement"] ? mover.dataset.needs : mover.dataset.atOnce)] : [];
    part("preview").replaceChildren(line(`${mover.dataset.wouldMove}: ${going} → ${label("to", mover.elements.to.value) ?? told.to}`, "strong"), line(`${mover.dataset.chosen}: ${from}`),
      ...told.left.map((one) => line(`${mover.dataset.wouldStay}: ${one.cases} (${one.words})`)), ...now);
    part("move").hidden = !going;
  };
}

// A trial begins, and the page that shows how far it is takes over. Days are counted back from what the host's clock shows.
async function trial(form) {
  const asked = content(form), days = asked.days;
  delete asked.days;
  const begun = await ask("POST", "/backtests", { ...asked, from: new Date(new Date(form.dataset.now) - days * 86400000).toISOString() });
  const to = new URL(location.href);
  to.searchParams.set("trial", begun.backtest);
  to.hash = "trial";
  location.assign(to);
}

export const DOES = { preview: () => mover.preview(), trial, reply };
