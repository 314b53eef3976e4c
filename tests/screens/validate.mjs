/* One process for all pages: reads a line {name, html, mail} as JSON, answers a line with the list of errors. */
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

const read = (name) => {
  const config = JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
  return new HtmlValidate(new StaticConfigLoader({ root: true, extends: config.extends, rules: Object.fromEntries(Object.entries(config.rules).map(([rule, [level, options]]) => [rule, options ? [level, options] : level])) }));
};
const page = read("htmlvalidate.json");
const mail = read("htmlvalidate-mail.json");

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  const report = await (job.mail ? mail : page).validateString(job.html, job.name);
  const errors = report.results.flatMap((each) => each.messages.filter((message) => message.severity === 2).map(
    (message) => `${message.ruleId} line ${message.line}: ${message.message}`));
  process.stdout.write(`${JSON.stringify(errors)}\n`);
}
