// What somebody wants an entry of the company to be: what it is, with what the fields say. A field that is empty says that there is nothing.
import { DOES, ask, list, put } from "/console/tower.js";

const lines = (text) => text.split("\n").map((one) => one.trim()).filter(Boolean);
// A day as people write it, and its hours; without any it is closed.
const DAY = /^(?:(\d{4})-(\d\d)-(\d\d)|(\d\d)\/(\d\d)\/(\d{4}))\s*:?\s*(.*)$/;
const days = (text) => Object.fromEntries(lines(text).map((line) => {
  const [, year, month, day, d, m, y, blocks] = DAY.exec(line) ?? [];
  if (blocks === undefined) throw new Error(`«${line}»: ${document.querySelector("[data-days]").dataset.days}`);
  return [year ? `${year}-${month}-${day}` : `${y}-${m}-${d}`, /\d/.test(blocks) ? list(blocks) : []];
}));
const ending = (line) => {
  const [group, codes] = line.split(":");
  return codes === undefined ? line : { group: group.trim(), codes: list(codes) };
};
const READ = {
  text: ({ value }) => value.trim() || undefined,
  number: ({ value }) => (value === "" ? undefined : Number(value)),
  boolean: ({ checked }) => checked || undefined,
  list: ({ value }) => (value.trim() ? list(value) : undefined),
  days: ({ value }) => (value.trim() ? days(value) : undefined),
  endings: ({ value }) => (value.trim() ? lines(value).map(ending) : undefined),
  choices: (field) => [...field.querySelectorAll("input:checked")].map((one) => one.value),
};

// A promise without a time promises nothing, and what has nothing in it is nothing.
function tidy(told, { steps: wrong, times } = {}) {
  const { sla } = told;
  if (sla) {
    const steps = Object.values(sla.steps ?? {}).filter((step) => Object.values(step).some((one) => one !== undefined));
    if (steps.some((step) => step.at === undefined)) throw new Error(wrong);
    if (steps.length) sla.steps = steps;
    else delete sla.steps;
    if (!sla["first-response"] && !sla["next-response"]) {
      if (sla.steps) throw new Error(times);
      delete told.sla;
    }
  }
  for (const [key, value] of Object.entries(told)) {
    if (value && typeof value === "object" && !Array.isArray(value) && !Object.values(value).some((one) => one !== undefined)) delete told[key];
  }
  return told;
}

// What nobody touched stays as it is written, also where the form could not have written it.
const fields = () => [...document.querySelectorAll("[data-pointer]")];
const read = (field) => READ[field.dataset.is](field);
const begins = new Map(fields().map((field) => [field, JSON.stringify(read(field))]));

DOES.entry = async (form) => {
  const { section, now, gone } = form.dataset, id = form.dataset.id ?? form.elements.id.value.trim();
  const before = JSON.parse(now ?? "{}"), told = JSON.parse(now ?? "{}");
  const touched = fields().filter((field) => form.contains(field) && JSON.stringify(read(field)) !== begins.get(field));
  for (const field of touched) put(told, field.dataset.pointer, read(field));
  const was = form.dataset.id === undefined ? { fresh: true } : { was: before };
  // What holds for the whole company are entries by themselves.
  const entries = section === "house"
    ? touched.map(({ dataset }) => dataset.pointer.slice(1)).map((key) => ({ in: section, id: key, to: told[key], was: before[key] ?? undefined }))
    : [{ in: section, id, ...(gone ? {} : { to: tidy(told, form.dataset), ...was }) }];
  const made = await ask("POST", "/proposals", { kind: "company", content: { entries }, reason: form.elements.reason.value });
  location.assign(`/console/approvals/${made.proposal}`);
};
