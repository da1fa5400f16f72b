// The page draws what the host says and decides nothing. It loads JSON, is told by events what looks different, and loads
// that again. Words of people and rules are only ever set as text.

/** @typedef {{is: string, queue?: string, since?: number, agent?: string, prefer?: string, priority?: number}} Holder */
/** @typedef {{id: string, name: ?string, number: string, at: number, last: ?{by: string, kind: string, text: ?string},
 *             holder: Holder, decisions: number}} Summary */
/** @typedef {{function: string, arguments?: object, answer?: object}} Call */
/** @typedef {{rule: string, plugin: ?string, component: string, settings: string, set: string, outcome: object,
 *             decides: boolean, failed: boolean, reason: ?string, reads: Call[], acts: Call[],
 *             log: ?{level: string, text: string}[], input: ?object, fuel: number, micros: number}} Asked */

const find = (id) => document.getElementById(id);

/** An element with a class, and children that are elements or text. */
const el = (name, className, ...children) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
};

const WORDS = {
  rules: { responding: "Responder", routing: "Enrutar" },
  why: {
    message: "porque el cliente escribió", wake: "porque pidió volver", timer: "porque venció un plazo",
    overflow: "porque la espera fue larga", returned: "porque un agente lo devolvió",
    "handed-over": "porque hace falta una persona",
  },
  outcome: {
    abstained: "se abstuvo", answered: "respondió", "answered-and-route": "respondió y pide una persona",
    "handed-over": "pide una persona", placed: "eligió el lugar", "guest-fault": "falló",
    denied: "llamó a lo que no tenía permitido", "host-fault": "falló el host",
  },
  fault: {
    trap: "se detuvo a mitad", "out-of-fuel": "calculó demasiado", "out-of-memory": "quiso demasiada memoria",
    "stack-overflow": "se llamó a sí misma sin fin", "too-much-output": "respondió demasiado",
    "too-many-calls": "preguntó demasiado", error: "lo dijo ella misma", nonsense: "pidió lo que no existe",
  },
  because: {
    decided: "otra ya decidió", "out-of-scope": "fuera de su alcance", off: "apagada",
    "breaker-open": "descansa tras varios fallos", "not-in-canary": "fuera de su parte de prueba",
    "envelope-over": "venció lo firmado",
  },
  refused: {
    "automatic-limit": "El host no lo envió: límite de mensajes automáticos en una hora. Sigue una persona.",
    "window-closed": "El host no lo envió: pasaron 24 horas desde el último mensaje del cliente.",
  },
  presence: { available: "disponible", busy: "ocupado", break: "en pausa", away: "ausente" },
  fares: {
    queued: "en cola", accepted: "✓ aceptado", sent: "✓ enviado", delivered: "✓✓ entregado", read: "✓✓ leído",
    played: "✓✓ oído", failed: "no llegó", refused: "rechazado por WhatsApp", withheld: "retenido por el host",
    "in-doubt": "en duda", waiting: "se reintentará",
  },
  kind: {
    image: "📷 Foto", video: "🎬 Video", audio: "🎤 Audio", document: "📄 Documento", sticker: "Sticker",
    location: "📍 Ubicación", reaction: "Reaccionó", choice: "Eligió", button: "Pulsó",
  },
  reads: {
    "history.recent": "los mensajes anteriores", "profile.get": "el perfil sin identidad",
    "identity.get": "la identidad", "team.candidates": "quién puede atender", "memory.get": "su nota sobre la conversación",
    "memory.get-of-contact": "su nota sobre el cliente",
  },
  acts: {
    "reply.text": "texto", "reply.buttons": "botones", "reply.menu": "menú", "label.add-tag": "etiqueta",
    "label.remove-tag": "quitar etiqueta", "label.note": "nota", "label.priority": "prioridad", "close.resolve": "cerrar",
    "wake.after": "volver luego", "wake.cancel": "no volver", "memory.set": "anotar", "memory.set-of-contact": "anotar",
    "log.write": "bitácora",
  },
};
const word = (of, key) => WORDS[of][key] ?? key;

// ---------------------------------------------------------------------------------------------------------------- time

