// An adapter for node: emissions, scope and allocation in exact BigInt rationals.
// Run it as: cets run --level allocation --adapter "node adapter.js"
"use strict";
const of = (text) => {
  const [whole, part = ""] = String(text).split(".");
  return [BigInt(whole + part), 10n ** BigInt(part.length)];
};
const add = ([a, b], [c, d]) => [a * d + c * b, b * d];
const mul = ([a, b], [c, d]) => [a * c, b * d];
const div = ([a, b], [c, d]) => (c < 0n ? [-a * d, -b * c] : [a * d, b * c]);
const less = ([a, b], [c, d]) => a * d < c * b;
const round = ([a, b]) => { const n = 2n * a + b, m = 2n * b; return n / m - (n % m < 0n ? 1n : 0n); };

function scope(unit) {
  const reason =
    unit.listed === false ? "NOT_LISTED"
    : unit.sector === "steel" && unit.route !== "long_process" ? "ROUTE_NOT_COVERED"
    : unit.line_kind === "grinding_only" ? "NO_CLINKER_LINE"
    : unit.commissioned_year >= unit.year ? "NEW_UNIT"
    : unit.closed_before_verification ? "CLOSED_UNIT" : null;
  const special = ["white_only", "gypsum_acid_byproduct"].includes(unit.line_kind)
    || less(of("0.15"), of(unit.carbide_slag_rate ?? "0"));
  const method = reason ? "none" : unit.year === 2024 || special ? "equal" : "intensity";
  return { covered: reason === null, reason, method };
}

function allocation({ unit, balance_value }) {
  const answer = scope(unit), emitted = of(unit.verified_emissions);
  let given = answer.covered ? emitted : [0n, 1n];
  if (answer.method === "intensity" && emitted[0]) {
    const parts = Object.values(unit.process_emissions ?? {}).map(of);
    const base = parts.length ? parts.reduce(add) : emitted;
    const ratio = div(div(base, of(unit.output)), of(balance_value));
    let x = add([1n, 1n], [-ratio[0], ratio[1]]);
    const top = [1n, 5n], low = [-1n, 5n];
    x = less(top, x) ? top : less(x, low) ? low : x;
    given = add(emitted, mul(mul([15n, 100n], x), emitted));
  }
  const a = round(given), o = answer.covered ? round(emitted) : 0n;
  return { ...answer, allowance: Number(a), obligation: Number(o), surplus: Number(a - o) };
}

function emissions({ gases: { co2, cf4, c2f6 } }) {
  const [a, b] = add(of(co2), add(mul(of("6630"), of(cf4)), mul(of("11100"), of(c2f6))));
  const digits = String(a * 1000000n / b).padStart(7, "0");
  const part = digits.slice(-6).replace(/0+$/, "");
  return { verified_emissions: digits.slice(0, -6) + (part && "." + part) };
}
const operations = { emissions, scope: ({ unit }) => scope(unit), allocation };
const started = { protocol: 1, implementation: { name: "example", version: "1", language: "JavaScript" },
  ruleset: "cn-industry-2024-2025", operations: Object.keys(operations) };
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { cmd, seq, operation, input } = JSON.parse(line);
  if (cmd === "stop") process.exit(0);
  let body = started;
  if (cmd === "run") try { body = { seq, output: operations[operation](input) }; }
    catch (error) { body = { seq, skipped: true, message: `inputs are not checked here: ${error}` }; }
  console.log(JSON.stringify(body));
});
