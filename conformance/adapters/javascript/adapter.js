// An adapter for node: emissions and settlement; what the rules refuse is refused.
// Run it as: cets run --operation emissions --operation settlement --adapter "node adapter.js"
"use strict";
const size = (item) => typeof item === "string" && /^(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$/.test(item);
const amount = (item) => Number.isSafeInteger(item) && item >= 0;
const flag = (item) => typeof item === "boolean";
const year = (item) => Number.isInteger(item);
const optional = (check) => Object.assign((item) => check(item), { optional: true });

/** Whether a value is an object with the members of a form, each as its check wants it. */
const fits = (form, value) =>
  value !== null && typeof value === "object" && !Array.isArray(value)
  && Object.keys(form).every((name) => form[name].optional || Object.hasOwn(value, name))
  && Object.entries(value).every(([name, item]) => Object.hasOwn(form, name) && form[name](item));

const gases = (item) => fits({ co2: size, cf4: size, c2f6: size }, item);
const forms = {
  emissions: { gases },
  settlement: { year, verified_allowance: amount, pre_allocated: amount, arrears: amount,
    high_risk: flag, holding: optional(amount) },
};
const millionths = (text) => {
  const [whole, part = ""] = text.split(".");
  return BigInt(whole + part.padEnd(6, "0"));
};
const compute = {
  emissions: ({ gases: { co2, cf4, c2f6 } }) => {
    const sum = millionths(co2) + 6630n * millionths(cf4) + 11100n * millionths(c2f6);
    const part = String(sum % 1000000n).padStart(6, "0").replace(/0+$/, "");
    return { verified_emissions: String(sum / 1000000n) + (part && "." + part) };
  },
  settlement: ({ verified_allowance: allowance, pre_allocated, arrears, high_risk, holding = Infinity }) => {
    const deduction = Math.min(arrears, allowance), entitlement = allowance - deduction;
    const adjustment = entitlement - pre_allocated, due = Math.max(0, -adjustment);
    const recovered = Math.min(due, holding), account = high_risk ? "province" : "enterprise";
    return { deduction, entitlement, adjustment, issued: Math.max(0, adjustment), recovered,
      recovery_outstanding: due - recovered, account };
  },
};
const answer = (operation, value) => {
  const refuse = (code) => ({ error: { code } });
  if (!fits(forms[operation], value)) return refuse("INVALID_INPUT");
  if (operation === "settlement" && ![2024, 2025].includes(value.year)) return refuse("YEAR_NOT_COVERED");
  if (value.year === 2024 && value.arrears > 0) return refuse("ARREARS_NOT_APPLICABLE");
  return { output: compute[operation](value) };
};
const started = { protocol: 1, implementation: { name: "example", version: "1", language: "JavaScript" },
  ruleset: "cn-industry-2024-2025", operations: Object.keys(forms) };
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { cmd, seq, operation, input } = JSON.parse(line);
  if (cmd === "stop") process.exit(0);
  console.log(JSON.stringify(cmd === "start" ? started : { seq, ...answer(operation, input) }));
});
