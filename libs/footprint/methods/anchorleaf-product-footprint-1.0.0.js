// anchorleaf-product-footprint 1.0.0: product carbon footprint, cradle to gate. Apache-2.0.
// Self-contained: computeFootprint(input) gives the result of docs/formats/footprint.md.
// libs/quantity/src/errors.ts
var QuantityError = class extends Error {
  name = "QuantityError";
  code;
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }
};

// libs/quantity/src/rational.ts
var ZERO = { n: 0n, d: 1n };
var ONE = { n: 1n, d: 1n };
function rational(n, d = 1n) {
  if (d === 0n) throw new QuantityError("quantity/division-by-zero", `${n} divided by zero has no value`);
  return d < 0n ? { n: -n, d: -d } : { n, d };
}
function gcd(a, b) {
  let x = a < 0n ? -a : a;
  let y = b < 0n ? -b : b;
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
function add(a, b) {
  if (a.d === b.d) return { n: a.n + b.n, d: a.d };
  if (a.d % b.d === 0n) return { n: a.n + b.n * (a.d / b.d), d: a.d };
  if (b.d % a.d === 0n) return { n: a.n * (b.d / a.d) + b.n, d: b.d };
  const lift = b.d / gcd(a.d, b.d);
  return { n: a.n * lift + b.n * (a.d * lift / b.d), d: a.d * lift };
}
var subtract = (a, b) => add(a, { n: -b.n, d: b.d });
var multiply = (a, b) => ({ n: a.n * b.n, d: a.d * b.d });
var divide = (a, b) => rational(a.n * b.d, a.d * b.n);
var sum = (terms) => terms.reduce(add, ZERO);
function compare(a, b) {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
function reduce(a) {
  const divisor = gcd(a.n, a.d);
  return divisor === 1n ? a : { n: a.n / divisor, d: a.d / divisor };
}

// libs/quantity/src/decimal.ts
var MAX_DIGITS = 24;
var DECIMAL = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/;
function parseDecimal(text2) {
  const match = text2.length <= 2 * MAX_DIGITS + 2 ? DECIMAL.exec(text2) : null;
  if (match === null) {
    if (/^-?\d+(\.\d+)?$/.test(text2) && text2.length > MAX_DIGITS) throw tooManyDigits(text2);
    throw new QuantityError(
      "quantity/malformed-decimal",
      `${JSON.stringify(text2.slice(0, 60))} is not a decimal such as "12.5" (digits and one point, no exponent, no comma, no leading zeros)`
    );
  }
  const [, sign = "", whole = "", fraction = ""] = match;
  if (whole.length > MAX_DIGITS || fraction.length > MAX_DIGITS) throw tooManyDigits(text2);
  const n = BigInt(whole + fraction);
  return { n: sign === "-" ? -n : n, d: 10n ** BigInt(fraction.length) };
}
function tooManyDigits(text2) {
  return new QuantityError(
    "quantity/too-many-digits",
    `${text2.slice(0, 60)} has more than ${MAX_DIGITS} digits before or after the point; check the value and its unit`
  );
}
function formatDecimal(value, places) {
  const scaled = roundHalfAway(value.n * 10n ** BigInt(places), value.d);
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const text2 = places === 0 ? whole : `${whole}.${digits.slice(digits.length - places)}`;
  return scaled < 0n ? `-${text2}` : text2;
}
function roundHalfAway(n, d) {
  const magnitude2 = ((n < 0n ? -n : n) * 2n + d) / (2n * d);
  return n < 0n ? -magnitude2 : magnitude2;
}
function placesFor(value, significant, most) {
  if (value.n === 0n) return 0;
  let places = 0;
  while (places < most && significantDigits(formatDecimal(value, places)) < significant) places += 1;
  return places;
}
var significantDigits = (text2) => text2.replace(/[-.]/g, "").replace(/^0+/, "").length;
function formatExact(value) {
  const { n, d } = reduce(value);
  let rest = d;
  let places = 0;
  for (const prime of [10n, 5n, 2n]) {
    while (rest % prime === 0n) {
      rest /= prime;
      places += 1;
    }
  }
  if (rest !== 1n) {
    throw new QuantityError("quantity/not-finite", `${n}/${d} has no finite decimal expansion; round it`);
  }
  const text2 = formatDecimal({ n, d }, places);
  return text2.includes(".") ? text2.replace(/\.?0+$/, "") : text2;
}

// libs/quantity/src/unit.ts
var unit = (dimension, n, d = 1n) => ({ dimension, size: rational(n, d) });
var DEFINITIONS = {
  kWh: /* @__PURE__ */ unit("energy", 1n),
  MWh: /* @__PURE__ */ unit("energy", 1000n),
  GWh: /* @__PURE__ */ unit("energy", 1000000n),
  度: /* @__PURE__ */ unit("energy", 1n),
  万度: /* @__PURE__ */ unit("energy", 10000n),
  MJ: /* @__PURE__ */ unit("energy", 5n, 18n),
  GJ: /* @__PURE__ */ unit("energy", 5000n, 18n),
  TJ: /* @__PURE__ */ unit("energy", 5000000n, 18n),
  g: /* @__PURE__ */ unit("mass", 1n, 1000n),
  kg: /* @__PURE__ */ unit("mass", 1n),
  斤: /* @__PURE__ */ unit("mass", 1n, 2n),
  t: /* @__PURE__ */ unit("mass", 1000n),
  L: /* @__PURE__ */ unit("volume", 1n, 1000n),
  m3: /* @__PURE__ */ unit("volume", 1n),
  Nm3: /* @__PURE__ */ unit("normal-volume", 1n),
  km: /* @__PURE__ */ unit("length", 1n),
  kgkm: /* @__PURE__ */ unit("freight", 1n, 1000n),
  tkm: /* @__PURE__ */ unit("freight", 1n),
  piece: /* @__PURE__ */ unit("count", 1n),
  万件: /* @__PURE__ */ unit("count", 10000n),
  h: /* @__PURE__ */ unit("time", 1n)
};
var isUnit = (text2) => Object.hasOwn(DEFINITIONS, text2);
function convert(value, from, to) {
  if (from === to) return value;
  const source = DEFINITIONS[from];
  const target = DEFINITIONS[to];
  if (source.dimension !== target.dimension) {
    throw new QuantityError(
      "quantity/dimension-mismatch",
      `${from} is ${source.dimension} and ${to} is ${target.dimension}; one cannot be expressed in the other`
    );
  }
  return multiply(value, divide(source.size, target.size));
}

// libs/footprint/src/errors.ts
var FootprintError = class extends Error {
  name = "FootprintError";
  code;
  pointer;
  constructor(code, pointer, message, options) {
    super(message, options);
    this.code = code;
    this.pointer = pointer;
  }
};

// libs/footprint/src/allocation.ts
var MOST_EXCESS = { n: -1n, d: 20n };
function describeFacility(input) {
  const outputs = sumOutputs(input);
  const names = [...outputs.keys()].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const output = names.reduce((total, name) => add(total, outputs.get(name) ?? ZERO), ZERO);
  if (names.length === 0 || names.some((name) => outputs.get(name)?.n === 0n)) {
    throw new FootprintError(
      "footprint/zero-output",
      "/activities",
      "no output, or a line with zero output: a footprint per unit needs the number of units made"
    );
  }
  for (const { record, index } of input.activities) {
    if (record.line !== "shared" && !outputs.has(record.line)) {
      throw new FootprintError(
        "footprint/unknown-line",
        `/activities/${index}/line`,
        `line ${record.line} made nothing in this period; lines with output: ${names.join(", ")}`
      );
    }
  }
  const electricity = sumElectricity(input);
  const used = [...electricity.used.values()].reduce(add, ZERO);
  const onLines = names.reduce((total, name) => add(total, electricity.used.get(name) ?? ZERO), ZERO);
  const whole = compare(used, electricity.supplied) > 0 ? used : electricity.supplied;
  const spread = subtract(whole, onLines);
  return {
    output,
    unallocated: electricity.metered ? unallocatedPart(electricity.supplied, used) : null,
    lines: names.map((line) => {
      const made = outputs.get(line) ?? ZERO;
      const outputPart = divide(made, output);
      const own = electricity.own.get(line);
      const unmetered = own === void 0 || electricity.incomplete.has(line);
      const attributed = add(electricity.used.get(line) ?? ZERO, multiply(spread, outputPart));
      return {
        line,
        output: made,
        outputPart,
        ownKWh: unmetered ? null : own,
        electricityPart: used.n === 0n ? null : divide(attributed, whole)
      };
    })
  };
}
function sumOutputs(input) {
  const outputs = /* @__PURE__ */ new Map();
  for (const activity of input.activities) {
    if (activity.record.role !== "output") continue;
    if (activity.record.line === "shared" || activity.amount === null) {
      throw new FootprintError(
        "footprint/zero-output",
        `/activities/${activity.index}`,
        "output must name its line and have a quantity; a missing output cannot be divided by"
      );
    }
    const { unit: unit2, value } = input.declaredUnit;
    const made = divide(inUnit(activity, unit2), value);
    outputs.set(activity.record.line, add(outputs.get(activity.record.line) ?? ZERO, made));
  }
  return outputs;
}
function sumElectricity(input) {
  const used = /* @__PURE__ */ new Map();
  const own = /* @__PURE__ */ new Map();
  const incomplete = /* @__PURE__ */ new Set();
  let supplied = ZERO;
  let metered = false;
  for (const activity of input.activities) {
    const { role, kind, line } = activity.record;
    const isUse = role === "metered-use";
    const isOwn = line !== "shared" && (isUse || kind === "electricity" && role === "burden");
    metered ||= isUse;
    if (activity.amount === null) {
      if (isOwn) incomplete.add(line);
      continue;
    }
    if (isUse) used.set(line, add(used.get(line) ?? ZERO, inUnit(activity, "kWh")));
    if (isOwn) own.set(line, add(own.get(line) ?? ZERO, inUnit(activity, "kWh")));
    if (activity.allocation === "electricity-use") supplied = add(supplied, inUnit(activity, "kWh"));
  }
  return { used, own, incomplete, supplied, metered };
}
function unallocatedPart(supplied, used) {
  if (supplied.n === 0n) return null;
  const part = subtract(ONE, divide(used, supplied));
  if (compare(part, MOST_EXCESS) < 0) {
    throw new FootprintError(
      "footprint/use-exceeds-supply",
      "/activities",
      "the meters of the lines count over 5 % more electricity than was bought and self-used; check multipliers and periods"
    );
  }
  return part;
}
function inUnit(activity, unit2) {
  if (activity.amount === null) return ZERO;
  try {
    return convert(activity.amount.value, activity.amount.unit, unit2);
  } catch (cause) {
    if (!(cause instanceof QuantityError)) throw cause;
    const place = `/activities/${activity.index}/quantity`;
    throw new FootprintError(
      "footprint/dimension-mismatch",
      place,
      `${activity.record.item}: ${cause.message}`,
      { cause }
    );
  }
}

// libs/footprint/src/gaps.ts
function findGaps(input, unallocated, gwpSets) {
  const gaps = input.activities.flatMap(activityGaps);
  gaps.push(...coverageGaps(input));
  if (unallocated !== null && unallocated.n < 0n) {
    gaps.push(
      gap("gap/use-exceeds-supply", null, formatDecimal({ n: -unallocated.n * 100n, d: unallocated.d }, 1))
    );
  }
  if (gwpSets.length > 1) gaps.push(gap("gap/gwp-mixed", null, gwpSets.join(", ")));
  return gaps;
}
var gap = (code, activity, value) => ({
  code,
  activity,
  value
});
function activityGaps({ record, index, factors }) {
  const gaps = [];
  if (record.state === "missing") gaps.push(gap("gap/missing-quantity", index, null));
  if (record.state === "estimated") gaps.push(gap("gap/estimated", index, null));
  const kinds = new Set(factors.map((factor) => factor.record.kind));
  if (kinds.has("direct") && !kinds.has("upstream")) gaps.push(gap("gap/no-upstream", index, null));
  if (kinds.has("upstream") && !kinds.has("direct")) gaps.push(gap("gap/no-direct", index, null));
  for (const { record: factor } of factors) {
    if (factor.standIn !== null) gaps.push(gap("gap/stand-in", index, factor.id));
    if (factor.year < lastYear(record.period)) gaps.push(gap("gap/factor-year", index, factor.year));
  }
  return gaps;
}
function lastYear({ end }) {
  return end.slice(4) === "-01-01T00:00:00Z" ? String(Number(end.slice(0, 4)) - 1) : end.slice(0, 4);
}
var CONTINUOUS = /* @__PURE__ */ new Set(["electricity", "heat", "fuel", "output"]);
function coverageGaps(input) {
  const series = /* @__PURE__ */ new Map();
  for (const activity of input.activities) {
    const { kind, item, line, name } = activity.record;
    if (!CONTINUOUS.has(kind)) continue;
    const key = JSON.stringify([kind, item, line, name.zh, name.en]);
    const members = series.get(key);
    if (members === void 0) series.set(key, [activity]);
    else members.push(activity);
  }
  return [...series.values()].flatMap((members) => {
    const hole = firstHole(
      members.map((member) => member.record.period),
      input.record.period
    );
    return hole === null ? [] : [gap("gap/period-not-covered", members[0]?.index ?? null, hole)];
  });
}
function firstHole(parts, whole) {
  let reached = whole.start;
  for (const part of [...parts].sort((a, b) => a.start < b.start ? -1 : a.start > b.start ? 1 : 0)) {
    if (part.start > reached) return reached;
    if (part.end > reached) reached = part.end;
  }
  return reached < whole.end ? reached : null;
}

// libs/footprint/src/model.ts
var STAGES = [
  "materials",
  "inbound-transport",
  "electricity",
  "heat",
  "packaging",
  "waste",
  "outbound-transport"
];
var FACTOR_KINDS = ["life-cycle", "direct", "upstream", "inventory-co2"];
var FACTOR_GRADES = ["official", "second-hand", "computed", "maker-stated"];

// libs/footprint/src/shape.ts
var INSTANT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
function readPeriod(value, place) {
  const fields = object(value, place);
  const start = text(fields, "start", place);
  const end = text(fields, "end", place);
  if (!INSTANT.test(start) || !INSTANT.test(end) || start >= end) {
    throw new FootprintError(
      "footprint/malformed-period",
      place,
      `${shown(start)} to ${shown(end)} is not a period of UTC times like 2025-12-31T16:00:00Z with start before end`
    );
  }
  return { start, end };
}
function readLine(fields, place) {
  const line = text(fields, "line", place);
  if (line !== "shared" && !/^L[1-9]\d?$/.test(line)) malformed(`${place}/line`, "L1 to L99 or shared", line);
  return line;
}
function amount(value, place) {
  const fields = object(value, place);
  const unit2 = text(fields, "unit", place);
  if (!isUnit(unit2)) {
    throw new FootprintError(
      "footprint/malformed-quantity",
      `${place}/unit`,
      `${shown(unit2)} is not a known unit`
    );
  }
  return { value: decimal(fields.value, `${place}/value`, "footprint/malformed-quantity"), unit: unit2 };
}
function decimal(value, place, code) {
  if (typeof value !== "string")
    throw new FootprintError(code, place, `${shown(value)} is not a decimal string`);
  try {
    return parseDecimal(value);
  } catch (cause) {
    if (cause instanceof QuantityError) throw new FootprintError(code, place, cause.message, { cause });
    throw cause;
  }
}
function object(value, place) {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    malformed(place, "an object", value);
  return value;
}
function list(fields, key, place) {
  const value = fields[key];
  if (!Array.isArray(value)) malformed(`${place}/${key}`, "a list", value);
  return value;
}
function text(fields, key, place) {
  const value = fields[key];
  if (typeof value !== "string" || value === "") malformed(`${place}/${key}`, "a text", value);
  return value;
}
function oneOf(fields, key, place, allowed) {
  const value = fields[key];
  const found = allowed.find((each) => each === value);
  if (found === void 0) malformed(`${place}/${key}`, `one of ${allowed.join(", ")}`, value);
  return found;
}
function malformed(place, wanted, seen) {
  throw new FootprintError(
    "footprint/malformed-input",
    place,
    `${place || "the input"} must be ${wanted}, seen ${shown(seen)}`
  );
}
function shown(value) {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}

// libs/footprint/src/input.ts
var MAX_ACTIVITIES = 5e3;
var MAX_FACTORS_PER_ACTIVITY = 8;
function readInput(input) {
  const fields = object(input, "");
  oneOf(fields, "format", "", ["anchorleaf-footprint-input/v1"]);
  oneOf(fields, "boundary", "", ["cradle-to-gate"]);
  text(fields, "product", "");
  const declaredUnit = amount(fields.declaredUnit, "/declaredUnit");
  if (declaredUnit.value.n <= 0n) {
    throw new FootprintError(
      "footprint/malformed-quantity",
      "/declaredUnit",
      "the declared unit must be above zero"
    );
  }
  const period = readPeriod(fields.period, "/period");
  const factors = readFactors(list(fields, "factors", ""));
  const activities = list(fields, "activities", "");
  if (activities.length > MAX_ACTIVITIES) {
    throw new FootprintError(
      "footprint/too-many-activities",
      "/activities",
      `${activities.length} activities; at most ${MAX_ACTIVITIES} fit one calculation, sum monthly rows first`
    );
  }
  const seen = /* @__PURE__ */ new Set();
  return {
    record: input,
    declaredUnit,
    activities: activities.map((each, index) => readActivity(each, index, period, factors, seen))
  };
}
function readActivity(value, index, whole, factors, seen) {
  const place = `/activities/${index}`;
  const fields = object(value, place);
  const id = text(fields, "activity", place);
  object(fields.name, `${place}/name`);
  text(fields, "kind", place);
  text(fields, "item", place);
  if (seen.has(id)) {
    throw new FootprintError(
      "footprint/duplicate-activity",
      `${place}/activity`,
      `${id} is already in the list`
    );
  }
  seen.add(id);
  const role = oneOf(fields, "role", place, ["burden", "credit", "metered-use", "output"]);
  oneOf(fields, "grade", place, ["signed-meter", "api", "file", "bill", "manual", "archive"]);
  const line = readLine(fields, place);
  const period = readPeriod(fields.period, `${place}/period`);
  if (period.start < whole.start || period.end > whole.end) {
    throw new FootprintError(
      "footprint/outside-period",
      `${place}/period`,
      `${period.start} to ${period.end} is not inside ${whole.start} to ${whole.end}; split the bill or widen the period`
    );
  }
  const carries = role === "burden" || role === "credit";
  if (carries) oneOf(fields, "stage", place, STAGES);
  else if (fields.stage !== null) malformed(`${place}/stage`, `null for ${role}`, fields.stage);
  const ids = list(fields, "factors", place);
  if (ids.length > MAX_FACTORS_PER_ACTIVITY || !carries && ids.length > 0) {
    malformed(
      `${place}/factors`,
      carries ? `at most ${MAX_FACTORS_PER_ACTIVITY} ids` : `no factors for ${role}`,
      ids
    );
  }
  const used = ids.map((each, at) => findFactor(each, factors, `${place}/factors/${at}`));
  if (carries) checkCombination(used, `${place}/factors`);
  return {
    index,
    record: value,
    amount: readAmount(fields, place),
    factors: used,
    allocation: readAllocation(fields, place, carries, line)
  };
}
function readAllocation(fields, place, carries, line) {
  if (carries && line === "shared")
    return oneOf(fields, "allocation", place, ["pieces", "electricity-use"]);
  if (fields.allocation !== null) malformed(`${place}/allocation`, `null on line ${line}`, fields.allocation);
  return null;
}
function readAmount(fields, place) {
  const state = oneOf(fields, "state", place, ["value", "zero", "missing", "estimated"]);
  const at = `${place}/quantity`;
  if (state === "missing" !== (fields.quantity === null)) {
    throw new FootprintError(
      "footprint/state-mismatch",
      at,
      `state ${state} does not fit this quantity; missing is null`
    );
  }
  if (state === "missing") return null;
  const read = amount(fields.quantity, at);
  if (read.value.n < 0n) {
    throw new FootprintError(
      "footprint/negative-quantity",
      at,
      'a quantity cannot be below zero; use role "credit" for an avoided product'
    );
  }
  if (state === "zero" !== (read.value.n === 0n)) {
    throw new FootprintError(
      "footprint/state-mismatch",
      at,
      `zero must be confirmed by state "zero", seen ${state}`
    );
  }
  return read;
}
function checkCombination(factors, place) {
  const wholes = factors.filter((factor) => factor.record.kind === "life-cycle").length;
  const twice = new Set(factors.map((factor) => factor.record.id)).size < factors.length;
  if (factors.length === 0 || twice || wholes > 0 && factors.length > 1) {
    throw new FootprintError(
      "footprint/factor-combination",
      place,
      `${factors.length} factors (${wholes} life-cycle); give one life-cycle factor, or direct and upstream factors, each once`
    );
  }
}
function findFactor(id, factors, place) {
  const factor = typeof id === "string" ? factors.get(id) : void 0;
  if (factor === void 0) {
    throw new FootprintError(
      "footprint/unknown-factor",
      place,
      `${shown(id)} is not among the factors of this input`
    );
  }
  if (factor.record.kind === "inventory-co2") {
    throw new FootprintError(
      "footprint/inventory-factor",
      place,
      `${factor.record.value} ${factor.record.unit} (${factor.record.region} ${factor.record.year}) is for an organisation's CO2 inventory; use the life-cycle footprint factor`
    );
  }
  return factor;
}
function readFactors(values) {
  const factors = /* @__PURE__ */ new Map();
  for (const [index, value] of values.entries()) {
    const place = `/factors/${index}`;
    const fields = object(value, place);
    const id = text(fields, "id", place);
    if (factors.has(id)) {
      throw new FootprintError("footprint/duplicate-factor", `${place}/id`, `factor ${id} is listed twice`);
    }
    object(fields.name, `${place}/name`);
    const kind = oneOf(fields, "kind", place, FACTOR_KINDS);
    oneOf(fields, "grade", place, FACTOR_GRADES);
    oneOf(fields, "gwp", place, ["AR4", "AR5", "AR6", "not-stated"]);
    if (!/^\d{4}$/.test(text(fields, "year", place))) malformed(`${place}/year`, "a year", fields.year);
    if (typeof fields.makerStated !== "boolean")
      malformed(`${place}/makerStated`, "true or false", fields.makerStated);
    factors.set(id, {
      record: value,
      value: factorNumber(fields.value, `${place}/value`, null),
      perUnit: factorUnit(
        text(fields, "unit", place),
        kind === "inventory-co2" ? "kgCO2" : "kgCO2e",
        `${place}/unit`
      ),
      primary: fields.primaryDataShare === null ? { n: 0n, d: 1n } : percent(factorNumber(fields.primaryDataShare, `${place}/primaryDataShare`, 100n))
    });
  }
  return factors;
}
var percent = (value) => ({ n: value.n, d: value.d * 100n });
function factorNumber(value, place, most) {
  const number = decimal(value, place, "footprint/malformed-factor");
  if (number.n < 0n || most !== null && number.n > most * number.d) {
    throw new FootprintError(
      "footprint/malformed-factor",
      place,
      `${shown(value)} is outside 0 to ${most ?? "any"}`
    );
  }
  return number;
}
function factorUnit(unit2, numerator, place) {
  const [top, bottom = "", ...rest] = unit2.split("/");
  if (top !== numerator || rest.length > 0 || !isUnit(bottom)) {
    throw new FootprintError(
      "footprint/malformed-factor",
      place,
      `${shown(unit2)} is not ${numerator}/{known unit}`
    );
  }
  return bottom;
}

// libs/footprint/src/shares.ts
var MEASURED = /* @__PURE__ */ new Set(["signed-meter", "api", "file", "bill"]);
function sharesOf(contributions) {
  const isMeasured = ({ activity }) => MEASURED.has(activity.record.grade) && activity.record.state !== "estimated";
  const share = shareAmong(contributions);
  return {
    // PACT v3 primaryDataShare: primary activity data times the primary part of the factor.
    primaryData: share((each) => isMeasured(each) ? each.factor.primary : ZERO),
    measuredActivity: share((each) => indicator(isMeasured(each))),
    makerStatedFactors: share((each) => indicator(each.factor.record.makerStated)),
    standInFactors: share((each) => indicator(each.factor.record.standIn !== null)),
    estimates: share((each) => indicator(each.activity.record.state === "estimated")),
    credits: share((each) => indicator(each.activity.record.role === "credit"))
  };
}
function gradesOf(contributions) {
  const share = shareAmong(contributions);
  return FACTOR_GRADES.filter(
    (grade) => contributions.some((each) => each.factor.record.grade === grade)
  ).map((grade) => ({ grade, share: share((each) => indicator(each.factor.record.grade === grade)) }));
}
var indicator = (holds) => ({ n: holds ? 1n : 0n, d: 1n });
var magnitude = (value) => value.n < 0n ? { n: -value.n, d: value.d } : value;
function shareAmong(contributions) {
  const whole = contributions.reduce((total, each) => add(total, magnitude(each.kgCO2e)), ZERO);
  return (weight) => {
    const part = contributions.reduce(
      (total, each) => add(total, multiply(magnitude(each.kgCO2e), weight(each))),
      ZERO
    );
    return percentOf(part, whole);
  };
}
function percentOf(part, whole) {
  if (whole.n === 0n) return null;
  return formatDecimal(divide({ n: part.n * 100n, d: part.d }, whole), 1);
}

// libs/footprint/src/compute.ts
var METHOD = { name: "anchorleaf-product-footprint", version: "1.0.0" };
var SIGNIFICANT_DIGITS = 6;
var MOST_PLACES = 12;
var TOTAL_PLACES = 6;
function computeFootprint(input) {
  const read = readInput(input);
  const facility = describeFacility(read);
  const burdens = read.activities.flatMap((activity) => burdenOf(activity));
  const inside = burdens.filter((burden) => burden.stage !== "outbound-transport");
  const outside = burdens.filter((burden) => burden.stage === "outbound-transport");
  const total = totalOf(inside);
  const perUnit = divide(total, facility.output);
  const places = placesFor(perUnit, SIGNIFICANT_DIGITS, MOST_PLACES);
  const figure = (kgCO2e) => formatDecimal(divide(kgCO2e, facility.output), places);
  const contributions = inside.flatMap(contributionsOf);
  const gwpSets = [...new Set(burdens.flatMap(contributionsOf).map((each) => each.factor.record.gwp))].sort();
  return {
    format: "anchorleaf-footprint-result/v1",
    method: METHOD,
    perUnit: { value: figure(total), unit: "kgCO2e", per: declaredUnitText(read) },
    boundary: "cradle-to-gate",
    stages: STAGES.flatMap((stage) => {
      const members = inside.filter((burden) => burden.stage === stage);
      if (members.length === 0) return [];
      const amount2 = totalOf(members);
      return [{ stage, perUnit: figure(amount2), share: percentOf(amount2, total) }];
    }),
    outbound: outside.length === 0 ? null : { perUnit: figure(totalOf(outside)) },
    lines: lineResults(read, facility, inside, places),
    unallocatedElectricity: facility.unallocated === null ? null : percentOf(facility.unallocated, { n: 1n, d: 1n }),
    working: burdens.map((burden) => workingLine(burden, figure, total)),
    shares: sharesOf(contributions),
    factorGrades: gradesOf(contributions),
    gwpSets,
    gaps: findGaps(read, facility.unallocated, gwpSets),
    range: { known: false }
  };
}
function burdenOf(activity) {
  const { stage, role } = activity.record;
  if (stage === null) return [];
  if (activity.amount === null) return [{ activity, stage, parts: null, total: ZERO }];
  const sign = role === "credit" ? -1n : 1n;
  const parts = activity.factors.map((factor) => {
    const amount2 = multiply(inUnit(activity, factor.perUnit), factor.value);
    return { n: sign * amount2.n, d: amount2.d };
  });
  return [{ activity, stage, parts, total: sum(parts) }];
}
var totalOf = (burdens) => sum(burdens.map((burden) => burden.total));
function contributionsOf({ activity, parts }) {
  if (parts === null) return [];
  return activity.factors.map((factor, at) => ({ activity, factor, kgCO2e: parts[at] ?? ZERO }));
}
function lineResults(read, facility, inside, places) {
  const perUnit = facility.lines.map(
    (facts) => facts.ownKWh === null ? null : divide(facts.ownKWh, facts.output)
  );
  const metered = perUnit.filter((each) => each !== null);
  const best = metered.length === 0 ? null : metered.reduce((a, b) => a.n * b.d <= b.n * a.d ? a : b);
  return facility.lines.map((facts, at) => {
    const amount2 = sum(inside.map((burden) => multiply(burden.total, partOf(burden, facts))));
    const electricity = perUnit[at] ?? null;
    return {
      line: facts.line,
      output: {
        value: plain(multiply(facts.output, read.declaredUnit.value)),
        unit: read.declaredUnit.unit
      },
      perUnit: formatDecimal(divide(amount2, facts.output), places),
      electricityPerUnit: electricity === null ? null : {
        value: formatDecimal(electricity, placesFor(electricity, SIGNIFICANT_DIGITS, MOST_PLACES)),
        unit: "kWh"
      },
      electricityAboveBest: electricity === null || best === null || best.n === 0n ? null : percentOf(
        { n: electricity.n * best.d - best.n * electricity.d, d: electricity.d * best.d },
        best
      )
    };
  });
}
function partOf({ activity }, facts) {
  const { line } = activity.record;
  if (line !== "shared") return { n: line === facts.line ? 1n : 0n, d: 1n };
  if (activity.allocation === "pieces") return facts.outputPart;
  if (facts.electricityPart === null) {
    throw new FootprintError(
      "footprint/no-metered-use",
      `/activities/${activity.index}/allocation`,
      "allocation by electricity use needs line meters with a reading; allocate by pieces or import the meters"
    );
  }
  return facts.electricityPart;
}
function workingLine({ activity, stage, parts, total }, figure, whole) {
  const { record } = activity;
  return {
    activity: record.activity,
    stage,
    line: record.line,
    allocation: record.allocation,
    factors: record.factors,
    amount: parts === null ? null : {
      kgCO2e: formatDecimal(total, TOTAL_PLACES),
      byFactor: parts.map((part) => formatDecimal(part, TOTAL_PLACES)),
      perUnit: figure(total),
      share: stage === "outbound-transport" ? null : percentOf(total, whole)
    }
  };
}
var plain = (value) => formatDecimal(value, TOTAL_PLACES).replace(/\.?0+$/, "");
var declaredUnitText = ({ declaredUnit }) => `${formatExact(declaredUnit.value)} ${declaredUnit.unit}`;
export {
  METHOD,
  computeFootprint
};