let zone;
let ahead = 0;
const now = () => Date.now() + ahead;
const formats = new Map();
const inZone = (name, options) => {
  if (!formats.has(name)) formats.set(name, new Intl.DateTimeFormat("es", { timeZone: zone, hourCycle: "h23", ...options }));
  return formats.get(name);
};
const clockTime = (at) => inZone("time", { hour: "2-digit", minute: "2-digit" }).format(at);
const longTime = (at) => inZone("long", { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" }).format(at);
const whole = new Intl.NumberFormat("es", { useGrouping: "always" });

const lasted = (since) => {
  const seconds = Math.max(0, Math.round((now() - since) / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};
const micros = (count) => (count < 1000 ? `${count} µs` : `${(count / 1000).toLocaleString("es", { maximumFractionDigits: 1 })} ms`);

// ---------------------------------------------------------------------------------------------------------------- list

const state = { chosen: null, conversations: [] };

/** @param {Holder} holder */
const holderText = (holder) => {
  switch (holder.is) {
    case "rules": return "reglas";
    case "queue": return `${holder.queue} · espera ${lasted(holder.since)}`;
    case "agent": return holder.agent;
    default: return "resuelta";
  }
};

/** @param {Holder} holder */
const drawHolder = (badge, holder) => {
  badge.className = `holder ${holder.is}`;
  badge.holder = holder;
  badge.textContent = `${holder.priority ? "★ " : ""}${holderText(holder)}`;
  badge.title = holder.prefer ? `espera a ${holder.prefer}` : "";
};

/** @param {Summary} summary */
const lastWords = ({ last }) => {
  if (!last) return "";
  const who = { customer: "", rule: "Regla: ", agent: "Agente: " }[last.by] ?? "";
  const kind = last.kind === "text" || last.kind === "buttons" || last.kind === "menu" ? "" : word("kind", last.kind);
  return `${who}${[kind, last.text].filter(Boolean).join(" ")}`;
};

const row = (id) => {
  const item = el(
    "li", "conversation",
    el("span", "name"), el("time"), el("span", "last"), el("span", "where", el("span", "holder"), el("span", "number")),
  );
  item.id = `c-${id}`;
  item.setAttribute("role", "option");
  item.tabIndex = -1;
  item.dataset.id = id;
  item.addEventListener("click", () => choose(id, true));
  return item;
};

/** @param {Summary[]} summaries */
const drawList = (summaries) => {
  const list = find("conversations");
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const known = new Map([...list.children].map((item) => [item.dataset.id, item]));
  summaries.forEach((summary, at) => {
    const item = known.get(summary.id) ?? row(summary.id);
    known.delete(summary.id);
    const [name, time, last, where] = item.children;
    const [holder, number] = where.children;
    name.textContent = summary.name ?? "(borrado)";
    time.textContent = clockTime(summary.at);
    last.textContent = lastWords(summary);
    number.textContent = summary.number;
    drawHolder(holder, summary.holder);
    item.setAttribute("aria-selected", String(summary.id === state.chosen));
    if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
  });
  known.forEach((item) => item.remove());
  focused?.focus();
  const chosen = find(`c-${state.chosen}`) ?? list.firstElementChild;
  for (const item of list.children) item.tabIndex = item === chosen ? 0 : -1;
  find("hint").hidden = summaries.length > 0;
  state.conversations = summaries;
};

const onKey = (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || state.conversations.length === 0) return;
  event.preventDefault();
  const at = state.conversations.findIndex(({ id }) => id === state.chosen);
  const next = state.conversations[Math.min(Math.max(at + step, 0), state.conversations.length - 1)];
  choose(next.id, false);
  find(`c-${next.id}`)?.focus();
};

// -------------------------------------------------------------------------------------------------------------- thread

const fares = ({ is, code }) => {
  const mark = el("span", `fares ${is}${["failed", "refused", "withheld", "in-doubt"].includes(is) ? " bad" : ""}`, word("fares", is));
  if (code) mark.append(` (${code})`);
  return mark;
};

const drawMessage = (entry) => {
  const { by, content } = entry;
  const author = { rule: `Regla ${by.name}`, agent: by.name }[by.is];
  const kind = content && content.kind !== "text" && WORDS.kind[content.kind];
  const foot = el("div", "foot", el("time", "", clockTime(entry.at)), entry.fares ? fares(entry.fares) : null);
  const bubble = el(
    "div", "bubble",
    author ? el("p", "author", author) : null,
    kind ? el("p", "kind", kind) : null,
    content?.text ? el("p", "words", content.text) : null,
    content ? null : el("p", "kind", "(borrado)"),
    content?.choices?.length ? el("ul", "choices", ...content.choices.map((title) => el("li", "", title))) : null,
    foot,
  );
  return el("li", `message ${by.is}${by.is === "customer" ? "" : " ours"}`, bubble);
};

/** JSON for people: what fits on a line stays on a line. */
const pretty = (value, indent = "") => {
  const line = JSON.stringify(value);
  if (line.length + indent.length <= 84 || value === null || typeof value !== "object") return line;
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((item) => `${inner}${pretty(item, inner)}`)
    : Object.entries(value).map(([name, item]) => `${inner}${JSON.stringify(name)}: ${pretty(item, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${parts.join(",\n")}\n${indent}${close}`;
};

/** @param {Call} call */
const drawCall = (call) => {
  const meaning = WORDS.reads[call.function] ?? WORDS.acts[call.function] ?? "";
  const lines = [el("div", "", el("code", "", call.function), ` ${meaning}`)];
  if (call.arguments) lines.push(el("pre", "", pretty(call.arguments)));
  if (call.answer) lines.push(el("pre", "", `→ ${pretty(call.answer.ok !== undefined ? call.answer.ok : call.answer)}`));
  return el("div", "", ...lines);
};

const names = (calls, of) => [...new Set(calls.map((call) => word(of, call.function)))].join(", ");

/** @param {Asked} asked */
const drawAsked = (asked) => {
  const fault = asked.outcome.fault ? word("fault", asked.outcome.fault) : asked.outcome.function;
  const cost = `costó ${micros(asked.micros)} y ${whole.format(asked.fuel)} de combustible`;
  const part = el(
    "section", `asked${asked.decides ? " decides" : ""}${asked.failed ? " failed" : ""}`,
    el(
      "div", "who",
      el("b", "", asked.rule),
      el("span", "outcome", word("outcome", asked.outcome.is) + (fault ? `: ${fault}` : "")),
      el("span", "plugin", `${asked.plugin ?? "plugin"} · `, el("code", "", asked.component)),
    ),
    el("p", "reason", asked.reason ?? "Sin motivo: se borró con el cliente"),
    el(
      "p", "facts",
      el("span", "", asked.reads.length ? `Leyó ${names(asked.reads, "reads")}` : "No leyó nada más que el mensaje"),
      asked.acts.length ? el("span", "", `pidió ${names(asked.acts, "acts")}`) : null,
      el("span", "", cost),
    ),
  );
  if (asked.input) part.append(drawSeen(asked));
  return part;
};

/** @param {Asked} asked */
const drawSeen = (asked) => {
  const details = el("details", "", el("summary", "", "Ver todo lo que vio y pidió"));
  // Most are never opened.
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) {
      const seen = el("div", "seen", ...asked.reads.map(drawCall), ...asked.acts.map(drawCall));
      if (asked.log?.length) seen.append(el("div", "", el("code", "", "log"), el("pre", "", asked.log.map((line) => `${line.level}: ${line.text}`).join("\n"))));
      if (asked.input) seen.append(el("div", "", el("code", "", "input"), " sin las palabras del mensaje", el("pre", "", pretty(asked.input))));
      seen.append(el("div", "quiet", `conjunto ${asked.set} · configuración ${asked.settings}`));
      details.append(seen);
    }
  });
  return details;
};

const drawDecision = (entry) => {
  const card = el("li", "decision");
  card.append(el(
    "div", "title",
    el("span", "", el("strong", "", word("rules", entry.rules)), ` ${word("why", entry.why)}`),
    el("span", "", `${clockTime(entry.at)} · generación ${entry.generation} · evento ${whole.format(entry.seq)}`),
  ));
  card.append(...entry.asked.map(drawAsked));
  for (const shadow of entry.shadowed) {
    const drawn = drawAsked(shadow);
    const would = shadow.failed ? "no habría decidido nada" : shadow.agrees ? "habría hecho lo mismo" : "habría decidido otra cosa";
    drawn.prepend(el("p", "quiet", `En sombra: ${would}`));
    card.append(drawn);
  }
  if (entry.notAsked.length) {
    const each = entry.notAsked.map(({ rule, because }) => `${rule} (${word("because", because)})`);
    card.append(el("p", "rest", `No se preguntó a: ${each.join(", ")}`));
  }
  card.append(...entry.refused.map((refused) => el("p", "refused", word("refused", refused))));
  return card;
};

const stars = (priority) => (priority ? ` · prioridad ${priority}` : "");
const FACTS = {
  opened: () => "Se abre el caso",
  queued: ({ queue, skills, priority, prefer }) =>
    `Espera en ${queue}${skills.length ? ` · requiere ${skills.join(", ")}` : ""}${stars(priority)}${prefer ? ` · primero ${prefer}` : ""}`,
  "preference-ended": () => "Lo puede tomar cualquiera de la cola",
  assigned: ({ agent }) => `Se asigna a ${agent}`,
  accepted: ({ agent }) => `${agent} lo toma`,
  closed: ({ code, by }) => `Caso resuelto: ${code}${by.name ? ` · ${by.name}` : ""}`,
  tags: ({ tags }) => `Etiquetas: ${tags?.join(", ") || "ninguna"}`,
  note: ({ text }) => `Nota: ${text ?? "(borrada)"}`,
  priority: ({ value }) => `Prioridad ${value}`,
  strange: ({ field, why }) => `No se entendió algo en ${field}: ${why}`,
};

const drawEntry = (entry) => {
  if (entry.is === "message") {
    if (entry.content?.kind === "reaction") {
      const emoji = entry.content.text;
      return el("li", "fact", el("span", "", emoji ? `El cliente reaccionó ${emoji}` : "El cliente quitó su reacción"));
    }
    return drawMessage(entry);
  }
  if (entry.is === "decision") return drawDecision(entry);
  return el("li", "fact", el("span", "", `${clockTime(entry.at)} · ${FACTS[entry.is]?.(entry) ?? entry.is}`));
};

/** Draws what is new and what fares differently; the rest keeps its place, open details included. */
const drawThread = (conversation, fresh) => {
  const list = find("entries");
  const atEnd = fresh || list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  if (fresh) list.replaceChildren();
  const known = new Map([...list.children].map((item) => [item.dataset.seq, item]));
  for (const entry of conversation.entries) {
    const looks = JSON.stringify(entry.fares ?? null);
    const old = known.get(String(entry.seq));
    if (old?.dataset.looks === looks) continue;
    const item = drawEntry(entry);
    item.dataset.seq = entry.seq;
    item.dataset.looks = looks;
    if (!fresh && !old) item.classList.add("new");
    if (old) old.replaceWith(item);
    else list.append(item);
  }
  find("thread-name").textContent = conversation.name ?? "(borrado)";
  find("thread-about").textContent = [conversation.phone && `+${conversation.phone}`, conversation.number, conversation.language]
    .filter(Boolean).join(" · ");
  find("thread-holder").hidden = false;
  drawHolder(find("thread-holder"), conversation.holder);
  if (atEnd) list.scrollTop = list.scrollHeight;
};

// ---------------------------------------------------------------------------------------------------------------- team

const drawQueues = (queues, agents) => {
  find("queues").replaceChildren(...queues.map((queue) => {
    const waiting = queue.waiting ? `${queue.waiting} · ${lasted(queue.oldest)}` : "nadie espera";
    const team = agents.filter(({ queues: [first] }) => first === queue.id).map(agentRow);
    // Each stands in the first of their queues, and is named in the others.
    const too = agents.filter(({ queues: [, ...others] }) => others.includes(queue.id)).map(({ name }) => name);
    return el(
      "li", "queue-card",
      el("div", "head", el("span", "id", queue.id), el("span", `waiting${queue.waiting ? " some" : ""}`, waiting)),
      el("p", "state", hours(queue)),
      el("ul", "agents", ...team),
      too.length ? el("p", "state", `También: ${too.join(", ")}`) : null,
    );
  }));
};

const agentRow = (agent) => {
  const places = Array.from({ length: agent.capacity }, (_, at) => el("i", at < agent.load ? "taken" : ""));
  const load = el("span", "load", ...places);
  load.setAttribute("role", "img");
  load.setAttribute("aria-label", `${agent.load} de ${agent.capacity} casos`);
  const presence = agent.presence === "available" ? null : el("span", "presence", word("presence", agent.presence));
  const row = el("li", agent.presence, el("span", "dot"), el("span", "name", agent.name), presence, load);
  row.title = `${word("presence", agent.presence)} · ${agent.queues.join(", ")} · ${agent.skills.join(", ")} · ${agent.load} de ${agent.capacity}`;
  return row;
};

/** In the queue's own zone, which is named where it is not the company's. */
const hours = ({ open, nextChange, zone: theirs }) => {
  if (!nextChange) return open ? "siempre abierta" : "cerrada";
  const far = nextChange - now() > 12 * 3_600_000;
  const options = { timeZone: theirs, hour: "2-digit", minute: "2-digit", ...(far ? { weekday: "long" } : {}) };
  const at = inZone(`${theirs} ${far}`, options).format(nextChange);
  const place = theirs === zone ? "" : ` (${theirs.split("/").pop().replace("_", " ").replace("Sao", "São")})`;
  return `${open ? "abierta, cierra" : "cerrada, abre"} ${far ? "el " : "a las "}${at}${place}`;
};

const drawCounts = (counts) => {
  const none = "–";
  const all = [
    ["recibidos", whole.format(counts.received)],
    ["enviados", whole.format(counts.queued)],
    ["decisiones", whole.format(counts.decisions)],
    ["costo mediano", counts.medianMicros === null ? none : micros(counts.medianMicros)],
    ["combustible mediano", counts.medianFuel === null ? none : whole.format(counts.medianFuel), "minor"],
    ["eventos en el diario", whole.format(counts.events), "minor"],
    ["no entendidos", whole.format(counts.notUnderstood), "minor"],
  ];
  find("counts").replaceChildren(...all.map(([name, value, importance]) => el("div", importance, el("dt", "", name), el("dd", "", value))));
};

const drawTop = (overview) => {
  zone = overview.zone;
  ahead = overview.now - Date.now();
  find("company").textContent = overview.company;
  document.title = `${overview.company} · Timonel`;
  find("phones").href = overview.phones;
  find("phones-too").href = overview.phones;
  find("rehearsal").hidden = !overview.clockStarted;
  drawCounts(overview.counts);
};

// ------------------------------------------------------------------------------------------------------------- loading

/** Runs a load, and once more if it was asked for meanwhile: never two at a time, never one too few. */
const calmly = (load) => {
  let running = false;
  let again = false;
  return async () => {
    if (running) { again = true; return; }
    running = true;
    do {
      again = false;
      await load().catch(() => {});
    } while (again);
    running = false;
  };
};

const get = async (path) => {
  const response = await fetch(path);
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
};

const loadOverview = calmly(async () => {
  const overview = await get("/demo/state");
  drawTop(overview);
  state.overview = overview;
  drawList(overview.conversations);
  tick();
  if (!state.chosen && matchMedia("(min-width: 46.01rem)").matches) {
    const telling = overview.conversations.find(({ decisions }) => decisions > 0);
    if (telling) choose(telling.id, false);
  }
});

let drawn = null;
const loadThread = calmly(async () => {
  const { chosen } = state;
  if (!chosen) return;
  const conversation = await get(`/demo/conversations/${encodeURIComponent(chosen)}`);
  if (chosen !== state.chosen) return;
  drawThread(conversation, drawn !== chosen);
  drawn = chosen;
});

const choose = (id, open) => {
  state.chosen = id;
  for (const item of find("conversations").children) {
    item.setAttribute("aria-selected", String(item.dataset.id === id));
    item.tabIndex = item.dataset.id === id ? 0 : -1;
  }
  if (open) show("thread");
  loadThread();
};

const show = (view) => {
  document.body.dataset.view = view;
  const tab = view === "team" ? "team" : "list";
  for (const button of document.querySelectorAll(".tabs button")) button.setAttribute("aria-current", String(button.dataset.show === tab));
};

/** What grows by itself: the clock and the waits. */
const tick = () => {
  if (!zone) return;
  find("clock").textContent = longTime(now());
  for (const badge of document.querySelectorAll(".holder.queue")) drawHolder(badge, badge.holder);
  if (state.overview) drawQueues(state.overview.queues, state.overview.agents);
};

for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => show(button.dataset.show));
}
find("conversations").addEventListener("keydown", onKey);
setInterval(tick, 1000);
show("list");

const link = find("link");
const linked = (on) => {
  link.classList.toggle("on", on);
  link.textContent = on ? "En vivo" : "Sin conexión, reintentando…";
};
const events = new EventSource("/demo/events");
events.addEventListener("open", () => { linked(true); loadOverview(); loadThread(); });
events.addEventListener("error", () => linked(false));
events.addEventListener("message", ({ data }) => {
  loadOverview();
  if (JSON.parse(data).conversations.includes(state.chosen)) loadThread();
});

for (const button of document.querySelectorAll("[data-person]")) button.addEventListener("click", async () => {
  await fetch(`/demo/sign-in/${button.dataset.person}`, { method: "POST" });
  window.open(button.dataset.place, "_blank", "noopener");
});
