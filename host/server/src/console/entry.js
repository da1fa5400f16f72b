// What somebody wants an entry of the company to be: what it is, with what the fields say. A field that is empty says that there is nothing.
import { DOES, ask, pairs } from "/console/tower.js";

const list = (text) => text.split(",").map((one) => one.trim()).filter(Boolean);
const lines = (text) => text.split("\n").map((one) => one.trim()).filter(Boolean);
const days = (text) => Object.fromEntries(Object.entries(pairs(text)).map(([day, blocks]) => [day, list(blocks)]));
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

function put(into, pointer, value) {
  const way = pointer.split("/").slice(1), last = way.pop();
  for (const step of way) into = into[step] ??= {};
  into[last] = value;
}

// A promise without a time promises nothing, and what has nothing in it is nothing.
function tidy(told) {
  const { sla } = told;
  if (sla) {
    sla.steps = Object.values(sla.steps ?? {}).filter((step) => step.at !== undefined);
    if (!sla.steps.length) delete sla.steps;
    if (!sla["first-response"] && !sla["next-response"]) delete told.sla;
  }
  for (const [key, value] of Object.entries(told)) {
    if (value && typeof value === "object" && !Array.isArray(value) && !Object.values(value).some((one) => one !== undefined)) delete told[key];
  }
  return told;
}

DOES.entry = async (form) => {
  const { section, now, gone } = form.dataset, id = form.dataset.id ?? form.elements.id.value.trim();
  const before = JSON.parse(now ?? "{}"), told = JSON.parse(now ?? "{}");
  for (const field of form.querySelectorAll("[data-pointer]")) put(told, field.dataset.pointer, READ[field.dataset.is](field));
  // What holds for the whole company are entries by themselves.
  const entries = section === "house"
    ? Object.entries(told).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key] ?? undefined)).map(([key, to]) => ({ in: section, id: key, to }))
    : [{ in: section, id, ...(!gone && { to: tidy(told) }) }];
  const made = await ask("POST", "/proposals", { kind: "company", content: { entries }, reason: form.elements.reason.value });
  location.assign(`/console/approvals/${made.proposal}`);
};
